"""Events and webhooks over HTTP: who may, what is refused, and how a reader goes on."""

from typing import Any

import pytest
from click.testing import CliRunner

from account_portal.cli import main
from account_portal.core.db import Database
from account_portal.models import User
from tests.conftest import Clock
from tests.factories.addresses import make_address
from tests.factories.claims import make_claim
from tests.factories.orders import make_order
from tests.factories.returns import make_return, return_item
from tests.factories.reviews import make_product, make_review
from tests.merchant.conftest import systems
from tests.merchant.systems import Systems, make_key
from tests.webhooks.conftest import Happens, Works
from tests.webhooks.receiver import Receiver

__all__ = ["systems"]  # a fixture

GHOST = "01HK153X000000000000000000"
ROUTES = [
    ("GET", "/events", None, "events:read"),
    ("GET", "/webhooks", None, "webhooks:read"),
    ("POST", "/webhooks", {"url": "https://a.invalid/", "types": ["*"]}, "webhooks:write"),
    ("GET", f"/webhooks/{GHOST}", None, "webhooks:read"),
    ("PUT", f"/webhooks/{GHOST}", {"types": ["*"]}, "webhooks:write"),
    ("DELETE", f"/webhooks/{GHOST}", None, "webhooks:write"),
    ("POST", f"/webhooks/{GHOST}/test", None, "webhooks:write"),
    ("POST", f"/webhooks/{GHOST}/rotate", {}, "webhooks:write"),
    ("POST", f"/webhooks/{GHOST}/enable", None, "webhooks:write"),
    ("GET", "/deliveries", None, "webhooks:read"),
    ("POST", f"/deliveries/{GHOST}/resend", None, "webhooks:write"),
]


@pytest.mark.parametrize(("method", "path", "body", "scope"), ROUTES)
def test_only_keys_with_the_scope_may(
    database: Database,
    systems: Systems,
    api: Any,
    owner: User,
    method: str,
    path: str,
    body: Any,
    scope: str,
) -> None:
    sent = {} if body is None else {"json": body}
    assert systems.request(method, path, key="", **sent).status_code == 401
    assert systems.request(method, path, key=api.token(owner), **sent).status_code == 401
    verb = "write" if scope.endswith("read") else "read"
    others = [f"{scope.split(':', maxsplit=1)[0]}:{verb}", "orders:*"]
    if scope == "events:read":
        others = ["webhooks:*"]
    refused = systems.request(method, path, key=make_key(database, *others), **sent)
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    allowed = systems.request(method, path, key=make_key(database, scope), **sent)
    assert allowed.status_code == (404 if GHOST in path else 200), allowed.text


def events(systems: Systems, **query: Any) -> dict[str, Any]:
    answer = systems.get("/events", params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["content"])


def test_a_reader_goes_on_after_what_it_read(
    systems: Systems, database: Database, owner: User, happens: Happens
) -> None:
    happens("a", "b", "c")
    every = events(systems)
    assert [set(one) for one in every["events"]] == [
        {"id", "type", "created_at", "source", "version", "data"}
    ] * len(every["events"])
    ids = [one["id"] for one in every["events"]]
    assert [one["type"] for one in every["events"]] == ["customer.created"] + ["order.updated"] * 3
    assert (every["has_more"], every["next_cursor"]) == (False, ids[-1])
    read: list[str] = []
    cursor = None
    while True:
        page = events(systems, limit=1, **({"after": cursor} if cursor else {}))
        read += [one["id"] for one in page["events"]]
        cursor = page["next_cursor"]
        if not page["has_more"]:
            break
    assert read == ids
    assert events(systems, after=cursor) == {"events": [], "next_cursor": cursor, "has_more": False}
    happens("d")
    assert [one["data"]["customer"] for one in events(systems, after=cursor)["events"]] == ["d"]


def test_of_some_types_and_the_cursor_moves_on(
    systems: Systems, database: Database, owner: User, happens: Happens
) -> None:
    happens("a", "b")
    page = events(systems, types="customer.created,refund.failed")
    assert [one["type"] for one in page["events"]] == ["customer.created"]
    last = events(systems)["next_cursor"]
    assert page["next_cursor"] == last != page["events"][0]["id"]
    assert events(systems, types="refund.failed", after=last)["events"] == []


def test_what_cannot_be_read_is_refused(
    systems: Systems, database: Database, owner: User, clock: Clock
) -> None:
    assert systems.get("/events", params={"types": "order.eaten"}).status_code == 400
    assert systems.get("/events", params={"limit": 0}).status_code == 400
    assert systems.get("/events", params={"after": "x"}).status_code == 400
    gone = systems.get("/events", params={"after": GHOST})
    assert (gone.status_code, gone.json()["code"]) == (410, "cursor_gone")


def test_an_empty_log(systems: Systems) -> None:
    assert events(systems) == {"events": [], "next_cursor": None, "has_more": False}


