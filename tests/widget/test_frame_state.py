"""The state of framed pages: handlers are public endpoints, and decide by the session alone."""

from typing import Any

import pytest

from account_portal.auth import service as auth
from account_portal.context import Caller, enter
from account_portal.core.db import Database
from account_portal.models import User
from account_portal.orders.state import OrdersState
from account_portal.ui.bridge import caller_of
from account_portal.ui.session import Session
from account_portal.widget import service
from account_portal.widget.schemas import FrameSession, Vouch
from account_portal.widget.state import LOAD_AGAIN, FrameState
from tests.factories.auth import change_user
from tests.factories.orders import make_order
from tests.factories.vouching import SHOP, make_assertion
from tests.page_states import Tab


def frame(database: Database, kind: str = "vouched", user: User | None = None) -> Tab:
    """A tab whose page stands in a storefront's frame."""
    return Tab(database, user, "/orders", frame=kind)


def vouch(database: Database, user: User) -> FrameSession:
    subject = f"shop-{user.first_name}"
    change_user(database, user, external_id=subject)
    with enter(Caller(ip_address="192.0.2.7"), writes=False, database=database) as ctx:
        return service.vouch(ctx, Vouch(assertion=make_assertion(sub=subject), origin=SHOP))


def loads_again(events: list[Any]) -> bool:
    return any(event is LOAD_AGAIN for event in events)


def test_a_frame_asks_the_storefront_instead_of_leading_to_sign_in(database: Database) -> None:
    tab = frame(database)
    assert tab.press(tab.state(OrdersState), "load") == []
    assert tab.state(Session).gate == "asking"
    tab.press(tab.state(FrameState), "find_shut")
    assert tab.state(Session).gate == "shut"
    tab.press(tab.state(FrameState), "ask_again")
    assert tab.state(Session).gate == "asking"


def test_whom_the_storefront_vouches_for_sees_their_orders(
    database: Database, owner: User, stranger: User
) -> None:
    order = make_order(database, owner)
    make_order(database, stranger)
    tab = frame(database)
    tab.press(tab.state(OrdersState), "load")
    events = tab.press(tab.state(FrameState), "enter", vouch(database, owner).handover)
    assert loads_again(events)
    orders = tab.state(OrdersState)
    tab.press(orders, "load")
    assert [card.order_number for card in orders.orders] == [order.order_number]
    assert tab.state(Session).gate == ""


@pytest.mark.parametrize("token", ["", "nonsense", "x" * 5000])
def test_a_forged_hand_over_opens_nothing(database: Database, token: str) -> None:
    tab = frame(database)
    tab.press(tab.state(OrdersState), "load")
    tab.press(tab.state(FrameState), "enter", token)
    assert tab.state(Session).gate == "shut"
    assert not caller_of(tab.state(Session)).session_id


def test_a_hand_over_opens_one_frame_only(database: Database, owner: User) -> None:
    handover = vouch(database, owner).handover
    first, second = frame(database), frame(database)
    first.press(first.state(FrameState), "enter", handover)
    second.press(second.state(FrameState), "enter", handover)
    assert caller_of(first.state(Session)).session_id
    assert not caller_of(second.state(Session)).session_id


def test_another_customer_of_the_storefront_sees_nothing_of_the_last(
    database: Database, owner: User, stranger: User
) -> None:
    make_order(database, owner)
    tab = frame(database)
    for user, expected in ((owner, 1), (stranger, 0)):
        tab.press(tab.state(FrameState), "enter", vouch(database, user).handover)
        orders = tab.state(OrdersState)
        tab.press(orders, "load")
        assert len(orders.orders) == expected


def test_who_was_here_last_counts_only_when_the_storefront_cannot_be_asked(
    database: Database, owner: User
) -> None:
    vouched, plain = frame(database, "vouched", owner), frame(database, "plain", owner)
    assert caller_of(vouched.state(Session)).cookie is None
    assert caller_of(plain.state(Session)).cookie
    assert loads_again(vouched.press(vouched.state(FrameState), "resume"))
    assert caller_of(vouched.state(Session)).cookie


def test_what_a_browser_says_of_itself_is_not_believed(database: Database, owner: User) -> None:
    tab = Tab(database, owner)
    for said in ("top", 7, None, ["plain"]):
        tab.root.router_data = {"frame": said}
        assert caller_of(tab.state(Session)).cookie


def test_signing_out_tells_the_storefront_and_hides_the_page(
    database: Database, owner: User
) -> None:
    session = vouch(database, owner)
    tab = frame(database)
    tab.press(tab.state(FrameState), "enter", session.handover)
    tab.press(tab.state(OrdersState), "load")
    assert loads_again(tab.press(tab.state(FrameState), "sign_out"))
    assert tab.state(Session).happened["name"] == "signout"
    tab.press(tab.state(OrdersState), "load")
    assert tab.state(Session).gate == "left"  # and the storefront is not asked at once
    with enter(Caller(cookie=session.cookie), writes=False, database=database) as ctx:
        assert not ctx.actor.is_customer


def test_a_sign_out_elsewhere_is_not_told_back(database: Database, owner: User) -> None:
    tab = frame(database)
    tab.press(tab.state(FrameState), "enter", vouch(database, owner).handover)
    tab.press(tab.state(FrameState), "leave")
    assert tab.state(Session).happened == {}
    assert tab.state(Session).gate == "left"


def test_refreshing_runs_the_loaders_of_the_page(database: Database, owner: User) -> None:
    tab = frame(database, "plain", owner)
    assert loads_again(tab.press(tab.state(FrameState), "refresh"))


def test_a_session_that_ends_asks_again_and_keeps_the_page(database: Database, owner: User) -> None:
    session = vouch(database, owner)
    tab = frame(database)
    tab.press(tab.state(FrameState), "enter", session.handover)
    orders = tab.state(OrdersState)
    tab.press(orders, "load")
    with enter(Caller(cookie=session.cookie), writes=True, database=database) as ctx:
        auth.end_page_session(ctx)
    tab.press(tab.state(FrameState), "enter", "stale")
    assert not tab.state(Session).signed_out  # no password is asked for in a frame
    assert orders.phase == "ready"
