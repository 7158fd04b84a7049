"""The end of an account: nothing that names the person stays anywhere, the books do."""

import json
import tracemalloc
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, String, Text, select
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from account_portal.auth import service as auth
from account_portal.context import SHOP
from account_portal.core.bulk import table_of
from account_portal.core.db import Database
from account_portal.core.errors import NotFound, TopLevelRequired
from account_portal.core.proof import FreshProofRequired
from account_portal.gateways import get_gateways
from account_portal.models import (
    DeletedAccount,
    ImportStatement,
    Media,
    Order,
    OrderDocument,
    Product,
    User,
)
from account_portal.personal_data import rules, service
from account_portal.personal_data.service.tables import OWN
from account_portal.reviews import service as reviews
from tests.conftest import Acting, Api, actor_of
from tests.doors import assert_only_for_owner, assert_refused
from tests.factories.addresses import make_address, make_subscription
from tests.factories.auth import load_user, messages
from tests.factories.claims import make_claim
from tests.factories.events import told, types_told
from tests.factories.orders import make_order
from tests.factories.records import bring_in, order, rows, shipment, write
from tests.factories.returns import make_return, return_item
from tests.factories.users import PASSWORD, make_user
from tests.personal_data.test_export import fill

PLANTED = "Rumpelstilzchen"
_TEXT = (AutoString, String, Text, JSON)
_NUMBERS = {"id", "customer_id", "user_id", "subject"}


def settle(database: Database, user: User) -> None:
    """Nothing of the user is under way any more."""
    with database.session(writes=True) as db:
        for own, name, value in (
            ("returns", "status", "complete"),
            ("orders", "completes_at", None),
            ("refunds", "status", "success"),
            ("withdrawals", "status", "settled"),
        ):
            table = SQLModel.metadata.tables[own]
            found = next(one for one in OWN if one.name == own).found(user.customer_id)
            db.execute(table.update().where(found).values({name: value}))
        db.commit()


def plant(database: Database, user: User) -> int:
    """Write a word into every text column that goes or is emptied, of all rows of the user."""
    planted = 0
    with database.session(writes=True) as db:
        for own in OWN:
            table = table_of(own.model)
            gone = own.scrubbed.split() if own.is_of_books else table.columns.keys()
            keys = {column.name for column in table.primary_key}
            for name in gone:
                column = table.c[name]
                if not isinstance(column.type, _TEXT) or column.foreign_keys:
                    continue
                if name in keys | _NUMBERS or "status" in name or own.model is User:
                    continue
                if own.name in {"outbox_messages", "otp_challenges", "import_statements"}:
                    continue  # found by what stands there
                taken: Any = PLANTED[: getattr(column.type, "length", None) or 99]
                if isinstance(column.type, JSON):
                    taken = {"x": PLANTED} if column.nullable else [PLANTED]
                found = own.found(user.customer_id)
                db.execute(table.update().where(found).values({name: taken}))
                planted += 1
        person = db.get_one(User, user.id)
        person.first_name = person.last_name = person.customer_group_id = PLANTED
        db.commit()
    return planted


def whole(database: Database) -> str:
    """All there is, as one text."""
    found = []
    with database.session(writes=False) as db:
        for table in SQLModel.metadata.sorted_tables:
            found += [f"{table.name} {row!r}" for row in db.execute(select(table))]
    return "\n".join(found)


def lives(database: Database, user: User, call: Any, api: Api) -> str:
    """A customer with a bit of everything, all of it over; the order's number."""
    number = fill(database, user, call, api)
    call(auth.read_security, actor=user)
    call(service.request_export, actor=user)
    service.make_exports()
    settle(database, user)
    return number


def test_nothing_that_names_them_stays(
    database: Database, owner: User, stranger: User, call: Any, api: Api
) -> None:
    number = lives(database, owner, call, api)
    theirs = lives(database, stranger, call, api)
    assert plant(database, owner) > 40
    before = whole(database)
    assert PLANTED in before
    storage = get_gateways().storage
    keys = [f"{m.id}/{name}" for m in rows(database, Media) for name in m.sizes.split(",")]
    call(service.delete_account)
    [last] = [row for row in messages(database) if row.kind == "account_deleted"]
    assert last.recipient == "owner@example.com"  # the way to them, until it is sent
    after = "\n".join(line for line in whole(database).splitlines() if last.id not in line)
    for word in (PLANTED, "owner@example.com"):
        assert [line[:200] for line in after.splitlines() if word in line] == [], word
    assert theirs in after
    assert number in after
    left = {f"{m.id}/{name}" for m in rows(database, Media) for name in m.sizes.split(",")}
    assert [key for key in keys if key not in left and storage.open(key) is not None] == []
    assert left  # the stranger's


