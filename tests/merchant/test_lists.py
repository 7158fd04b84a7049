"""Lists for the shop's systems: whole, in order, by state, by change, and no slower when long."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text, update

from account_portal.core.db import Database
from account_portal.merchant import lists
from account_portal.models import OutboxMessage, User
from account_portal.notifications.tries import DROPPED, FAILED, QUEUED, SENDING, SENT
from tests.conftest import Acting, Clock
from tests.factories.bank_accounts import make_bank_account
from tests.factories.claims import claim_item, decide_claim, make_claim
from tests.factories.evidence import make_evidence, photos
from tests.factories.orders import make_line, make_order
from tests.factories.records import order, shipment
from tests.factories.returns import make_return, return_item
from tests.factories.reviews import make_product, make_review
from tests.merchant.systems import Systems


def numbers(answer: Any, name: str = "orders", key: str = "order_number") -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row[key] for row in answer.json()["content"][name]]


def all_pages(systems: Systems, path: str, name: str, key: str) -> list[str]:
    """Every row of a list, page by page."""
    found: list[str] = []
    cursor = None
    while True:
        at = path if cursor is None else f"{path}&cursor={cursor}"
        answer = systems.get(at)
        found += numbers(answer, name, key)
        cursor = answer.json()["content"]["next_cursor"]
        if cursor is None:
            return found


@pytest.fixture
def five(database: Database, owner: User, stranger: User) -> list[str]:
    """Five orders, oldest first; the second is cancelled, the last is another customer's."""
    made = [make_order(database, owner, status="cancelled" if n == 1 else "confirmed")
            for n in range(4)]  # fmt: skip
    made.append(make_order(database, stranger))
    return [one.order_number for one in made]


def test_orders_come_newest_first_page_by_page(systems: Systems, five: list[str]) -> None:
    assert numbers(systems.get("/orders")) == five[::-1]
    assert all_pages(systems, "/orders?limit=2", "orders", "order_number") == five[::-1]


def test_orders_by_state(systems: Systems, five: list[str]) -> None:
    assert numbers(systems.get("/orders?status=cancelled")) == [five[1]]
    assert numbers(systems.get("/orders?status=draft")) == []
    both = "/orders?status=cancelled&status=confirmed&limit=2"
    assert all_pages(systems, both, "orders", "order_number") == five[::-1]
    by_change = both + "&sort=updated"
    assert all_pages(systems, by_change, "orders", "order_number") == five


def test_orders_and_parcels_that_may_be_sent(
    systems: Systems, database: Database, owner: User
) -> None:
    failed, reserved = {"payment_status": "failed"}, {"payment_status": "pending"}
    for number, payments, values in (
        ("A-1", None, {}),
        ("A-2", [failed], failed),
        ("A-3", [reserved], reserved),
        ("A-4", [reserved | {"collection": "authorized"}], reserved),
        ("A-5", [failed], {**failed, "status": "cancelled"}),
    ):
        parcel = {"reference_number": f"P-{number}", "status": "packed"}
        make_order(
            database, owner, order_number=number, payments=payments, parcels=[parcel], **values
        )
    for asked, expected in (("true", ["A-2", "A-3"]), ("false", ["A-1", "A-4", "A-5"])):
        path = f"?awaits_payment={asked}&sort=oldest&limit=1"
        assert all_pages(systems, f"/orders{path}", "orders", "order_number") == expected
        assert all_pages(systems, f"/shipments{path}", "shipments", "order_number") == expected
    told = {row["order_number"]: row for row in systems.get("/orders").json()["content"]["orders"]}
    assert told["A-3"]["awaits_payment"] is True
    assert systems.get("/orders/A-4").json()["content"]["awaits_payment"] is False


def test_a_queue_is_worked_through_from_its_beginning(systems: Systems, five: list[str]) -> None:
    both = "/orders?status=cancelled&status=confirmed&sort=oldest&limit=2"
    assert all_pages(systems, both, "orders", "order_number") == five
    cursor = systems.get("/orders?sort=oldest&limit=1").json()["content"]["next_cursor"]
    assert systems.get(f"/orders?cursor={cursor}").status_code == 400


def test_orders_of_a_customer(systems: Systems, five: list[str], stranger: User) -> None:
    assert numbers(systems.get(f"/orders?customer={stranger.customer_id}")) == five[4:]
    assert numbers(systems.get("/orders?customer=nobody")) == []


def test_whoever_follows_changes_misses_none(
    systems: Systems, five: list[str], clock: Clock
) -> None:
    clock.advance(minutes=5)
    since = clock.now.isoformat().replace("+00:00", "Z")
    assert numbers(systems.get(f"/orders?updated_since={since}")) == []
    systems.post(f"/orders/{five[2]}/shipments", {})
    clock.advance(minutes=1)
    systems.post(f"/orders/{five[0]}/cancel", {"reason": "Out of stock"})
    changed = all_pages(systems, f"/orders?updated_since={since}&limit=1", "orders", "order_number")
    assert changed == [five[2], five[0]]
    newest = numbers(systems.get(f"/orders?updated_since={since}&sort=newest"))
    assert newest == [five[2], five[0]]


