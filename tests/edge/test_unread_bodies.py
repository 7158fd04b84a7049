"""Whoever may not call has their body left unread."""

import pytest

from account_portal.api.app import make_app
from account_portal.core.db import Database
from account_portal.edge.asgi import Message
from tests.conftest import BASE
from tests.merchant.systems import BASE as SYSTEMS
from tests.merchant.systems import make_key

CALLS = [
    ("POST", f"{SYSTEMS}/records"),
    ("PUT", f"{SYSTEMS}/orders/A-1"),
    ("POST", f"{SYSTEMS}/webhooks"),
    ("POST", f"{BASE}/orders/A-1/return"),
    ("POST", f"{BASE}/auth/user/me/profile-image"),
    ("PUT", f"{BASE}/auth/user/me"),
]


async def status_of(method: str, path: str, bearer: str | None) -> tuple[int, int]:
    """The status of the answer, and how many times a piece of the body was asked for."""
    asked, told = 0, []

    async def receive() -> Message:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": b"x" * 1000, "more_body": True}

    async def send(message: Message) -> None:
        told.append(message)

    headers = [(b"content-type", b"application/json")]
    if bearer:
        headers.append((b"authorization", f"Bearer {bearer}".encode()))
    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(),
        "query_string": b"", "headers": headers, "http_version": "1.1", "scheme": "http",
        "root_path": "", "server": ("localhost", 8000), "client": ("192.0.2.1", 1),
    }  # fmt: skip
    await make_app()(scope, receive, send)
    return told[0]["status"], asked


@pytest.mark.anyio
@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize("bearer", [None, "nonsense", "apk_" + "0" * 48])
async def test_nobodys_body_is_not_read(
    database: Database, method: str, path: str, bearer: str | None
) -> None:
    assert await status_of(method, path, bearer) == (401, 0)


@pytest.mark.anyio
async def test_nor_that_of_a_key_that_may_not(database: Database) -> None:
    key = make_key(database, "events:read")
    for method, path in CALLS[:3]:
        assert await status_of(method, path, key) == (403, 0)