def test_the_books_stay(database: Database, owner: User, call: Any, api: Api) -> None:
    number = lives(database, owner, call, api)
    [before] = rows(database, Order, order_number=number)
    call(service.delete_account)
    [after] = rows(database, Order, order_number=number)
    same = ("grand_total", "subtotal", "currency", "order_date", "status", "payment_status")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    [document] = rows(database, OrderDocument, order_number=number)
    detail = json.loads(document.detail)
    address = detail["shipping_address"]
    assert address is None or not any(address[name] for name in ("first_name", "phone", "email"))
    shell = load_user(database, owner)
    assert shell.deactivated_at is not None
    assert (shell.email, shell.first_name, shell.password_hash) == (None, None, None)


def test_a_rating_forgets_the_review(database: Database, owner: User, call: Any, api: Api) -> None:
    lives(database, owner, call, api)
    with database.session(writes=False) as db:
        review = db.execute(select(table_of_review())).mappings().one()
    if review["status"] != "approved":
        call(reviews.decide_review, review["id"], approved=True, actor=SHOP)
    [product] = rows(database, Product, id=review["product_id"])
    assert product.rating_count == 1
    call(service.delete_account)
    [product] = rows(database, Product, id=review["product_id"])
    assert (product.rating_count, product.rating_sum) == (0, 0)


def table_of_review() -> Any:
    return SQLModel.metadata.tables["reviews"]


OBSTACLES: dict[str, Callable[[Database, User], Any]] = {
    "open_order": lambda database, user: make_order(database, user, status="confirmed"),
    "open_return": lambda database, user: make_return(
        database, user, make_order(database, user, status="delivered", parcels=[{}]), return_item()
    ),
    "open_claim": lambda database, user: make_claim(
        database, user, make_order(database, user, status="delivered", parcels=[{}])
    ),
    "open_refund": lambda database, user: make_order(
        database, user, status="cancelled", payments=[{}], refunds=[{"status": "failed"}]
    ),
    "active_subscription": lambda database, user: make_subscription(
        database, make_address(database, user), status="paused"
    ),
}


def test_a_failed_refund_that_was_sent_again_is_in_nobodys_way(
    database: Database, owner: User, api: Api
) -> None:
    refunds = [{"status": "failed"}, {"status": "success"}]
    make_order(database, owner, status="cancelled", payments=[{}], refunds=refunds)
    path = f"/auth/user/{owner.id}/deletion"
    assert api.get(path, user=owner).json()["content"]["deletion"]["obstacles"] == []


@pytest.mark.parametrize("code", OBSTACLES)
def test_what_is_under_way_comes_first(
    database: Database, owner: User, call: Any, api: Api, code: str
) -> None:
    OBSTACLES[code](database, owner)
    path = f"/auth/user/{owner.id}"
    seen = api.get(f"{path}/deletion", user=owner).json()["content"]["deletion"]
    assert seen["can_be_deleted"] is False
    [found] = [one for one in seen["obstacles"] if one["code"] == code]
    placed = {order.order_number for order in rows(database, Order)}
    assert ({found["order_number"]} <= placed) != (code == "active_subscription")
    assert "on its way" not in found["message"]  # a refund that failed is not
    refused = assert_refused(api.delete(path, user=owner), 409, "account_not_deletable")
    assert code in refused["error"]
    assert load_user(database, owner).email == "owner@example.com"


def test_what_goes_is_said(database: Database, owner: User, call: Any, api: Api) -> None:
    lives(database, owner, call, api)
    seen = api.get(f"/auth/user/{owner.id}/deletion", user=owner).json()["content"]["deletion"]
    assert seen["can_be_deleted"] is True
    assert {"points", "reviews"} <= {one["code"] for one in seen["forfeits"]}


def test_over_http_every_session_ends(
    api: Api, database: Database, owner: User, stranger: User
) -> None:
    for method, tail in (("GET", "/deletion"), ("DELETE", "")):

        def send(user_id: str, method: str = method, tail: str = tail, **kwargs: Any) -> Any:
            return api.request(method, f"/auth/user/{user_id}{tail}", **kwargs)

        assert_only_for_owner(api, database, owner, stranger, send)
    assert api.delete(f"/auth/user/{owner.id}", user=owner).status_code == 200
    assert_refused(api.get(f"/auth/user/{owner.id}", user=owner), 401, "unauthorized")
    again = {"username": "owner@example.com", "password": PASSWORD}
    assert api.post("/auth/login/password", json=again).status_code in (400, 401)
    assert types_told(database)[-1] == "customer.deleted"


