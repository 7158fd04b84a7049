"""The pages on which an order is found, without a browser."""

from typing import Any

import pytest

from account_portal.core.db import Database
from account_portal.guests.state import FindOrderState, FoundOrderState
from account_portal.models import Order, User
from account_portal.security.cookies import order_cookie_name
from tests.factories.orders import make_order
from tests.guests.test_find_order import opened
from tests.page_states import Tab


@pytest.fixture
def delivered(database: Database, owner: User) -> Order:
    return make_order(
        database, owner, status="delivered", parcels=[{}], customer_email="guest@example.com"
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
    tab, state = Tab(database, None, "/found-order"), None
    state = tab.state(FoundOrderState)
    [led] = tab.press(state, "load")
    assert "/find-order" in str(led.args)
    assert state.shown is None
    tab.press(state, "cancel", {})
    assert state.leave_to.startswith("/find-order")


def test_sends_back_what_was_chosen(database: Database, acting: Any, delivered: Order) -> None:
    tab, state = tab_with(database, opened(acting, database, delivered))
    tab.press(state, "ask", "return")
    assert state.asking == "return"
    tab.press(state, "send_back", {"quantity-nothing": "1"})
    assert state.errors == {"_": "Choose how many of which item go back."}
    sku = state.lines[0].sku
    tab.press(state, "send_back", {f"quantity-{sku}": "1", "return_reason": ""})
    assert state.asked.startswith("RET-")
    assert state.asking == ""


def test_cancels(database: Database, acting: Any, owner: User) -> None:
    order = make_order(database, owner, customer_email="guest@example.com")
    tab, state = tab_with(database, opened(acting, database, order))
    tab.press(state, "ask", "cancel")
    tab.press(state, "cancel", {"cancellation_reason": "No longer needed"})
    assert state.shown.status == "cancelled"
    tab.press(state, "ask", "anything")
    assert state.asking == ""
