"""Every call of the merchant API: for nobody, for a key that may not, at another store, of nothing.

Read from the API's own document, so that a call that is added is tried as well.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import pytest

from account_portal.api.app import make_app
from account_portal.core.db import Database
from account_portal.models import User
from account_portal.security.api_keys import SCOPES, allows
from tests.factories.claims import make_claim
from tests.factories.orders import make_order
from tests.factories.pictures import make_picture
from tests.merchant.systems import BASE, Systems, make_key

PICTURE = make_picture("PNG", size=(8, 8))
GHOST = "00000000000000000000000000"
OTHER = BASE.replace("/main/", "/other/")


class Call(NamedTuple):
    method: str
    path: str
    scope: str
    body: Any
    name: str
    has_files: bool

    def address(self) -> str:
        """With ids of nothing."""
        parts = [GHOST if part.startswith("{") else part for part in self.path.split("/")]
        return "/".join(parts)


@cache
def document() -> dict[str, Any]:
    return make_app().systems_document


def calls() -> Iterator[Call]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {})
            shown = content.get("application/json", {})
            examples = list(shown.get("examples", {}).values())
            body = examples[0]["value"] if examples else shown.get("example")
            [security] = operation["security"]
            yield Call(
                method=method.upper(),
                path=path,
                scope=security["keyAuth"][0],
                body=body,
                name=operation["operationId"],
                has_files="multipart/form-data" in content,
            )


ALL = list(calls())
NAMES = [call.name for call in ALL]


def send(systems: Systems, call: Call, *, key: str | None = None, base: str = BASE) -> Any:
    secret = systems.key if key is None else key
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    body: dict[str, Any] = {} if call.body is None else {"json": call.body}
    if call.has_files:
        body = {"data": {"sku": "SKU-0"}, "files": [("images", ("a.png", PICTURE, "image/png"))]}
    return systems.client.request(call.method, base + call.address(), headers=headers, **body)


def test_there_are_calls_and_each_has_a_name_of_its_own() -> None:
    assert len(ALL) > 40
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("call", ALL, ids=NAMES)
def test_of_whoever_may_not_call(systems: Systems, database: Database, call: Call) -> None:
    assert call.scope in SCOPES
    nobody = send(systems, call, key="")
    assert (nobody.status_code, nobody.json()["code"]) == (401, "unauthorized")
    assert nobody.headers["WWW-Authenticate"] == "Bearer"
    assert send(systems, call, key="apk_" + "0" * 48).status_code == 401
    others = [scope for scope in SCOPES if not allows([scope], call.scope)]
    unfit = send(systems, call, key=make_key(database, *others, name="everything else"))
    assert (unfit.status_code, unfit.json()["code"]) == (403, "insufficient_scope")
    elsewhere = send(systems, call, base=OTHER)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "call", [call for call in ALL if "{" in call.path and call.method != "PUT"],
    ids=[call.name for call in ALL if "{" in call.path and call.method != "PUT"],
)  # fmt: skip
def test_of_what_is_not_there(systems: Systems, call: Call) -> None:
    missing = send(systems, call)
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found"), missing.text


@pytest.mark.parametrize("call", ALL, ids=NAMES)
def test_what_it_needs_is_enough(systems: Systems, database: Database, call: Call) -> None:
    answer = send(systems, call, key=make_key(database, call.scope))
    assert answer.status_code not in {401, 403}
    assert answer.status_code < 500
    assert answer.headers["RateLimit-Limit"]


@pytest.mark.parametrize("amount", ["1" + "0" * 40, "1e400"])
def test_an_amount_that_nothing_costs_is_refused(
    systems: Systems, database: Database, owner: User, amount: str
) -> None:
    claim = make_claim(database, owner, make_order(database, owner, parcels=[{}]))
    answer = systems.client.post(
        f"{BASE}/claims/{claim.claim_number}/accept",
        content=f'{{"resolution": "refund", "amount": {amount}}}',
        headers={"Authorization": f"Bearer {systems.key}", "Content-Type": "application/json"},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
