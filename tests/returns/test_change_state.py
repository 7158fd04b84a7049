"""The form that changes a return, as its customer goes through it."""

import pytest

from account_portal.core.db import Database
from account_portal.models import Order, User
from account_portal.models import OrderReturn as Request
from account_portal.returns.state import ChangeReturnState, ReturnDetailState
from account_portal.states import ReturnStatus
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows
from tests.factories.returns import make_return, move_return, return_item
from tests.open_pages import OpenPage


@pytest.fixture
def order(database: Database, owner: User) -> Order:
    lines = [make_line(0, quantity=3), make_line(1)]
    return make_order(database, owner, lines=lines, parcels=[{}])


def open_form(database: Database, user: User | None, number: str) -> OpenPage:
    address = f"/returns/{number}/change"
    page = OpenPage(database, ChangeReturnState, user, address, return_id=number)
    page.run("load")
    return page


def follow(page: OpenPage, targets: list[str]) -> None:
    page.go(targets[-1])
    page.run("load")


def asked(database: Database) -> tuple[str, bool]:
    [one] = rows(database, Request)
    return one.status, one.changed_at is not None


def test_it_begins_with_what_was_asked_for_and_saves_it_anew(
    database: Database, owner: User, order: Order
) -> None:
    item = return_item(quantity=2, return_reason="Torn at the seam", reason_code="damaged")
    number = make_return(database, owner, order, item).request_number
    page = open_form(database, owner, number)
    first, second = page.lines
    assert (first.chosen, first.quantity, first.reason) == (True, "2", "Damaged or faulty")
    assert (second.chosen, len(first.counts)) == (False, 3)
    page.run("choose_quantity", "SKU-0", "3")
    page.run("choose", "SKU-1", on=True)
    page.run("choose_reason", "SKU-1", "Something else")
    page.run("choose_resolution", "SKU-1", "replacement")
    assert page.run("check", {}) == []
    assert page.errors == {"comment-SKU-1": "Tell us in a few words."}
    follow(page, page.run("check", {"comment-SKU-1": "Wrong colour"}))
    assert (page.step, page.quote.replaced_units) == (2, 1)
    targets = page.run("send")
    assert targets[-1] == f"/returns/{number}"
    detail = OpenPage(database, ReturnDetailState, owner, f"/returns/{number}", return_id=number)
    detail.run("load")
    shown = detail.shown.order_return
    assert [(one.quantity, one.return_reason) for one in shown.return_items] == [
        (3, "Torn at the seam"),
        (1, "Wrong colour"),
    ]
    assert shown.changed_at is not None
    assert detail.shown.is_change_allowed
    # The form begins with what is asked for now.
    page.go(f"/returns/{number}/change")
    page.run("load")
    assert [line.quantity for line in page.lines] == ["3", "1"]
    assert page.step == 1


def test_no_step_can_be_skipped_and_nothing_chosen_is_said(
    database: Database, owner: User, order: Order
) -> None:
    number = make_return(database, owner, order).request_number
    page = open_form(database, owner, number)
    page.go(f"/returns/{number}/change?step=2")
    page.run("load")
    assert page.step == 1
    page.run("send")
    page.run("choose", "SKU-0", on=False)
    page.run("check", {})
    assert page.errors["_"] == "Choose at least one item to return."
    assert asked(database) == ("created", False)


def test_what_the_store_decided_meanwhile_is_not_changed(
    database: Database, owner: User, order: Order
) -> None:
    number = make_return(database, owner, order).request_number
    page = open_form(database, owner, number)
    follow(page, page.run("check", {}))
    move_return(database, number, ReturnStatus.APPROVED)
    page.run("send")
    assert page.notice_tone == "danger"
    assert asked(database) == ("approved", False)
    page.run("load")
    assert (page.phase, page.can_return) == ("ready", False)


def test_one_item_asked_for_in_two_ways_has_no_place_in_the_form(
    database: Database, owner: User, order: Order
) -> None:
    items = [return_item(), return_item(resolution="replacement")]
    page = open_form(database, owner, make_return(database, owner, order, *items).request_number)
    assert (page.can_return, page.is_twice) == (False, True)
    detail = OpenPage(database, ReturnDetailState, owner, "/returns/x", return_id=page.return_id)
    detail.run("load")
    assert (detail.shown.is_change_allowed, detail.shown.is_cancellation_allowed) == (False, True)


def test_strangers_and_nobody_change_nothing(
    database: Database, owner: User, stranger: User, order: Order
) -> None:
    number = make_return(database, owner, order).request_number
    for user, phase in ((stranger, "missing"), (None, "loading")):
        page = open_form(database, user, number)
        assert (page.phase, page.lines) == (phase, [])
        page.run("check", {})
        page.run("send")
    assert asked(database) == ("created", False)