def test_needs_fresh_proof_and_a_window_of_its_own(
    database: Database, owner: User, acting: Acting
) -> None:
    with pytest.raises(FreshProofRequired), acting(actor_of(owner, proven_at=None)) as ctx:
        service.delete_account(ctx)
    with pytest.raises(TopLevelRequired), acting(actor_of(owner, is_framed=True)) as ctx:
        service.delete_account(ctx)
    assert load_user(database, owner).deactivated_at is None


def test_events_keep_no_name(database: Database, call: Any) -> None:
    person = make_user(database, external_id="C-77")
    call(auth.deactivate_user, actor=person)
    call(service.delete_customer, "C-77", actor=SHOP)
    names = [data.get("external_id") for kind, data in told(database) if kind != "customer.deleted"]
    assert "C-77" not in names
    assert told(database)[-1] == (
        "customer.deleted",
        {"customer_id": person.customer_id, "external_id": "C-77"},
    )
    with pytest.raises(NotFound):
        call(service.delete_customer, person.customer_id, actor=SHOP)


def test_the_contact_is_free_again(database: Database, owner: User, call: Any) -> None:
    call(service.delete_account)
    anew = make_user(database, email="owner@example.com")
    assert anew.customer_id != owner.customer_id


def customer(**values: Any) -> dict[str, Any]:
    return {
        "type": "customer",
        "external_id": "C-1",
        "email": "asha@shop.example",
        "first_name": "Asha",
        **values,
    }


def people(database: Database) -> list[str]:
    """All but the owner, who calls."""
    others = [one.email for one in rows(database, User) if one.email]
    return [email for email in others if email != "owner@example.com"]


SAID_BEFORE: dict[str, list[dict[str, Any]]] = {
    "by an address that the shop replaced": [
        customer(),
        customer(email="asha@new.example"),
        customer(email="asha@newest.example"),
    ],
    "by an address before there was an id": [
        customer(external_id=None),
        customer(),
        customer(email="asha@new.example"),
    ],
    "by a phone in the shop's spelling": [
        customer(external_id=None, email=None, phone="030 1234567", country_code="+49"),
        customer(external_id=None, phone="030 1234567", country_code="+49"),
        customer(),
        customer(phone="030 7654321", country_code="+49"),
    ],
    "with a review": [
        customer(external_id=None),
        order(
            status="delivered",
            lines=[{"product_id": "P-1", "quantity": 1, "selling_price": 9, "product_name": "Tea"}],
        ),
        {
            "type": "review",
            "customer_email": "asha@shop.example",
            "product_id": "P-1",
            "rating": 4,
            "text": "by asha, fine",
            "review_date": "2024-01-02",
        },
        customer(),
    ],
}


@pytest.mark.parametrize("together", [False, True], ids=["in turn", "together"])
@pytest.mark.parametrize("said", SAID_BEFORE)
def test_whatever_was_said_of_them_goes(
    database: Database, call: Any, tmp_path: Path, said: str, together: bool
) -> None:
    """Statements go with their customer, by whichever name they were made."""
    told = SAID_BEFORE[said]
    for number, records in enumerate([told] if together else [[one] for one in told]):
        _, faults = bring_in(database, write(tmp_path / str(number), *records))
        assert faults == []
    [asha] = [one for one in rows(database, User) if one.first_name == "Asha"]
    settle(database, asha)
    call(service.delete_customer, asha.customer_id, actor=SHOP)
    lines = [one for one in whole(database).splitlines() if not one.startswith("outbox_messages")]
    assert [one[:200] for one in lines if "asha" in one.lower()] == []
    assert rows(database, ImportStatement) == []