def test_what_is_imported_counts_as_changed_now(systems: Systems, clock: Clock) -> None:
    since = (clock.now - timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
    payment = {"request_number": "PAY-1", "amount": 1}
    old = order("A-1", order_date="2020-01-01", payments=[payment])
    systems.post("/records", [old, shipment("SHP-1", "A-1", created_at="2020-01-02")])
    for name, key in (("shipments", "reference_number"), ("payments", "request_number")):
        assert numbers(systems.get(f"/{name}?updated_since={since}"), name, key)
    assert numbers(systems.get(f"/orders?updated_since={since}")) == ["A-1"]
    assert numbers(systems.get(f"/customers?updated_since={since}"), "customers", "email")


def test_rows_tell_whose_they_are_and_may_be_whole(
    systems: Systems, five: list[str], stranger: User
) -> None:
    [row] = systems.get("/orders?limit=1").json()["content"]["orders"]
    assert row["customer_id"] == stranger.customer_id
    assert "details" not in row
    [whole] = systems.get("/orders?limit=1&expand=details").json()["content"]["orders"]
    assert whole["details"]["shipping_address"]["city"] == "Bengaluru"
    one = systems.get(f"/orders/{five[4]}").json()["content"]
    assert one == {
        "customer_id": stranger.customer_id,
        "awaits_payment": False,
        "updated_at": whole["updated_at"],
        "version": whole["version"],
        **whole["details"],
    }


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=201", "limit=x", "status=lost", "sort=dearest", "expand=all",
        "updated_since=yesterday", "updated_since=2026-01-01T00:00:00",
        "cursor=", "cursor=x", "cursor=WyJhIl0", "cursor=bnVsbA", "cursor=W10",
        "cursor=%00", "customer=%00",
    ],
)  # fmt: skip
def test_what_no_list_knows_is_refused(systems: Systems, query: str) -> None:
    answer = systems.get(f"/orders?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    [field] = answer.json()["error"]
    assert field.split(".")[0] == query.split("=", maxsplit=1)[0]


def test_a_cursor_belongs_to_an_order(systems: Systems, five: list[str]) -> None:
    assert five
    cursor = systems.get("/orders?limit=1").json()["content"]["next_cursor"]
    assert systems.get(f"/orders?sort=updated&cursor={cursor}").status_code == 400


def test_a_window_that_closed_is_not_read_as_open(
    systems: Systems, database: Database, owner: User, clock: Clock
) -> None:
    made = make_order(database, owner, parcels=[{"status": "delivered"}])
    clock.advance(days=40)
    [row] = systems.get("/orders").json()["content"]["orders"]
    assert (row["order_number"], row["status"]) == (made.order_number, "complete")


def test_everything_is_listed_and_read_one_by_one(
    systems: Systems, database: Database, owner: User, clock: Clock
) -> None:
    account = make_bank_account(database, owner)
    made = make_order(
        database,
        owner,
        parcels=[{"status": "delivered"}],
        refunds=[{"refund_amount": 100, "bank_account_id": account.id}],
    )
    request = make_return(database, owner, made)
    product = make_product(database)
    review = make_review(database, owner, product.id)
    kinds = {
        "shipments": "reference_number",
        "payments": "request_number",
        "refunds": "request_number",
        "returns": "request_number",
        "reviews": "id",
        "bank-accounts": "id",
        "customers": "customer_id",
    }
    for path, key in kinds.items():
        name = path.replace("-", "_")
        [row] = systems.get(f"/{path}").json()["content"][name]
        assert systems.get(f"/{path}/{row[key]}").json()["content"] == row, path
        assert systems.get(f"/{path}/00000000000000000000000000").status_code == 404
        if path != "customers":
            assert numbers(systems.get(f"/{path}?status={row['status']}"), name, key) == [row[key]]
            assert row.get("order_number", made.order_number) == made.order_number or path == (
                "reviews"
            )
        later = f"/{path}?updated_since={clock.now + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
        assert numbers(systems.get(later), name, key) == []
    assert request
    assert review
    [shown] = systems.get("/bank-accounts").json()["content"]["bank_accounts"]
    assert shown["account_number"] == account.number_masked
    assert account.number_encrypted not in systems.get("/bank-accounts").text


def test_messages_are_listed_without_what_they_say(
    systems: Systems, database: Database, owner: User
) -> None:
    made = make_order(database, owner)
    systems.post(f"/orders/{made.order_number}/cancel", {"reason": "Out of stock"})
    [row] = systems.get("/messages?status=queued").json()["content"]["messages"]
    assert row["kind"] == "order_cancelled"
    assert "payload" not in row
    assert row["updated_at"] >= row["created_at"]
    at = row["updated_at"]
    changed = systems.get(f"/messages?updated_since={at}&status=queued").json()["content"]
    assert changed["messages"] == [row]
    assert numbers(systems.get("/messages?updated_since=2200-01-01T00:00:00Z"), "messages") == []


@pytest.mark.parametrize("status", [QUEUED, SENDING, SENT, FAILED, DROPPED])
def test_messages_are_listed_wherever_they_stand(
    systems: Systems, database: Database, owner: User, status: str
) -> None:
    made = make_order(database, owner)
    systems.post(f"/orders/{made.order_number}/cancel", {"reason": "Out of stock"})
    with database.session(writes=True) as db:
        db.execute(update(OutboxMessage).values(status=status))
        db.commit()
    assert [one["status"] for one in systems.get("/messages").json()["content"]["messages"]] == [
        status
    ]


def test_customers_are_found_by_the_shops_own_id_and_by_email(
    systems: Systems, database: Database
) -> None:
    systems.put("/customers/C-1", {"email": "asha@example.com", "first_name": "Asha"})
    one = systems.get("/customers/C-1").json()["content"]
    assert systems.get(f"/customers/{one['customer_id']}").json()["content"] == one
    assert numbers(
        systems.get("/customers?email=ASHA@example.com"), "customers", "external_id"
    ) == ["C-1"]
    systems.put("/orders/A-1", {k: v for k, v in order(customer_id="C-1").items()
                                if k not in ("type", "order_number")})  # fmt: skip
    assert numbers(systems.get("/orders?customer=C-1")) == ["A-1"]
    assert systems.post("/customers/C-1/points", {"points": 5}).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"status": ["confirmed"]},
        {"sort": "updated"},
        {"status": ["confirmed"], "sort": "updated"},
        {"updated_since": "2020-01-01T00:00:00Z"},
        {"status": ["confirmed", "cancelled"], "sort": "updated"},
    ],
)
def test_a_page_is_found_in_an_index(
    acting: Acting, database: Database, statements: list[str], query: dict[str, Any]
) -> None:
    """No list is sorted, and none is read whole."""
    from account_portal.context import SHOP
    from account_portal.merchant.rows import OrdersQuery

    if not database.is_sqlite:
        pytest.skip("the plan of an empty table tells nothing on PostgreSQL")
    with acting(SHOP) as ctx:
        lists.list_orders(ctx, OrdersQuery.model_validate({**query, "limit": 3}))
        statement = next(one for one in statements if "LIMIT" in one)
        values = {str(place): None for place in range(statement.count("?"))}
        driver: Any = ctx.db.connection().connection.dbapi_connection
        plan = driver.execute("EXPLAIN QUERY PLAN " + statement, list(values.values())).fetchall()
        assert ctx.db.execute(text("SELECT 1")).scalar() == 1
    parts = " ".join(row[3] for row in plan)
    assert "USING" in parts
    if len(query.get("status", [])) < 2:
        assert "TEMP B-TREE" not in parts


