"""The dialog that asks for the parcel of a return, without a browser."""

from collections.abc import Callable
from typing import Any

import pytest

from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.models import Order, User
from account_portal.models import OrderReturn as Request
from account_portal.returns import service
from account_portal.returns.state import ReturnDetailState
from account_portal.states import ReturnStatus
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows
from tests.factories.returns import make_return
from tests.open_pages import OpenPage

Call = Callable[..., Any]


@pytest.fixture
def order(database: Database, owner: User) -> Order:
    return make_order(database, owner, lines=[make_line(quantity=3)], parcels=[{}])


def open_return(database: Database, user: User | None, number: str) -> OpenPage:
    page = OpenPage(database, ReturnDetailState, user, f"/returns/{number}", return_id=number)
    page.run("load")
    return page


def test_the_page_asks_for_the_parcel_and_shows_it(
    call: Call, database: Database, owner: User, order: Order
) -> None:
    number = make_return(database, owner, order, status=ReturnStatus.APPROVED).request_number
    page = open_return(database, owner, number)
    page.run("open_parcel")
    page.run("tell_parcel", {"awb_no": "1", "courier_company_name": ""})
    assert (list(page.errors), page.is_telling_parcel) == (["awb_no"], True)
    page.run("tell_parcel", {"awb_no": "https://courier.example/t?no=1490812345678"})
    assert page.errors["awb_no"].startswith("This is not a tracking number: use letters")
    page.run("tell_parcel", {"awb_no": " 1490812345678 ", "courier_company_name": "Delhivery"})
    assert (page.errors, page.is_telling_parcel) == ({}, False)
    shown = page.shown.order_return
    assert (shown.awb_no, shown.courier_company_name) == ("1490812345678", "Delhivery")
    page.run("open_parcel")
    page.run("close_parcel")
    assert not page.is_telling_parcel
    for step in (service.mark_return_shipped, service.receive_return):
        call(step, number, actor=SHOP)
    page.run("open_parcel")
    page.run("tell_parcel", {"awb_no": "1490812345679"})
    assert (page.notice_tone, page.is_telling_parcel) == ("danger", False)
    page.run("load")
    assert not page.shown.can_tell_parcel
    assert page.shown.order_return.awb_no == "1490812345678"


def test_strangers_and_nobody_name_no_parcel(
    database: Database, owner: User, stranger: User, order: Order
) -> None:
    number = make_return(database, owner, order, status=ReturnStatus.APPROVED).request_number
    for user in (stranger, None):
        page = open_return(database, user, number)
        page.run("open_parcel")
        page.run("tell_parcel", {"awb_no": "1490812345678"})
        page.run("close_parcel")
    [kept] = rows(database, Request)
    assert kept.awb_no is None