def test_events_bring_along_what_they_are_about(
    systems: Systems, database: Database, owner: User
) -> None:
    order = make_order(database, owner, status="delivered", parcels=[{}])
    make_return(database, owner, order, return_item())
    claimed = make_order(database, owner, status="delivered", parcels=[{}])
    claim = make_claim(database, owner, claimed)
    address = make_address(database, owner)
    make_review(database, owner, make_product(database).id)
    found = {one["type"]: one.get("object") for one in events(systems, expand="true")["events"]}
    assert found["order.created"]["order_number"] == claimed.order_number
    assert found["claim.opened"]["claim_number"] == claim.claim_number
    assert found["return.requested"]["original_order_number"] == order.order_number
    assert found["address.created"]["id"] == address.id
    assert found["review.submitted"]["review_text"] == "Good."
    assert found["customer.created"]["email"] == owner.email
    plain = systems.get("/events?expand").json()["content"]["events"]
    assert {one["type"]: one.get("object") for one in plain} == found
    with database.session(writes=True) as db:
        db.delete(db.get(type(address), address.id))
        db.commit()
    found = {one["type"]: one.get("object") for one in events(systems, expand="true")["events"]}
    assert found["address.deleted"] is None
    assert found["address.created"] is None


def test_the_life_of_an_endpoint(
    systems: Systems, receiver: Receiver, happens: Happens, works: Works
) -> None:
    made = systems.post("/webhooks", {"url": receiver.url, "types": ["order.updated"]})
    assert made.status_code == 200, made.text
    endpoint = made.json()["content"]
    assert endpoint["secret"].startswith("whsec_")
    assert (endpoint["types"], endpoint["status"]) == (["order.updated"], "enabled")
    path = f"/webhooks/{endpoint['id']}"
    [listed] = systems.get("/webhooks").json()["content"]["webhooks"]
    assert "secret" not in listed
    assert listed == systems.get(path).json()["content"]
    tested = systems.post(path + "/test").json()["content"]
    assert (tested["status"], tested["response_status"]) == ("delivered", 204)
    assert receiver.got[-1].verified_by(endpoint["secret"])
    rotated = systems.post(path + "/rotate").json()["content"]
    assert rotated["secret"] != endpoint["secret"]
    assert rotated["old_secret_until"] is not None
    receiver.answers = lambda _: 410
    happens("a")
    works()
    assert systems.get(path).json()["content"]["status"] == "disabled"
    assert systems.post(path + "/enable").json()["content"]["status"] == "enabled"
    listed = systems.get("/deliveries", params={"status": "due"}).json()["content"]["deliveries"]
    assert [one["response_status"] for one in listed] == [410]
    under_way = systems.post(f"/deliveries/{listed[0]['id']}/resend")
    assert (under_way.status_code, under_way.json()["code"]) == (409, "delivery_under_way")
    again = systems.post(f"/deliveries/{tested['id']}/resend").json()["content"]
    assert (again["status"], again["event_id"]) == ("due", tested["event_id"])
    changed = systems.put(path, {"types": ["*"]}).json()["content"]
    assert (changed["types"], changed["url"]) == (["*"], receiver.url)
    assert systems.request("DELETE", path).status_code == 200
    assert systems.get(path).status_code == 404
    assert systems.get("/webhooks").json()["content"]["webhooks"] == []


def test_deliveries_are_listed_in_pages(
    systems: Systems, receiver: Receiver, happens: Happens, works: Works
) -> None:
    systems.post("/webhooks", {"url": receiver.url, "types": ["*"]})
    happens("a", "b", "c")
    works()
    ids: list[str] = []
    cursor = None
    while True:
        query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = systems.get("/deliveries", params=query).json()["content"]
        ids += [one["id"] for one in page["deliveries"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(ids) == len(set(ids)) == 3
    assert ids == sorted(ids, reverse=True)


@pytest.mark.parametrize(
    "body",
    [
        {"types": ["*"]},
        {"url": "http://127.0.0.1/", "types": ["*"]},
        {"url": "https://169.254.169.254/latest", "types": ["*"]},
        {"url": "https://a.invalid/", "types": ["order.eaten"]},
        {"url": "https://a.invalid/", "types": []},
        {"url": "https://a.invalid/", "types": ["*"], "version": 2},
        {"url": "https://a.invalid/", "types": ["*"], "expand": 0},
    ],
)
def test_what_is_no_endpoint_is_refused(systems: Systems, body: dict[str, Any]) -> None:
    answer = systems.post("/webhooks", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")


def test_a_shop_has_so_many_endpoints_and_no_more(
    systems: Systems, monkeypatch: pytest.MonkeyPatch
) -> None:
    from account_portal.webhooks import service

    monkeypatch.setattr(service, "MOST_ENDPOINTS", 1)
    body = {"url": "https://a.invalid/", "types": ["*"]}
    assert systems.post("/webhooks", body).status_code == 200
    refused = systems.post("/webhooks", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_webhooks")


def test_the_command_line_does_the_same(
    database: Database, receiver: Receiver, happens: Happens, works: Works
) -> None:
    def run(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(main, ["webhooks", *words])
        assert result.exit_code == code, result.output
        return result.output

    assert run("list") == "There are no webhooks.\n"
    identity, secret = run("create", receiver.url, "--type", "order.updated").split()
    assert receiver.url in run("list")
    assert run("test", identity) == "It arrived: 204.\n"
    assert receiver.got[-1].verified_by(secret)
    assert run("rotate", identity).startswith("whsec_")
    receiver.answers = lambda _: 500
    assert "answered 500" in run("test", identity, code=1)
    [dead] = run("dead").splitlines()
    assert "webhook.test" in dead
    assert "is due" in run("resend", dead.split()[0])
    assert "enabled" in run("enable", identity)
    assert "deleted" in run("delete", identity)
    assert "no type of event" in run("create", receiver.url, "--type", "x", code=1)
    assert "There is no webhook" in run("test", identity, code=1)
    assert run("dead") == "Everything was delivered.\n"