def test_claims_by_state_customer_order_and_change(
    systems: Systems, database: Database, owner: User, stranger: User, clock: Clock
) -> None:
    made = []
    for whose in (owner, owner, stranger):
        of = make_order(database, whose, parcels=[{"status": "delivered"}])
        made.append(make_claim(database, whose, of))
    found = [one.claim_number for one in made]
    decide_claim(database, found[0], reason="It is whole")

    def asked(filters: str) -> list[str]:
        return numbers(systems.get(f"/claims?{filters}"), "claims", "claim_number")

    assert all_pages(systems, "/claims?limit=1", "claims", "claim_number") == found[::-1]
    assert asked("status=open") == [found[2], found[1]]
    assert asked("status=rejected&status=accepted") == [found[0]]
    assert asked(f"customer={stranger.customer_id}") == [found[2]]
    assert asked(f"order_number={made[1].order_number}") == [found[1]]
    clock.advance(minutes=5)
    since = clock.now.isoformat().replace("+00:00", "Z")
    assert asked(f"updated_since={since}") == []
    decide_claim(database, found[1])
    assert asked(f"updated_since={since}") == [found[1]]


def test_evidence_is_shown_with_addresses_that_open(
    systems: Systems, database: Database, owner: User
) -> None:
    order = make_order(database, owner, lines=[make_line(0), make_line(1)], parcels=[{}])
    first, second = make_evidence(database, owner, order, photos(2))
    back = make_return(database, owner, order, return_item(0, evidence=[first]))
    claim = make_claim(database, owner, order, claim_item(1, evidence=[second]))
    for kind, number, name in (
        ("returns", back.request_number, first),
        ("claims", claim.claim_number, second),
    ):
        one = systems.get(f"/{kind}/{number}").json()["content"]
        [listed] = systems.get(f"/{kind}").json()["content"][kind]
        [file] = one["items"][0]["evidence"]
        assert listed["items"] == one["items"]
        assert (file["id"], file["kind"]) == (name, "image")
        for address in (file["url"], file["thumbnail_url"]):
            assert systems.client.get(address).headers["content-type"] == "image/webp"
