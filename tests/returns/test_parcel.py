"""The parcel that a customer sent themselves: who may name it, when, and who hears of it."""

from collections.abc import Callable
from typing import Any

import pytest

from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.core.errors import PortalError
from account_portal.merchant import lists
from account_portal.models import Order, OutboxMessage, User
from account_portal.models import OrderReturn as Request
from account_portal.returns import rules, service
from account_portal.returns.schemas import TellReturnParcel
from account_portal.states import ReturnStatus
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows
from tests.factories.returns import make_return
from tests.returns.test_return_races import run_together

Call = Callable[..., Any]


@pytest.fixture
def order(database: Database, owner: User) -> Order:
    return make_order(database, owner, lines=[make_line(quantity=3)], parcels=[{}])


def parcel(awb_no: str = "1490812345678", courier: str | None = None) -> TellReturnParcel:
    said = {"courier_company_name": courier} if courier else {}
    return TellReturnParcel.model_validate({"awb_no": awb_no, **said})


def times_told(database: Database) -> int:
    said = [one.payload["words"] for one in rows(database, OutboxMessage) if one.payload]
    return sum(words["step"] == "told" for words in said)


def test_the_store_sees_what_its_customer_says_and_the_last_word_counts(
    call: Call, database: Database, owner: User, order: Order
) -> None:
    number = make_return(database, owner, order, status=ReturnStatus.APPROVED).request_number
    row = call(lists.get_return, number, (), actor=SHOP)
    assert (row.awb_no, row.courier_company_name, row.parcel_told_at) == (None, None, None)
    told = call(
        service.tell_parcel, order.order_number, number, parcel("RR 12  345 IN", "India Post")
    )
    assert (told.awb_no, told.courier_company_name) == ("RR 12 345 IN", "India Post")
    assert (told.status, told.parcel_told_at) == ("approved", told.modified_at)
    seen = call(lists.get_return, number, (), actor=SHOP)
    assert (seen.awb_no, seen.courier_company_name) == ("RR 12 345 IN", "India Post")
    assert seen.version != row.version
    # The same once more is nothing new.
    again = call(
        service.tell_parcel, order.order_number, number, parcel("RR 12 345 IN", "India Post")
    )
    assert again == told
    call(service.mark_return_shipped, number, actor=SHOP)
    mended = call(service.tell_parcel, order.order_number, number, parcel("RR 12 346 IN"))
    assert (mended.awb_no, mended.courier_company_name) == ("RR 12 346 IN", None)
    assert times_told(database) == 2


@pytest.mark.parametrize("status", list(ReturnStatus))
def test_it_is_named_from_the_approval_until_it_arrives(
    call: Call, database: Database, owner: User, order: Order, status: ReturnStatus
) -> None:
    if status is ReturnStatus.CANCELLED:
        number = make_return(database, owner, order).request_number
        call(service.cancel_return, number)
    else:
        number = make_return(database, owner, order, status=status).request_number
    is_open = status in (ReturnStatus.APPROVED, ReturnStatus.SHIPPED)
    assert call(service.get_return_detail, number).can_tell_parcel is is_open
    before = [one.model_dump() for one in rows(database, Request)]
    if is_open:
        assert call(service.tell_parcel, order.order_number, number, parcel()).awb_no
        return
    with pytest.raises(rules.ReturnNotUnderWay):
        call(service.tell_parcel, order.order_number, number, parcel())
    assert [one.model_dump() for one in rows(database, Request)] == before
    assert times_told(database) == 0


def test_who_told_a_parcel_can_still_cancel_until_it_is_on_its_way(
    call: Call, database: Database, owner: User, order: Order
) -> None:
    number = make_return(database, owner, order, status=ReturnStatus.APPROVED).request_number
    call(service.tell_parcel, order.order_number, number, parcel())
    assert call(service.get_return_detail, number).is_cancellation_allowed
    call(service.cancel_return, number)
    assert call(service.get_return, order.order_number, number).status == "cancelled"


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"awb_no": ""},
        {"awb_no": "123"},
        {"awb_no": "1" * 65},
        {"awb_no": "https://example.com/1"},
        {"awb_no": "1490\n8123"},
        {"awb_no": "-490812"},
        {"awb_no": None},
        {"awb_no": 149081234567},
        {"awb_no": "1490812345678", "courier_company_name": ""},
        {"awb_no": "1490812345678", "courier_company_name": "x" * 101},
        {"awb_no": "1490812345678", "courier_company_name": "India\nPost"},
    ],
)
def test_what_is_no_tracking_number_is_refused(
    api: Any, database: Database, owner: User, order: Order, said: dict[str, Any]
) -> None:
    number = make_return(database, owner, order, status=ReturnStatus.APPROVED).request_number
    path = f"/orders/{order.order_number}/return/{number}/parcel"
    refused = api.put(path, user=owner, json=said)
    assert (refused.status_code, refused.json()["code"]) == (400, "validation_error")
    told = api.put(path, user=owner, json={"awb_no": " 1490812345678 "})
    assert told.status_code == 200
    assert told.json()["content"]["order_return"]["awb_no"] == "1490812345678"


def test_what_the_store_receives_meanwhile_is_not_named_any_more(
    call: Call, database: Database, owner: User, order: Order
) -> None:
    number = make_return(database, owner, order, status=ReturnStatus.SHIPPED).request_number
    told, _ = run_together(
        [
            lambda: call(service.tell_parcel, order.order_number, number, parcel()),
            lambda: call(service.receive_return, number, actor=SHOP),
        ]
    )
    found = call(service.get_return, order.order_number, number)
    assert found.status == "received"
    assert (found.awb_no is None) == isinstance(told, PortalError)
