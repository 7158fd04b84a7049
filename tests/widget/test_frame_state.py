"""The state of framed pages: handlers are public endpoints, and decide by the session alone."""

from typing import Any

import pytest

from account_portal.auth import service as auth
from account_portal.context import Caller, enter
from account_portal.core.db import Database
from account_portal.models import User
from account_portal.orders.state import OrdersState
from account_portal.profile.state.notifications import NotificationsState
from account_portal.ui.page_state import PageState
from account_portal.widget import service
from account_portal.widget.schemas import FrameSession, Vouch
from account_portal.widget.state import LOAD_AGAIN, FrameState
from tests.factories.auth import change_user
from tests.factories.orders import make_order
from tests.factories.vouching import SHOP, make_assertion
from tests.page_states import Tab


def frame(database: Database, user: User | None = None, *, proof: str = "") -> Tab:
    """A tab whose page stands in a storefront's frame."""
    tab = Tab(database, None, "/orders", frame="vouched")
    tab.root.router_data |= {"origin": SHOP, "customer": user.id if user else ""}
    if proof:
        tab.show("authorization", proof)
    return tab


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
    assert tab.state(PageState).gate == "asking"
    tab.press(tab.state(FrameState), "find_shut")
    assert tab.state(PageState).gate == "shut"
    tab.press(tab.state(FrameState), "ask_again")
    assert tab.state(PageState).gate == "asking"


def test_whom_the_storefront_vouches_for_sees_their_orders(
    database: Database, owner: User, stranger: User
) -> None:
    order = make_order(database, owner)
    make_order(database, stranger)
    tab = frame(database, owner, proof=vouch(database, owner).proof)
    orders = tab.state(OrdersState)
    tab.press(orders, "load")
    assert [card.order_number for card in orders.orders] == [order.order_number]
    assert tab.state(PageState).gate == ""


@pytest.mark.parametrize("proof", ["nonsense", "x" * 5000])
def test_a_forged_proof_opens_nothing(database: Database, owner: User, proof: str) -> None:
    make_order(database, owner)
    tab = frame(database, proof=proof)
    tab.press(tab.state(OrdersState), "load")
    assert (tab.state(PageState).gate, tab.state(OrdersState).orders) == ("asking", [])


def test_signing_out_tells_the_storefront_and_hides_the_page(
    database: Database, owner: User
) -> None:
    session = vouch(database, owner)
    tab = frame(database, owner, proof=session.proof)
    tab.press(tab.state(OrdersState), "load")
    assert loads_again(tab.press(tab.state(FrameState), "sign_out"))
    assert tab.state(PageState).happened["name"] == "signout"
    tab.press(tab.state(OrdersState), "load")
    assert tab.state(PageState).gate == "left"  # and the storefront is not asked at once
    with enter(Caller(cookie=session.cookie), writes=False, database=database) as ctx:
        assert not ctx.actor.is_customer


def test_a_sign_out_elsewhere_is_not_told_back(database: Database, owner: User) -> None:
    tab = frame(database, owner, proof=vouch(database, owner).proof)
    tab.press(tab.state(FrameState), "leave")
    assert tab.state(PageState).happened == {}
    assert tab.state(PageState).gate == "left"


def test_refreshing_runs_the_loaders_of_the_page(database: Database, owner: User) -> None:
    tab = frame(database, owner, proof=vouch(database, owner).proof)
    assert loads_again(tab.press(tab.state(FrameState), "refresh"))


def test_a_session_that_ends_asks_again_and_keeps_the_page(database: Database, owner: User) -> None:
    session = vouch(database, owner)
    tab = frame(database, owner, proof=session.proof)
    orders = tab.state(OrdersState)
    tab.press(orders, "load")
    with enter(Caller(cookie=session.cookie), writes=True, database=database) as ctx:
        auth.end_page_session(ctx)
    tab.press(tab.state(NotificationsState), "save", "orders", "email", True)
    assert tab.state(PageState).gate == "asking"
    assert not tab.state(PageState).signed_out  # no password is asked for in a frame
    assert orders.phase == "ready"
