"""Pages of returns without a browser: each handler for the owner, a stranger and nobody."""

from typing import Any

import pytest
from sqlmodel import col, func, select

from account_portal.addresses.rules import PLACE
from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.models import Order, OrderReturn, User
from account_portal.orders import service as orders
from account_portal.orders.schemas import Policy
from account_portal.returns.state import RequestReturnState, ReturnDetailState, ReturnsState
from account_portal.states import ReturnStatus
from tests.factories.addresses import HOME, make_address
from tests.factories.orders import make_line, make_order
from tests.factories.returns import make_return
from tests.open_pages import OpenPage

DELIVERED = [{"status": "delivered"}]


@pytest.fixture
def order(database: Database, owner: User) -> Order:
    lines = [make_line(0), make_line(1)]
    return make_order(database, owner, lines=lines, parcels=DELIVERED)


def count_returns(database: Database) -> int:
    with database.session(writes=False) as db:
        return int(db.execute(select(func.count(col(OrderReturn.id)))).scalar_one())


def open_form(database: Database, user: User | None, order: Order) -> OpenPage:
    number = order.order_number
    page = OpenPage(
        database, RequestReturnState, user, f"/orders/{number}/return", order_number=number
    )
    page.run("load")
    return page


def follow(page: OpenPage, targets: list[str]) -> None:
    page.go(targets[-1])
    page.run("load")


def choose(page: OpenPage, sku: str = "SKU-0", **values: Any) -> None:
    page.run("choose", sku, on=True)
    page.run("choose_reason", sku, values.get("reason", "Too small"))
    page.run("choose_quantity", sku, values.get("quantity", "1"))


def go_to_last_step(page: OpenPage) -> None:
    choose(page)
    follow(page, page.run("choose_items", {}))
    follow(page, page.run("choose_pickup", {}))
    assert page.step == 3


@pytest.mark.parametrize(("country", "leads"), [("Germany", True), ("India", False)])
def test_the_form_leads_to_what_the_law_gives_besides(
    database: Database, owner: User, country: str, leads: bool
) -> None:
    order = make_order(database, owner, parcels=DELIVERED, place={"country": country})
    link = f"/withdraw?order={order.order_number}" if leads else ""
    assert open_form(database, owner, order).withdraw_link == link


def test_a_return_is_asked_for_in_three_steps(
    database: Database, owner: User, order: Order
) -> None:
    page = open_form(database, owner, order)
    assert (page.phase, page.step, len(page.lines)) == ("ready", 1, 2)
    choose(page, "SKU-1", quantity="2")
    page.run("choose_resolution", "SKU-1", "replacement")
    choose(page, "SKU-0")
    follow(page, page.run("choose_items", {}))
    assert page.step == 2
    follow(page, page.run("choose_pickup", {}))
    assert page.step == 3
    assert float(page.quote.money) == 100.0
    assert page.quote.replaced_units == 2
    assert count_returns(database) == 0
    (target,) = page.run("send")
    assert target.startswith("/returns/RET-")
    assert page.happened["name"] == "return-requested"  # for the storefront around a frame
    assert page.happened["detail"] == {
        "order_number": order.order_number,
        "return_number": target.removeprefix("/returns/"),
    }
    # A second press, sent before the page changed, leads to the same return.
    assert page.run("send") == [target]
    assert count_returns(database) == 1
    # Opened again, the form begins anew.
    page.go(f"/orders/{order.order_number}/return")
    page.run("load")
    assert [line.chosen for line in page.lines] == [True, False]  # the only one that is left
    assert page.step == 1


def test_going_back_keeps_what_was_chosen(database: Database, owner: User, order: Order) -> None:
    saved = make_address(database, owner)
    page = open_form(database, owner, order)
    choose(page, "SKU-1", quantity="2", reason="Something else")
    follow(page, page.run("choose_items", {"comment-SKU-1": "It hums."}))
    page.run("choose_address", saved.id)
    follow(page, page.run("choose_pickup", {}))
    for _ in range(2):
        page.go(f"/orders/{order.order_number}/return")
        page.run("load")
    line = page.lines[1]
    assert (line.chosen, line.quantity, line.comment) == (True, "2", "It hums.")
    assert page.pickup == saved.id
    page.go(f"/orders/{order.order_number}/return?step=3")
    page.run("load")
    page.run("send")
    with database.session(writes=False) as db:
        made = db.execute(select(OrderReturn)).scalar_one()
    assert made.pickup_address_id is not None


