"""A page of one found order does nothing for another, which the browser has opened since."""

from typing import Any

import pytest

from account_portal.auth import service as auth
from account_portal.context import Caller, enter
from account_portal.core.db import Database
from account_portal.guests import service
from account_portal.guests.state import FoundOrderState
from account_portal.models import Claim, Evidence, Order, OrderReturn, User
from account_portal.routes import ANOTHER_FOUND
from account_portal.security.cookies import order_cookie_name
from tests.factories.auth import make_page_session
from tests.factories.evidence import page_file
from tests.factories.orders import make_order
from tests.factories.records import rows
from tests.factories.users import PASSWORD
from tests.guests.test_find_order import opened
from tests.guests.test_guests_state import tab_with
from tests.page_states import Tab

ONE = {"quantity-SKU-0": "1"}
REPORT = {**ONE, "problem": "damaged", "wish": "refund"}
RETURN = {**ONE, "reason": "damaged"}

Press = tuple[str, Any]
PRESSES: list[tuple[list[Press], Press]] = [
    ([], ("ask", "cancel")),
    ([], ("ask", "")),
    ([], ("ask_about_parcel", "SHP-1")),
    ([("ask", "cancel")], ("check", ONE)),
    ([("ask", "return")], ("check", RETURN)),
    ([("ask", "report")], ("check", REPORT)),
    ([("ask", "return")], ("add_evidence", [page_file])),
    ([("ask", "report")], ("add_evidence", [page_file])),
    ([("ask", "report"), ("add_evidence", [page_file])], ("remove_evidence", None)),
    ([("ask", "cancel"), ("check", ONE)], ("confirm", ())),
    ([("ask", "return"), ("check", RETURN)], ("confirm", ())),
    ([("ask", "report"), ("check", REPORT)], ("confirm", ())),
]

IDS = [f"{place}-{pressed[0]}" for place, (_, pressed) in enumerate(PRESSES)]


def press(tab: Tab, state: Any, name: str, said: Any) -> None:
    """Press, with files made anew: one that was read is at its end."""
    if name == "remove_evidence":
        said = state.evidence[0].id
    elif name == "add_evidence":
        said = [make() for make in said]
    tab.press(state, name, *(() if said == () else (said,)))


def twins(database: Database, owner: User, presses: list[Press]) -> list[Order]:
    """Two orders of the same goods and money, which have arrived unless they are cancelled."""
    is_sent = ("ask", "cancel") not in presses
    sent = {"parcels": [{}], "status": "delivered"} if is_sent else {}
    contact = {"customer_email": "owner@example.com"}
    return [make_order(database, owner, **sent, **contact) for _ in range(2)]


def done_to(database: Database, order: Order) -> tuple[Any, ...]:
    kinds = (OrderReturn, Claim, Evidence)
    return (
        rows(database, Order, id=order.id)[0].status,
        *(sorted(row.id for row in rows(database, kind, order_id=order.id)) for kind in kinds),
    )


@pytest.mark.parametrize(("before", "pressed"), PRESSES, ids=IDS)
def test_each_press_is_for_the_order_that_the_page_shows(
    database: Database, acting: Any, owner: User, before: list[Press], pressed: Press
) -> None:
    shown, since = twins(database, owner, [*before, pressed])
    tab, state = tab_with(database, opened(acting, database, shown))
    for one in before:
        press(tab, state, *one)
    was = done_to(database, shown), done_to(database, since)
    tab.show("cookie", f"{order_cookie_name()}={opened(acting, database, since)}")
    press(tab, state, *pressed)
    assert (done_to(database, shown), done_to(database, since)) == was
    assert state.leave_to == ANOTHER_FOUND
    assert state.shown is None  # nothing of either stands there until the page has come anew


@pytest.mark.parametrize(("before", "pressed"), PRESSES, ids=IDS)
def test_with_the_key_of_that_order_each_press_is_answered(
    database: Database, acting: Any, owner: User, before: list[Press], pressed: Press
) -> None:
    shown, _ = twins(database, owner, [*before, pressed])
    tab, state = tab_with(database, opened(acting, database, shown))
    for one in [*before, pressed]:
        press(tab, state, *one)
        assert (state.leave_to, state.errors) == ("", {})
    assert state.shown.order_number == shown.order_number


def test_the_page_that_comes_anew_says_once_what_happened(
    database: Database, acting: Any, owner: User
) -> None:
    order, _ = twins(database, owner, [])
    tab = Tab(database, None, ANOTHER_FOUND)
    tab.show("cookie", f"{order_cookie_name()}={opened(acting, database, order)}")
    state = tab.state(FoundOrderState)
    tab.press(state, "load")
    assert state.shown.order_number == order.order_number
    assert "Nothing was done" in state.notice_text
    stamp = state.notice_stamp
    tab.press(state, "load")
    assert state.notice_stamp == stamp


def test_signing_out_closes_what_the_browser_found(
    api: Any, database: Database, acting: Any, owner: User
) -> None:
    order = make_order(database, owner, customer_email="owner@example.com")
    key = opened(acting, database, order)
    assert api.get("/found-order", token=key).status_code == 200
    cookies = {"Cookie": f"{order_cookie_name()}={key}", "Sec-Fetch-Site": "same-origin"}
    answer = api.client.post("/api/session/logout", headers=cookies, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    gone = [one for one in answer.headers.get_list("set-cookie") if "Max-Age=0" in one]
    assert any(one.startswith(f"{order_cookie_name()}=") for one in gone)
    assert api.get("/found-order", token=key).status_code == 401


def test_signing_in_leaves_no_order_of_somebody_else_behind(
    api: Any, database: Database, acting: Any, owner: User, stranger: User
) -> None:
    """What was found in a browser is not shown to who signs in there next."""
    order = make_order(database, owner, customer_email="owner@example.com")
    key = opened(acting, database, order)
    said = {"contact": stranger.email, "password": PASSWORD}
    cookies = {"Cookie": f"{order_cookie_name()}={key}", "Sec-Fetch-Site": "same-origin"}
    answer = api.client.post(
        "/api/session/login", data=said, headers=cookies, follow_redirects=False
    )
    gone = [one for one in answer.headers.get_list("set-cookie") if "Max-Age=0" in one]
    assert any(one.startswith(f"{order_cookie_name()}=") for one in gone), answer.headers


def test_signing_out_from_elsewhere_closes_it_too(
    database: Database, acting: Any, owner: User, clock: Any
) -> None:
    """A frame of a storefront, or another device, ends the session of the page's cookie."""
    order = make_order(database, owner, customer_email="owner@example.com")
    key, cookie = opened(acting, database, order), "a secret"
    make_page_session(database, owner, clock.now, cookie)
    clock.advance(minutes=1)

    def is_open(key: str) -> bool:
        beside = Caller(order_proof=key, cookie=cookie)
        with enter(beside, writes=False, database=database) as ctx:
            return service.found_order_number(ctx) == order.order_number

    assert is_open(key)
    with enter(Caller(cookie=cookie), writes=True, database=database) as ctx:
        auth.end_page_session(ctx)
    assert not is_open(key)
    # Found again since, beside the cookie that is still there.
    clock.advance(minutes=1)
    assert is_open(opened(acting, database, order))
