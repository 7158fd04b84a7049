"""A page that is opened answers once, with everything; what was asked during an event is known."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from reflex_base.event import Event

from account_portal import context
from account_portal.app import app
from account_portal.auth.state import PresenceState
from account_portal.core.db import Database
from account_portal.doors.page import begin_event, write
from account_portal.models import User
from account_portal.orders.state import OrdersState
from account_portal.profile.schemas import UserUpdate
from account_portal.profile.service import update_profile
from account_portal.ui.page_state import PageState
from account_portal.ui.single_answer_load import OPENED, SingleAnswerLoad
from tests.factories.orders import make_order
from tests.page_states import Tab

ROOT = "reflex___state____state"


def opened(tab: Tab, name: str = OPENED) -> Any:
    return asyncio.run(SingleAnswerLoad().preprocess(app, tab.root, Event(name=name)))


def names(update: Any) -> list[str]:
    return [event.name.rpartition(".")[2] for event in update.events]


@contextmanager
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Notes each time the database is asked who somebody is."""
    seen: list[Any] = []
    plain = context.Context.get_person

    def noted(self: Any) -> Any:
        seen.append(self)
        return plain(self)

    with monkeypatch.context() as patch:
        patch.setattr(context.Context, "get_person", noted)
        yield seen


def test_all_a_page_loads_comes_in_one_answer(database: Database, owner: User) -> None:
    make_order(database, owner)
    tab = Tab(database, owner, "/orders")
    update = opened(tab)
    told = update.delta[OrdersState.get_full_name()]
    assert (told["phase_rx_state_"], len(told["orders_rx_state_"])) == ("ready", 1)
    assert update.delta[ROOT]["is_hydrated_rx_state_"] is True
    assert update.delta[PageState.get_full_name()]["viewer_rx_state_"].id == owner.id
    # What the customer does not wait for comes afterwards.
    assert names(update) == [PresenceState.event_handlers["note"].fn.__name__]
    assert opened(tab).delta[ROOT] == {"is_hydrated_rx_state_": True}


def test_a_page_with_two_loaders_shows_both(database: Database, owner: User) -> None:
    update = opened(Tab(database, owner, "/profile"))
    phases = [
        state["phase_rx_state_"] for state in update.delta.values() if "phase_rx_state_" in state
    ]
    assert phases == ["ready", "ready"]


def test_nobody_is_led_to_sign_in_and_sees_nothing(database: Database, owner: User) -> None:
    make_order(database, owner)
    update = opened(Tab(database, None, "/orders"))
    assert names(update) == ["_redirect", "note"]
    assert update.delta[OrdersState.get_full_name()]["orders_rx_state_"] == []


@pytest.mark.parametrize(
    ("path", "name"),
    [("/login", OPENED), ("/nowhere", OPENED), ("/orders", f"{OrdersState.get_full_name()}.load")],
)
def test_other_events_go_their_way(database: Database, owner: User, path: str, name: str) -> None:
    tab = Tab(database, owner, path)
    assert opened(tab, name) is None
    assert tab.state(OrdersState).orders == []


def test_who_looks_is_asked_once_an_event_and_again_after_a_change(
    database: Database, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = Tab(database, owner, "/profile").state(PageState)

    async def one_event() -> list[str]:
        begin_event()
        first = [(await state._look()).first_name for _ in range(3)]
        await write(state, update_profile, UserUpdate(first_name="Zoe"))
        return [*first, (await state._look()).first_name]

    with asked(monkeypatch) as seen:
        found = asyncio.run(one_event())
        assert found[3] == "Zoe" != found[0] == found[1] == found[2]
        assert len(seen) == 2
        asyncio.run(one_event())
        assert len(seen) == 4


def test_nothing_is_remembered_outside_of_events_or_for_others(
    database: Database, owner: User, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, theirs = (Tab(database, one, "/").state(PageState) for one in (owner, stranger))
    with asked(monkeypatch) as seen:
        asyncio.run(mine._look())
        asyncio.run(mine._look())
        assert len(seen) == 2

        async def both() -> list[str]:
            begin_event()
            return [(await one._look()).id for one in (mine, theirs)]

        assert asyncio.run(both()) == [owner.id, stranger.id]
