"""The pages on which an order is found, without a browser."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from account_portal.auth import service as auth
from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.guests.state import FindOrderState, FoundOrderState
from account_portal.models import Claim, ClaimItem, Media, Order, OrderReturn, User
from account_portal.orders import service as orders
from account_portal.security.cookies import order_cookie_name
from tests.factories.claims import make_claim
from tests.factories.evidence import page_file
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows
from tests.guests.test_find_order import opened
from tests.page_states import Tab


@pytest.fixture
def delivered(database: Database, owner: User) -> Order:
    return make_order(
        database, owner, status="delivered", parcels=[{}], customer_email="owner@example.com"
    )


def tab_with(database: Database, token: str) -> tuple[Tab, Any]:
    tab = Tab(database, None, "/found-order")
    tab.show("cookie", f"{order_cookie_name()}={token}")
    state = tab.state(FoundOrderState)
    tab.press(state, "load")
    return tab, state


def test_says_what_went_wrong(database: Database) -> None:
    tab = Tab(database, None, "/find-order?step=code&error=otp_invalid")
    state = tab.state(FindOrderState)
    tab.press(state, "load")
    assert state.step == "code" or state.faults  # the address names both
    assert "not right" in str(state.faults)


def test_shows_the_order_of_the_cookie(database: Database, acting: Any, delivered: Order) -> None:
    _, state = tab_with(database, opened(acting, database, delivered))
    assert state.phase == "ready"
    assert state.shown.order_number == delivered.order_number
    assert state.can_return


def test_without_a_cookie_back_to_looking(database: Database) -> None:
    tab = Tab(database, None, "/found-order")
    state = tab.state(FoundOrderState)
    tab.press(state, "load")
    assert state.leave_to.startswith("/find-order?")
    assert state.shown is None


HANDLERS: list[tuple[str, tuple[Any, ...]]] = [
    ("load", ()),
    ("ask", ("cancel",)),
    ("ask", ("return",)),
    ("ask", ("report",)),
    ("ask", ("anything",)),
    ("ask_about_parcel", ("SHP-1",)),
    ("choose_count", ("SKU-1", "1")),
    ("check", ({"quantity-SKU-1": "1", "reason": "damaged"},)),
    ("add_evidence", ([page_file()],)),
    ("remove_evidence", ("01HZX3T5V9K2M4N6P8Q0R2S4T6",)),
    ("show_progress", ({"progress": 0.5},)),
    ("choose_again", ()),
    ("confirm", ()),
]


@pytest.mark.parametrize(("name", "args"), HANDLERS)
def test_a_stranger_calls_every_handler_for_nothing(
    database: Database, delivered: Order, stranger: User, name: str, args: tuple[Any, ...]
) -> None:
    own = {key for key in FoundOrderState.event_handlers if key in vars(FoundOrderState)}
    assert own <= {name for name, _ in HANDLERS} | {"setvar"}
    for user in (None, stranger):
        tab = Tab(database, user, "/found-order")
        state = tab.state(FoundOrderState)
        tab.press(state, name, *args)
        assert state.shown is None
        assert state.lines == []
        assert state.cancelling is None
    assert rows(database, OrderReturn) == []
    assert rows(database, Claim) == []
    assert rows(database, Media) == []


def test_what_changed_before_a_report_is_sent_is_shown_anew(
    database: Database, acting: Any, owner: User
) -> None:
    line = make_line(quantity=3, line_total=1000, tax_amount=0)
    contact = {"customer_email": "owner@example.com", "status": "delivered"}
    order = make_order(database, owner, lines=[line], parcels=[{}], **contact)
    tab, state = tab_with(database, opened(acting, database, order))
    tab.press(state, "ask", "report")
    said = {"problem": "damaged", "wish": "refund"}
    tab.press(state, "check", {"quantity-SKU-0": "1", **said})
    assert float(state.reporting.amount) == 3.33
    make_claim(database, owner, order)
    tab.press(state, "confirm")
    assert float(state.reporting.amount) == 3.34
    assert len(rows(database, Claim)) == 1
    tab.press(state, "confirm")
    assert len(rows(database, Claim)) == 2


def test_reports_what_was_shown(database: Database, acting: Any, delivered: Order) -> None:
    tab, state = tab_with(database, opened(acting, database, delivered))
    tab.press(state, "ask", "report")
    sku = state.lines[0].sku
    tab.press(state, "check", {})
    assert state.errors == {"_": "Choose how many of which item."}
    tab.press(state, "check", {f"quantity-{sku}": "1", "problem": "nonsense"})
    assert state.errors == {"problem": "Please choose one."}
    tab.press(state, "check", {f"quantity-{sku}": "1", "problem": "other"})
    assert state.errors == {"details": "Tell the store what is wrong."}
    said = {"problem": "missing_item", "wish": "replacement", "details": " Not in the box "}
    tab.press(state, "check", {f"quantity-{sku}": "1", **said})
    assert state.reporting.units == 1
    tab.press(state, "choose_again")
    assert (state.reporting, state.problem, state.details) == (
        None,
        "missing_item",
        "Not in the box",
    )
    tab.press(state, "check", {f"quantity-{sku}": "1", **said})
    assert rows(database, Claim) == []
    tab.press(state, "confirm")
    tab.press(state, "confirm")  # a second press finds nothing to do
    [claim] = rows(database, Claim)
    [item] = rows(database, ClaimItem)
    assert (claim.wish, item.problem, item.details) == (
        "replacement",
        "missing_item",
        "Not in the box",
    )
    assert [one.number for one in state.claims] == [claim.claim_number]


def test_reports_a_parcel_that_never_came(database: Database, acting: Any, owner: User) -> None:
    order = make_order(
        database, owner, parcels=[{"status": "lost"}], customer_email="owner@example.com"
    )
    tab, state = tab_with(database, opened(acting, database, order))
    tab.press(state, "ask_about_parcel", "SHP-1")
    assert (state.asking, state.can_report) == ("", False)
    [parcel] = state.missing_parcels
    tab.press(state, "ask_about_parcel", parcel.reference_number)
    tab.press(state, "check", {"wish": "refund"})
    assert state.reporting.amount == 200
    tab.press(state, "confirm")
    [claim] = rows(database, Claim)
    assert claim.shipment_id is not None
    assert (state.asking, state.missing_parcels) == ("", [])


def test_sends_back_what_was_shown(database: Database, acting: Any, delivered: Order) -> None:
    tab, state = tab_with(database, opened(acting, database, delivered))
    tab.press(state, "ask", "return")
    sku = state.lines[0].sku
    for form in ({"quantity-nothing": "1"}, {f"quantity-{sku}": "99"}, {}):
        tab.press(state, "check", form)
        assert state.errors == {"_": "Choose how many of which item."}
    tab.press(state, "check", {f"quantity-{sku}": "1", "reason": "nonsense"})
    assert state.errors == {"reason": "Please choose one."}
    tab.press(state, "check", {f"quantity-{sku}": "1", "reason": "damaged"})
    assert state.returning.money > 0
    assert ([one.chosen for one in state.lines], state.reason) == (["1"], "damaged")
    assert rows(database, OrderReturn) == []
    tab.press(state, "confirm")
    [asked] = state.returns
    assert (asked.number[:4], asked.status) == ("RET-", "created")
    [parcel] = state.parcels
    assert parcel.delivered_date is not None
    assert state.return_until.first > parcel.delivered_date
    assert state.asking == ""
    tab.press(state, "confirm")  # a second press finds nothing to do
    assert len(rows(database, OrderReturn)) == 1


def test_what_would_be_otherwise_by_now_is_shown_anew(
    database: Database, acting: Any, call: Any, delivered: Order
) -> None:
    tab, state = tab_with(database, opened(acting, database, delivered))
    tab.press(state, "ask", "return")
    form = {f"quantity-{state.lines[0].sku}": "2", "reason": "damaged"}
    tab.press(state, "check", form)
    before = state.returning
    call(orders.create_refund, delivered.order_number, Decimal(30), actor=SHOP)
    asked = tab.press(state, "confirm")
    assert asked == []  # nothing that would load the page, and forget what is shown
    assert state.notice_tone == "danger"
    assert state.returning.money == before.money - 30
    assert rows(database, OrderReturn) == []
    tab.press(state, "confirm")
    assert (len(rows(database, OrderReturn)), state.asking) == (1, "")


def test_cancels_what_was_shown(database: Database, acting: Any, owner: User) -> None:
    order = make_order(database, owner, customer_email="owner@example.com")
    tab, state = tab_with(database, opened(acting, database, order))
    tab.press(state, "ask", "cancel")
    line = state.lines[0]
    tab.press(state, "check", {f"quantity-{line.sku}": line.counts[-1][0]})
    assert state.cancelling.money > 0
    tab.press(state, "choose_again")
    assert state.cancelling is None
    assert state.lines[0].chosen == line.counts[-1][0]  # Back forgets nothing
    tab.press(state, "check", {f"quantity-{line.sku}": line.counts[-1][0]})
    tab.press(state, "confirm")
    assert state.shown.status == "cancelled"
    assert state.price.total == state.shown.grand_total
    [refund] = state.refunds
    assert (refund.refund_amount, refund.way) == (state.shown.grand_total, "to UPI")
    assert not state.can_cancel


@pytest.mark.parametrize(
    ("checkout", "link"),
    [
        ("", ""),
        ("https://shop.example/pay?order={order_number}", "https://shop.example/pay?order="),
    ],
)
def test_says_what_is_not_paid_and_where_it_is(
    database: Database, acting: Any, owner: User, set_settings: Any, checkout: str, link: str
) -> None:
    order = make_order(
        database,
        owner,
        payment_status="failed",
        payments=[{"payment_status": "failed"}],
        customer_email="owner@example.com",
    )
    key = opened(acting, database, order)
    set_settings(PORTAL_DEMO="0", PORTAL_CHECKOUT_URL=checkout)
    _, state = tab_with(database, key)
    assert state.is_waiting_for_money
    assert state.payment.amount_unpaid == state.shown.grand_total
    assert state.checkout_link == (link and link + order.order_number)


def test_says_so_once_the_account_is_closed(
    database: Database, acting: Any, call: Any, delivered: Order, owner: User, clock: Any
) -> None:
    """Whoever holds the key has proven a contact of it; nobody is sent where nothing opens."""
    tab, state = tab_with(database, opened(acting, database, delivered))
    assert not state.is_closed
    call(auth.deactivate_user)
    tab.press(state, "ask", "return")
    assert state.leave_to.startswith("/find-order")  # what ended with the sessions
    clock.advance(minutes=1)
    _, state = tab_with(database, opened(acting, database, delivered))
    assert state.is_closed
    assert state.can_return
    call(auth.reactivate_customer, owner.customer_id, actor=SHOP)
    clock.advance(minutes=1)
    _, state = tab_with(database, opened(acting, database, delivered))
    assert not state.is_closed


def test_looking_for_it_tells_nobody_that_it_is_closed(
    api: Any, database: Database, call: Any, delivered: Order
) -> None:
    asked = {"order_number": delivered.order_number, "contact": "owner@example.com"}
    call(auth.deactivate_user)
    closed = api.post("/find-order", json=asked)
    unknown = api.post("/find-order", json={**asked, "contact": "nobody@example.com"})
    assert closed.status_code == unknown.status_code == 200
    assert set(closed.json()["content"]) == set(unknown.json()["content"])


def test_of_a_paid_order_no_money_is_asked_for(
    database: Database, acting: Any, delivered: Order
) -> None:
    _, state = tab_with(database, opened(acting, database, delivered))
    assert not state.is_waiting_for_money


def test_an_hour_later_it_leads_back(
    database: Database, acting: Any, delivered: Order, clock: Any
) -> None:
    tab, state = tab_with(database, opened(acting, database, delivered))
    clock.advance(hours=1, seconds=1)
    tab.press(state, "ask", "return")
    assert state.leave_to.startswith("/find-order")
    assert state.shown is None


def test_a_window_that_closed_is_said_so(database: Database, acting: Any, owner: User) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=40)
    order = make_order(
        database,
        owner,
        status="delivered",
        parcels=[{"delivered_date": long_ago}],
        at=long_ago,
        customer_email="owner@example.com",
    )
    _, state = tab_with(database, opened(acting, database, order))
    assert not state.can_return
    assert state.return_until.last < datetime.now(UTC)
    assert state.return_note == "Returns closed on {date}."


def test_of_a_file_only_what_can_be_wrong_with_it_is_offered(
    database: Database, acting: Any, owner: User
) -> None:
    file = {"product_type": "digital", "download_url": "https://shop.example/f"}
    goods = make_line(0)
    lines = [goods, make_line(1, **file)]
    contact = {"customer_email": "owner@example.com", "status": "delivered"}
    order = make_order(
        database, owner, lines=lines, parcels=[{"units": {goods["sku"]: 1}}], **contact
    )
    tab, state = tab_with(database, opened(acting, database, order))
    tab.press(state, "ask", "report")

    def offered() -> set[str]:
        return {code for code, _ in state.problems}

    parcel = {"missing_item", "not_arrived"}
    tab.press(state, "choose_count", "SKU-0", "1")
    assert (state.files, parcel <= offered()) == ("", True)
    tab.press(state, "choose_count", "SKU-1", "1")
    assert (state.files, parcel & offered()) == ("some", set())
    tab.press(state, "choose_count", "SKU-0", "0")
    assert (state.files, state.problems[0]) == ("all", ["damaged", "Does not work"])
    tab.press(state, "check", {"quantity-SKU-1": "1", "problem": "not_arrived"})
    assert state.errors == {"problem": "Please choose one."}
    tab.press(state, "check", {"quantity-SKU-1": "1", "problem": "damaged"})
    assert state.reporting.units == 1