def test_the_first_step_asks_for_items_and_reasons(
    database: Database, owner: User, order: Order
) -> None:
    page = open_form(database, owner, order)
    assert page.run("choose_items", {}) == []
    assert page.errors == {"_": "Choose at least one item to return."}
    page.run("choose", "SKU-0", on=True)
    page.run("choose_items", {})
    assert page.errors == {"reason-SKU-0": "Choose a reason."}
    page.run("choose_reason", "SKU-0", "Something else")
    page.run("choose_items", {"comment-SKU-0": "  "})
    assert page.errors == {"comment-SKU-0": "Tell us in a few words."}


def test_nonsense_changes_nothing(database: Database, owner: User, order: Order) -> None:
    page = open_form(database, owner, order)
    before = page.lines
    page.run("choose", "SKU-99", on=True)
    page.run("choose_quantity", "SKU-0", "999999999")
    page.run("choose_quantity", "SKU-0", "-1")
    page.run("choose_reason", "SKU-0", "' OR 1=1")
    page.run("choose_resolution", "SKU-0", "money")
    page.run("choose_address", "someone-elses")
    page.run("choose_country", "Atlantis")
    assert page.lines == before
    assert page.pickup in ("order", "new")


def test_no_step_can_be_skipped(database: Database, owner: User, order: Order) -> None:
    path = f"/orders/{order.order_number}/return"
    page = open_form(database, owner, order)
    page.go(f"{path}?step=3")
    page.run("load")
    assert page.step == 1
    assert page.run("choose_pickup", {}) == [path]
    assert page.run("send") == [path]
    assert count_returns(database) == 0


def test_a_new_address_is_checked_where_it_is_typed(
    database: Database, owner: User, order: Order
) -> None:
    page = open_form(database, owner, order)
    choose(page)
    follow(page, page.run("choose_items", {}))
    page.run("choose_address", "new")
    page.run("keep", "city", "Pune")
    page.run("keep", "owner", "nobody")
    page.run("choose_country", "Germany")
    assert [field.label for field in page.place_fields] == ["Postal code", "City"]
    assert page.draft["city"] == "Pune"
    assert "owner" not in page.draft
    page.run("choose_country", "India")
    assert {field.name for field in page.place_fields if field.required} == set(PLACE)
    typed = {name: value for name, value in HOME.items() if isinstance(value, str)}
    assert page.run("choose_pickup", {**typed, "pincode": "012345", "email": "nobody"}) == []
    assert set(page.errors) == {"email", "pincode"}
    assert page.draft["city"] == "Bengaluru"
    follow(page, page.run("choose_pickup", typed))
    assert page.step == 3
    page.run("send")
    assert count_returns(database) == 1


def test_where_the_order_went_nowhere_the_form_begins_with_what_is_known(
    database: Database, owner: User
) -> None:
    order = make_order(database, owner, parcels=DELIVERED, shipping_address_id=None)
    draft = open_form(database, owner, order).draft
    known = ("first_name", "email", "country_code", "country")
    assert [draft[name] for name in known] == [owner.first_name, owner.email, "+91", "India"]


def test_a_parcel_is_collected_where_the_order_went(
    database: Database, owner: User, order: Order
) -> None:
    near = make_address(database, owner, address_line1="9 Near Lane", country="IN")
    make_address(database, owner, address_line1="9 Far Lane", country="Germany")
    page = open_form(database, owner, order)
    assert [one.id for one in page.saved] == [near.id]
    choose(page)
    follow(page, page.run("choose_items", {}))
    page.run("choose_address", "new")
    page.run("choose_country", "Germany")
    typed = {name: value for name, value in HOME.items() if isinstance(value, str)}
    abroad = {**typed, "country": "Germany", "pincode": "10435", "city": "Berlin", "state": ""}
    assert page.run("choose_pickup", abroad) == []
    assert set(page.errors) == {"country"}


