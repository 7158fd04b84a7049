"""Two systems that write: the one that did not see the other's change is told so."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from account_portal.api.app import make_app
from account_portal.core.db import Database
from account_portal.models import Payment, Refund, Shipment, User
from tests.conftest import Clock
from tests.factories.auth import change_user
from tests.factories.bank_accounts import make_bank_account
from tests.factories.claims import make_claim
from tests.factories.orders import make_order
from tests.factories.records import rows
from tests.factories.returns import make_return
from tests.factories.reviews import make_product, make_review
from tests.merchant.systems import Systems

PENDING: list[dict[str, Any]] = [{"payment_status": "pending"}]


def order_of(database: Database, owner: User) -> Iterator[str]:
    yield "/orders/" + make_order(database, owner).order_number
    yield "/cancel"


def parcel_of(database: Database, owner: User) -> Iterator[str]:
    make_order(database, owner, parcels=[{"status": "packed"}])
    yield "/shipments/" + rows(database, Shipment)[0].reference_number
    yield "/move"


def payment_of(database: Database, owner: User) -> Iterator[str]:
    make_order(database, owner, payments=PENDING)
    yield "/payments/" + rows(database, Payment)[0].request_number
    yield "/settle"


def refund_of(database: Database, owner: User) -> Iterator[str]:
    make_order(database, owner, refunds=[{"refund_amount": 100, "status": "approved"}])
    yield "/refunds/" + rows(database, Refund)[0].request_number
    yield "/settle"


def return_of(database: Database, owner: User) -> Iterator[str]:
    made = make_order(database, owner, parcels=[{"status": "delivered"}])
    yield "/returns/" + make_return(database, owner, made).request_number
    yield "/approve"


def claim_of(database: Database, owner: User) -> Iterator[str]:
    made = make_order(database, owner, parcels=[{"status": "delivered"}])
    yield "/claims/" + make_claim(database, owner, made).claim_number
    yield "/accept"


def review_of(database: Database, owner: User) -> Iterator[str]:
    yield "/reviews/" + make_review(database, owner, make_product(database).id).id
    yield "/approve"


def account_of(database: Database, owner: User) -> Iterator[str]:
    account = make_bank_account(database, owner, verification_status="pending")
    yield "/bank-accounts/" + account.id
    yield "/verify"


def closed_account_of(database: Database, owner: User) -> Iterator[str]:
    change_user(database, owner, deactivated_at=owner.created_at)
    yield "/customers/" + owner.customer_id
    yield "/reactivate"


BODIES = {
    "/cancel": {"reason": "Out of stock"},
    "/move": {"status": "shipped"},
    "/settle": {"status": "success"},
    "/accept": {"resolution": "refund"},
}
THINGS = [
    order_of, parcel_of, payment_of, refund_of, return_of, claim_of, review_of, account_of,
    closed_account_of,
]  # fmt: skip
Thing = Callable[[Database, User], Iterator[str]]


def tag(answer: Any) -> str:
    assert answer.status_code == 200, answer.text
    return str(answer.headers["etag"])


@pytest.mark.parametrize("thing", THINGS)
def test_what_was_changed_meanwhile_is_left_alone(
    systems: Systems, database: Database, owner: User, thing: Thing
) -> None:
    at, deed = thing(database, owner)
    body = BODIES.get(deed)
    read = systems.get(at)
    version = read.json()["content"]["version"]
    assert tag(read) == f'"{version}"'
    assert tag(systems.get(at)) == tag(read), "reading changes nothing"

    stale = systems.post(at + deed, body, headers={"If-Match": '"5f0"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    told = stale.json()["content"]
    assert version in (told.get("version"), told.get("order", {}).get("version"))
    assert tag(systems.get(at)) == tag(read), "nothing was changed"

    done = systems.post(at + deed, body, headers={"If-Match": f'W/"x", "5f0", "{version}"'})
    assert done.status_code == 200, done.text
    assert tag(done) != tag(read)
    assert tag(systems.get(at)) == tag(done)
    again = systems.post(at + deed, body, headers={"If-Match": tag(read)})
    assert again.status_code == 412
    name = at.split("/")[1].replace("-", "_")
    [row] = systems.get(f"/{at.split('/')[1]}").json()["content"][name]
    assert f'"{row["version"]}"' == tag(done)


def unguarded() -> list[tuple[str, str]]:
    """Calls of the document that change something and do not speak of `If-Match`."""
    document = make_app().routes
    found = []
    for route in document:
        plan = getattr(route, "plan", None)
        if plan is not None and plan.access == "shop" and plan.guard is None:
            found += [(method, route.path) for method in sorted(route.methods - {"GET"})]
    return found


@pytest.mark.parametrize(("method", "path"), unguarded())
def test_a_call_that_does_not_heed_a_precondition_is_not_done(
    systems: Systems, method: str, path: str
) -> None:
    """Before it looks for anything: whoever sends one wants nothing done that they did not see."""
    at = re.sub(r"\{\w+\}", "X-1", path.removeprefix("/api/v1/{store_id}/merchant"))
    headers = {"If-Match": '"5f0"', "Content-Type": "application/json"}
    answer = systems.request(method, at, headers=headers, content=b"[]")
    assert (answer.status_code, answer.json()["code"]) == (400, "precondition_not_heeded")


def test_no_call_heeds_what_would_make_only_new_things(
    systems: Systems, database: Database, owner: User
) -> None:
    number = make_order(database, owner).order_number
    calls = [
        ("PUT", "/customers/C-77", {"email": "new@example.com"}),
        ("POST", f"/orders/{number}/cancel", {"reason": "x"}),
        ("POST", f"/customers/{owner.customer_id}/points", {"points": 5}),
    ]
    for name in ("If-None-Match", "If-Unmodified-Since"):
        for method, path, body in calls:
            answer = systems.request(method, path, json=body, headers={name: "*"})
            assert answer.json()["code"] == "precondition_not_heeded", path
    assert systems.get("/customers/C-77").status_code == 404
    assert systems.get(f"/orders/{number}").json()["content"]["status"] == "confirmed"


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("*", 200), ('W/"*"', 412), ('"*"', 412), ("abc", 400), ("", 400), ('"', 400),
        ('"a" "b"', 400), ('"é"', 400), ('*, "a"', 400), (' "a" , W/"b"', 412),
    ],
)  # fmt: skip
def test_what_an_if_match_may_say(
    systems: Systems, database: Database, owner: User, header: str, status: int
) -> None:
    at = "/orders/" + make_order(database, owner).order_number
    answer = systems.post(at + "/shipments", {}, headers={"If-Match": header.encode("latin-1")})
    assert answer.status_code == status, answer.text
    if status == 400:
        assert list(answer.json()["error"]) == ["If-Match"]


def test_of_what_is_not_there(systems: Systems) -> None:
    nothing = systems.post("/orders/NONE/approve", headers={"If-Match": "*"})
    assert nothing.status_code == 404
    at, body = "/customers/C-1", {"email": "asha@example.com"}
    made = systems.put(at, body, headers={"If-Match": "*"})
    assert (made.status_code, made.json()["code"]) == (412, "precondition_failed")
    assert systems.get(at).status_code == 404


def test_a_record_overwrites_only_what_its_sender_saw(systems: Systems) -> None:
    at = "/customers/C-1"
    made = systems.put(at, {"email": "asha@example.com", "first_name": "Asha"})
    assert tag(made) == tag(systems.get(at)) == f'"{made.json()["content"]["version"]}"'
    told = systems.put(at, {"email": "asha@example.com", "first_name": "Aisha"})
    late = systems.put(
        at, {"email": "asha@example.com", "first_name": "A."}, headers={"If-Match": tag(made)}
    )
    assert late.status_code == 412
    assert late.json()["content"]["first_name"] == "Aisha"
    unchanged = systems.put(
        at, {"email": "asha@example.com", "first_name": "Aisha"}, headers={"If-Match": tag(told)}
    )
    assert unchanged.json()["content"]["outcome"] == "unchanged"
    assert tag(unchanged) == tag(told)


def test_a_repeat_gets_the_first_answer_although_the_version_is_over(
    systems: Systems, database: Database, owner: User
) -> None:
    at = "/orders/" + make_order(database, owner).order_number
    headers = {"If-Match": tag(systems.get(at)), "Idempotency-Key": "cancel-once"}
    first, second = (systems.post(at + "/cancel", BODIES["/cancel"], headers=headers)
                     for _ in range(2))  # fmt: skip
    assert first.json() == second.json()
    assert tag(first) == tag(second)


def test_of_many_each_may_say_its_version(
    systems: Systems, database: Database, owner: User
) -> None:
    make_order(database, owner, parcels=[{"status": "packed"}, {"status": "packed"}])
    first, second = systems.get("/shipments").json()["content"]["shipments"]
    moves = [
        {"reference_number": row["reference_number"], "status": "shipped", "version": version}
        for row, version in ((first, first["version"]), (second, "5f0"))
    ]
    outcomes = systems.post("/shipment-moves", moves).json()["content"]["outcomes"]
    assert [(one["outcome"], one.get("code")) for one in outcomes] == [
        ("done", None), ("refused", "precondition_failed"),
    ]  # fmt: skip
    assert outcomes[1]["content"]["version"] == second["version"]


def test_of_writers_at_the_same_moment_one_wins(systems: Systems, clock: Clock) -> None:
    """The clock stands still: versions differ all the same."""
    at = "/orders/A-1"
    assert systems.put(at, told("first")).status_code == 200
    assert clock.now
    for turn in range(3):
        seen = tag(systems.get(at))
        together = Barrier(4)

        def write(number: int, turn: int = turn, seen: str = seen) -> int:
            together.wait(timeout=60)  # noqa: B023
            body = told(f"{turn} {number}")
            return int(systems.put(at, body, headers={"If-Match": seen}).status_code)

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(write, range(4))) == [200, 412, 412, 412]
        assert tag(systems.get(at)) != seen


def told(note: str) -> dict[str, Any]:
    return {
        "customer_email": "asha@example.com",
        "order_date": "2026-03-01T09:30:00Z",
        "customer_note": note,
        "lines": [{"sku": "TEA", "quantity": 1, "selling_price": "100.00"}],
    }