def test_a_file_does_not_bring_them_back(database: Database, call: Any, tmp_path: Path) -> None:
    old = write(tmp_path / "old", customer(), order(status="delivered"), shipment())
    bring_in(database, old)
    [asha] = rows(database, User, email="asha@shop.example")
    settle(database, asha)
    call(service.delete_customer, "asha@shop.example", actor=SHOP)
    assert rows(database, ImportStatement, key="order/A-1001") == []
    summary, faults = bring_in(database, old)
    assert faults == []
    assert summary.kept == 3
    assert people(database) == []
    told_last = "outbox_messages"  # until it is sent
    lines = [one for one in whole(database).splitlines() if not one.startswith(told_last)]
    assert [one[:200] for one in lines if "asha" in one.lower()] == []
    # Not known before, but of before: an order, and a customer by their other name.
    other = write(
        tmp_path / "other", customer(external_id=None), order("A-999"), customer(email=None)
    )
    assert bring_in(database, other)[0].kept == 3
    assert people(database) == []
    # Bought again since: somebody new, with nothing of the old.
    later = (datetime.now().astimezone() + timedelta(hours=1)).isoformat()
    bring_in(database, write(tmp_path / "new", order("A-2000", order_date=later), customer()))
    [email] = people(database)
    assert email == "asha@shop.example"
    [new] = rows(database, User, email="asha@shop.example")
    assert {o.order_number for o in rows(database, Order, customer_id=new.customer_id)} == {
        "A-2000"
    }


def test_the_shop_lets_them_in_again(database: Database, call: Any, tmp_path: Path) -> None:
    file = write(tmp_path / "file", customer())
    bring_in(database, file)
    call(service.delete_customer, "C-1", actor=SHOP)
    assert bring_in(database, file)[0].kept == 1
    call(service.readmit, "asha@shop.example", actor=SHOP)
    assert bring_in(database, file)[0].kept == 0
    assert people(database) == ["asha@shop.example"]
    with pytest.raises(NotFound):
        call(service.readmit, "asha@shop.example", actor=SHOP)


def test_the_books_end(
    database: Database, owner: User, stranger: User, call: Any, api: Api, clock: Any, acting: Acting
) -> None:
    lives(database, owner, call, api)
    theirs = make_order(database, stranger)
    call(service.delete_account)
    [kept] = rows(database, DeletedAccount)
    assert (kept.books_until.month, kept.books_until.day) == (12, 31)
    assert kept.books_until.year == clock.now.year + rules.BOOKS_YEARS["IN"]
    for moment, left in ((kept.books_until, 1), (kept.books_until + timedelta(seconds=1), 0)):
        clock.now = moment
        with acting(SHOP) as ctx:
            service.remove_last_messages(ctx)
            service.end_books(ctx)
        assert len(rows(database, Order, customer_id=owner.customer_id)) == left
    with database.session(writes=True) as db:  # sent, and then removed
        db.execute(SQLModel.metadata.tables["outbox_messages"].update().values(status="sent"))
        db.commit()
    with acting(SHOP) as ctx:
        service.remove_last_messages(ctx)
        service.end_books(ctx)
    text = whole(database)
    lines = [line[:120] for line in text.splitlines() if owner.customer_id in line]
    kept_elsewhere = ("events", "event_queue", "audit_entries")
    left = [line for line in lines if not line.startswith(kept_elsewhere)]
    assert left == [], left
    assert rows(database, Order, order_number=theirs.order_number)


def test_years_follow_the_country_or_the_setting() -> None:
    moment = datetime.fromisoformat("2026-06-19T12:00:00+00:00")
    for country, years, end in (("DE", 0, 2036), ("XX", 0, 2036), ("NL", 0, 2033), ("NL", 2, 2028)):
        assert rules.books_until(moment, country, years).year == end


def test_every_text_of_a_kept_table_is_emptied_or_kept() -> None:
    """A new text column in the books has to be named in the tables of `personal_data`."""
    for own in OWN:
        if own.is_of_books:
            texts = {c.name for c in table_of(own.model).columns if isinstance(c.type, _TEXT)}
            named = [*own.scrubbed.split(), *own.kept.split()]
            assert sorted(named) == sorted(texts), own.name


def test_a_long_history_takes_no_more_at_once(
    database: Database,
    call: Any,
    tmp_path: Path,
    statements: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Memory stays the same; statements grow by a few a batch, not by the order."""
    monkeypatch.setattr("account_portal.orders.service.documents.refreshing.BATCH", 50)
    monkeypatch.setattr("account_portal.personal_data.service.deleting._AT_ONCE", 50)

    def delete(name: str, count: int) -> tuple[int, int]:
        records = [
            order(f"{name}{place:04}", customer_email=f"{name}@x.example", status="delivered")
            for place in range(count)
        ]
        _, faults = bring_in(database, write(tmp_path / f"{name}.ndjson", *records))
        assert faults == []
        statements.clear()
        tracemalloc.start()
        call(service.delete_customer, f"{name}@x.example", actor=SHOP)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most, len(statements)

    delete("warm", 50)
    few, many = delete("few", 100), delete("many", 800)
    assert many[0] < few[0] * 1.5
    assert many[1] - few[1] < 14 * 60  # batches