def test_an_order_that_changed_meanwhile_leads_back_to_its_items(
    database: Database, owner: User, order: Order
) -> None:
    page = open_form(database, owner, order)
    page.run("choose_quantity", "SKU-0", "2")
    go_to_last_step(page)
    units = {"product_id": "product-0", "sku": "SKU-0", "quantity": 2}
    make_return(
        database,
        owner,
        order,
        {**units, "resolution": "refund", "return_reason": "Too small"},
    )
    (target,) = page.run("send")[-1:]
    assert target.endswith("/return")
    assert page.notice_tone == "danger"
    follow(page, [target])
    assert page.step == 1
    assert page.lines[0].chosen is False
    assert page.lines[0].item.reason == "Already in a return request."


def test_what_cannot_go_back_says_why(database: Database, owner: User) -> None:
    page = open_form(database, owner, make_order(database, owner))
    assert page.can_return is False
    assert page.lines[0].item.reason == "Not sent yet: you can cancel it instead."
    page.run("choose", "SKU-0", on=True)
    page.run("choose_items", {})
    assert page.errors == {"_": "Choose at least one item to return."}


def test_strangers_and_nobody_get_nothing_of_the_form(
    database: Database, owner: User, stranger: User, order: Order
) -> None:
    page = open_form(database, stranger, order)
    assert (page.phase, page.lines, page.order_address) == ("missing", [], None)
    page = open_form(database, None, order)
    assert (page.phase, page.lines) == ("loading", [])
    own = make_order(database, stranger, parcels=DELIVERED)
    page = open_form(database, stranger, own)
    go_to_last_step(page)
    # The address names the owner's order, the state is the stranger's.
    page.segments["order_number"] = order.order_number
    page.go(f"/orders/{order.order_number}/return?step=3")
    assert page.run("send") in ([], [f"/orders/{order.order_number}/return"])
    assert count_returns(database) == 0


def test_a_strangers_address_is_no_place_to_collect(
    database: Database, owner: User, stranger: User, order: Order
) -> None:
    theirs = make_address(database, stranger)
    page = open_form(database, owner, order)
    go_to_last_step(page)
    page.state.pickup = theirs.id
    assert page.run("send")[-1].endswith("?step=2")
    assert count_returns(database) == 0


def test_the_list_is_the_customers_own(
    database: Database, owner: User, stranger: User, order: Order
) -> None:
    made = make_return(database, owner, order)
    page = OpenPage(database, ReturnsState, owner, "/returns?page=nonsense")
    page.run("load")
    assert [card.request_number for card in page.cards] == [made.request_number]
    for user in (stranger, None):
        page = OpenPage(database, ReturnsState, user, "/returns")
        page.run("load")
        assert page.cards == []


def test_the_list_goes_by_pages(database: Database, owner: User) -> None:
    order = make_order(database, owner, lines=[make_line(0, quantity=12)], parcels=DELIVERED)
    for _ in range(12):
        make_return(database, owner, order)
    page = OpenPage(database, ReturnsState, owner, "/returns")
    page.run("load")
    assert (len(page.cards), page.pages, page.previous_link) == (10, 2, "")
    page.go(page.next_link)
    page.run("load")
    assert (len(page.cards), page.previous_link, page.next_link) == (2, "/returns", "")


def open_return(database: Database, user: User | None, number: str) -> OpenPage:
    page = OpenPage(database, ReturnDetailState, user, f"/returns/{number}", return_id=number)
    page.run("load")
    return page


def test_a_return_is_cancelled_once(database: Database, owner: User, order: Order) -> None:
    number = make_return(database, owner, order).request_number
    page = open_return(database, owner, number)
    page.run("open_cancel")
    assert page.is_cancelling
    page.run("cancel")
    page.run("cancel")
    assert page.shown.order_return.status == ReturnStatus.CANCELLED
    assert (page.is_cancelling, page.notice_text) == (False, "Return cancelled.")
    assert page.shown.can_ask_again


