"""Every answer there is has its headers, whichever part of the wrapper gives it."""

import asyncio
import json
from typing import Any

import pytest

from account_portal.core.errors import NotAuthenticated
from account_portal.core.settings import Settings
from account_portal.edge.asgi import ASGIApp, Message, Receive, Scope, Send
from account_portal.edge.csp import DATA_POLICY
from account_portal.edge.envelope import enveloped
from account_portal.edge.uploads import PageUploads
from account_portal.edge.wrapper import wrap
from tests.edge.asgi_client import Answer, Crashes, Echo, call

EVIL = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}


def wrapped(app: ASGIApp) -> ASGIApp:
    values = {"public_url": "https://account.shop.example", "storefront_port": -1}
    uploads = (for_nobody, lambda _name: True)
    return wrap(app, uploads=uploads, settings=Settings.model_validate(values))


async def for_nobody(_scope: Scope) -> str:
    raise NotAuthenticated


async def for_everybody(_scope: Scope) -> str:
    return "a key"


def refused_preflight() -> Answer:
    return call(wrapped(Echo()), "/api/v1/x", method="OPTIONS", headers=EVIL)


def stranger_sends_files() -> Answer:
    return call(wrapped(Echo()), "/backend/_upload", method="POST")


def too_large() -> Answer:
    headers = {"Content-Length": str(2**30)}
    return call(wrapped(Echo()), "/api/v1/x", method="POST", headers=headers)


def broken_length() -> Answer:
    return call(wrapped(Echo()), "/x", method="POST", headers={"Content-Length": "many"})


def crash() -> Answer:
    return call(wrapped(Crashes()), "/orders")


def missing() -> Answer:
    return call(wrapped(Echo(404)), "/api/nothing")


@pytest.mark.parametrize(
    ("ask", "status"),
    [
        (refused_preflight, 403),
        (stranger_sends_files, 401),
        (too_large, 413),
        (broken_length, 400),
        (crash, 500),
        (missing, 404),
    ],
)
def test_refusals_have_all_headers(ask: Any, status: int) -> None:
    answer = ask()
    assert answer.status == status
    headers = answer.headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["content-security-policy"] == DATA_POLICY
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert len(answer.all("x-request-id")) == 1
    for name in headers:
        assert len(answer.all(name)) == 1


def test_no_policy_lets_a_page_move_its_addresses() -> None:
    assert "base-uri 'none'" in DATA_POLICY
    page = call(wrapped(Echo()), "/orders").headers["content-security-policy"]
    assert "base-uri 'none'" in page.split("; ")


def test_a_refused_websocket_has_an_answer_with_headers() -> None:
    async def refuses(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "websocket.close", "code": 1008})

    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "websocket",
        "path": "/backend/_event",
        "query_string": b"",
        "headers": [],
        "client": ("10.0.0.9", 1),
        "scheme": "ws",
        "extensions": {"websocket.http.response": {}},
    }

    async def connect() -> None:
        await wrapped(refuses)(scope, receive, send)

    asyncio.run(connect())
    assert [message["type"] for message in sent] == [
        "websocket.http.response.start",
        "websocket.http.response.body",
    ]
    assert sent[0]["status"] == 403
    assert dict(sent[0]["headers"])[b"content-security-policy"] == DATA_POLICY.encode()


class TestUploadHandlers:
    def uploads(self, inner: ASGIApp) -> ASGIApp:
        return PageUploads(inner, for_everybody, lambda name: name == "state.send")

    @pytest.mark.parametrize("name", ["state.load", "no.such", ""])
    def test_a_wrong_one_is_refused_unread(self, name: str) -> None:
        inner = Echo()
        headers = {"Reflex-Event-Handler": name}
        answer = call(self.uploads(inner), "/backend/_upload", method="POST", headers=headers)
        assert answer.status == 400
        assert json.loads(answer.body)["success"] is False
        assert not inner.scopes

    def test_what_reflex_refuses_is_an_envelope(self) -> None:
        headers = {"Reflex-Event-Handler": "state.send"}
        inner = Echo(400, "text/plain", b"Malformed upload event args.")
        answer = call(self.uploads(inner), "/backend/_upload", method="POST", headers=headers)
        assert json.loads(answer.body)["code"] == "bad_request"

    def test_which_handlers_take_files(self) -> None:
        from reflex_base.registry import RegistrationContext

        from account_portal.app import app
        from account_portal.ui.handlers import takes_files

        names = RegistrationContext.get().event_handlers
        assert app is not None
        taking = {name for name in names if takes_files(names, name)}
        assert any("profile_state" in name for name in taking)
        assert not any(name.endswith((".load", ".hydrate")) for name in taking)
        assert not takes_files(names, "nobody.knows")


def test_json_failures_are_left_alone() -> None:
    body = b'{"code":"conflict"}'

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await Echo(409, "application/json", body)(scope, receive, enveloped(send))

    assert call(app, "/x").body == body