def test_a_cancelled_return_is_asked_for_again_only_while_its_order_allows_it(
    database: Database, owner: User
) -> None:
    order = make_order(database, owner, lines=[make_line(0, quantity=1)], parcels=DELIVERED)
    page = open_return(database, owner, make_return(database, owner, order).request_number)
    page.run("cancel")
    make_return(database, owner, order)
    page.run("load")
    assert page.shown.can_ask_again is False


def test_a_return_shows_its_own_refunds_and_what_they_wait_for(
    database: Database, owner: User, order: Order
) -> None:
    make_return(database, owner, order, status=ReturnStatus.APPROVED)
    number = make_return(database, owner, order, status=ReturnStatus.RECEIVED).request_number
    shown = open_return(database, owner, number).shown
    assert shown.wants == "refund"
    assert [refund.stage for refund in shown.refunds] == ["follows"]


def test_what_is_on_its_way_is_not_cancelled(database: Database, owner: User, order: Order) -> None:
    number = make_return(database, owner, order, status=ReturnStatus.SHIPPED).request_number
    page = open_return(database, owner, number)
    assert page.shown.is_cancellation_allowed is False
    page.run("cancel")
    assert page.notice_tone == "danger"
    assert page.shown.order_return.status == ReturnStatus.SHIPPED


def test_strangers_and_nobody_neither_see_nor_cancel_a_return(
    database: Database, owner: User, stranger: User, order: Order
) -> None:
    number = make_return(database, owner, order).request_number
    for user, phase in ((stranger, "missing"), (None, "loading")):
        page = open_return(database, user, number)
        assert (page.phase, page.shown) == (phase, None)
        page.run("cancel")
        assert page.shown is None
    for unknown in ("RET-0000", "x" * 300, "' OR 1=1"):
        assert open_return(database, owner, unknown).phase == "missing"
    page = open_return(database, owner, number)
    assert page.shown.order_return.status == ReturnStatus.CREATED


def test_a_return_is_kept_when_its_dialog_is_closed(
    database: Database, owner: User, order: Order
) -> None:
    number = make_return(database, owner, order).request_number
    page = open_return(database, owner, number)
    page.run("open_cancel")
    assert page.is_cancelling
    page.run("close_cancel")
    assert not page.is_cancelling
    assert page.shown.order_return.status == "created"


def test_a_second_tab_says_which_item_is_in_a_return_and_shows_what_is_left(
    database: Database, owner: User, order: Order
) -> None:
    stale = open_form(database, owner, order)
    choose(stale, quantity="2")
    other = open_form(database, owner, order)
    choose(other, quantity="2")
    follow(other, other.run("choose_items", {}))
    follow(other, other.run("choose_pickup", {}))
    other.run("send")
    stale.run("choose_items", {})
    name = stale.lines[0].item.product_name
    said = f"{name} cannot be returned now. Already in a return request."
    assert (stale.notice_text, stale.step) == (said, 1)
    assert [line.item.returnable_quantity for line in stale.lines] == [0, 2]
    assert not stale.lines[0].chosen


def test_the_fee_is_said_with_its_reason(
    database: Database, owner: User, call: Any, clock: Any
) -> None:
    """Of each item before anything is chosen; at the end of those for which it is kept."""
    rule = {"name": "all", "returns": {"fee_per_cent": 10}}
    call(orders.set_policy, Policy.model_validate({"rules": [rule]}), source="api", actor=SHOP)
    lines = [make_line(0), make_line(1)]
    order = make_order(database, owner, lines=lines, parcels=DELIVERED, at=clock.now)
    page = open_form(database, owner, order)
    assert [line.item.fee_per_cent for line in page.lines] == [10, 10]
    choose(page, "SKU-0", reason="Changed my mind")
    choose(page, "SKU-1", reason="Damaged or faulty")
    follow(page, page.run("choose_items", {}))
    follow(page, page.run("choose_pickup", {}))
    assert [(fee.sku, fee.return_reason) for fee in page.quote.fees] == [
        ("SKU-0", "Changed my mind")
    ]
    assert page.quote.fees[0].amount == page.quote.fee > 0
