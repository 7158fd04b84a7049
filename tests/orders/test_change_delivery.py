"""Where an order goes is changed before it is packed: who may, where to, and who hears of it."""

from typing import Any

import pytest

from account_portal.addresses.rules import AddressNotFound
from account_portal.addresses.schemas import CustomerAddressUpdate
from account_portal.addresses.service import update_address
from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.core.errors import NotFound
from account_portal.core.settings import get_settings
from account_portal.models import AddressCopy, Order, OutboxMessage, User, WaitingEvent
from account_portal.orders import rules, service
from account_portal.orders.schemas import ChangeDelivery, OrderDetail
from account_portal.states import OrderStatus
from tests.conftest import Api
from tests.factories.addresses import make_address
from tests.factories.orders import make_order
from tests.factories.records import rows

HERE = {"country": "India", "state": "Karnataka", "city": "Bengaluru"}
NOTE = "Leave it with the guard"


def told(database: Database) -> list[str]:
    found = [one.type for one in rows(database, WaitingEvent)]
    found += [one.kind for one in rows(database, OutboxMessage)]
    return [one for one in found if "delivery" in one]


@pytest.fixture
def change(call: Any) -> Any:
    def run(number: str, *, actor: Any = None, **body: Any) -> OrderDetail:
        actors = {} if actor is None else {"actor": actor}
        data = ChangeDelivery.model_validate(body)
        changed: OrderDetail = call(service.change_delivery, number, data, **actors).view()
        return changed

    return run


def test_it_goes_to_another_address_and_the_bill_does_not(
    database: Database, owner: User, change: Any, call: Any
) -> None:
    order = make_order(database, owner, place=HERE)
    other = make_address(database, owner, address_line1="2 Hill Road", **HERE)
    number = order.order_number
    choices = call(service.list_delivery_choices, number)
    assert [one.id for one in choices] == [other.id]
    done = change(number, address_id=other.id, delivery_instructions=NOTE)
    assert done.shipping_address
    assert done.billing_address
    assert done.shipping_address.address_line1 == "2 Hill Road"
    assert done.shipping_address.delivery_instructions == NOTE
    assert done.billing_address.address_line1 == "12 MG Road"
    assert told(database) == ["order.delivery_changed", "delivery_changed"]
    assert call(service.list_delivery_choices, number) == []
    # A second change is written over the first: nobody's former addresses stay behind.
    before = len(rows(database, AddressCopy))
    again = change(number, delivery_instructions=None)
    assert again.shipping_address
    assert again.shipping_address.delivery_instructions is None
    assert again.shipping_address.address_line1 == "2 Hill Road"
    assert len(rows(database, AddressCopy)) == before
    assert len(told(database)) == 4


def test_the_address_it_came_from_is_a_choice_once_it_was_corrected(
    database: Database, owner: User, change: Any, call: Any
) -> None:
    saved = make_address(database, owner, address_line1="2 Hil Road", **HERE)
    number = make_order(database, owner, place=HERE).order_number
    change(number, address_id=saved.id)
    assert call(service.list_delivery_choices, number) == []
    call(update_address, saved.id, CustomerAddressUpdate(address_line1="2 Hill Road"))
    assert [one.id for one in call(service.list_delivery_choices, number)] == [saved.id]
    done = change(number, address_id=saved.id)
    assert done.shipping_address
    assert done.shipping_address.address_line1 == "2 Hill Road"
    assert call(service.list_delivery_choices, number) == []


def test_what_changes_nothing_tells_nobody(database: Database, owner: User, change: Any) -> None:
    order = make_order(database, owner)
    first = change(order.order_number)
    assert first == change(order.order_number)
    assert told(database) == []


def test_only_where_it_was_priced_for(database: Database, owner: User, change: Any) -> None:
    order = make_order(database, owner, place=HERE)
    for place in ({"state": "Goa"}, {"country": "Germany", "state": ""}):
        other = make_address(database, owner, **{**HERE, **place})
        with pytest.raises(rules.DeliveryElsewhere):
            change(order.order_number, address_id=other.id)
    same = make_address(database, owner, **{**HERE, "state": "KARNATAKA"})
    assert change(order.order_number, address_id=same.id)


def test_nobodys_but_the_owners(
    database: Database, owner: User, stranger: User, change: Any
) -> None:
    order, theirs = make_order(database, owner), make_order(database, stranger)
    address = make_address(database, stranger, **HERE)
    with pytest.raises(NotFound):
        change(theirs.order_number, delivery_instructions=NOTE)
    with pytest.raises(AddressNotFound):
        change(order.order_number, address_id=address.id)
    assert told(database) == []


@pytest.mark.parametrize("parcel", [None, "scheduled", "packed", "in_transit", "delivered"])
@pytest.mark.parametrize("status", list(OrderStatus))
def test_the_flag_is_the_guard(
    database: Database, owner: User, change: Any, call: Any, status: str, parcel: str | None
) -> None:
    parcels = [] if parcel is None else [{"status": parcel}]
    order = make_order(database, owner, status=status, parcels=parcels)
    shown = call(service.get_order, order.order_number).view().is_delivery_change_allowed
    if parcel not in (None, "scheduled"):
        assert not shown or status in rules.ALWAYS_CANCELLABLE
    if shown:
        change(order.order_number, delivery_instructions=NOTE)
    else:
        with pytest.raises(rules.DeliveryNotChangeable):
            change(order.order_number, delivery_instructions=NOTE)


def test_the_store_decides_and_a_packed_parcel_ends_it(
    database: Database, owner: User, change: Any, call: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = make_order(database, owner)
    number = order.order_number
    assert call(service.get_order, number).view().is_delivery_change_allowed
    call(service.create_shipment, number, actor=SHOP)
    parcel = call(service.get_order, number).view().shipments[0].reference_number
    assert call(service.get_order, number).view().is_delivery_change_allowed
    monkeypatch.setenv("PORTAL_CHANGE_DELIVERY", "false")
    get_settings.cache_clear()
    assert not call(service.get_order, number).view().is_delivery_change_allowed
    with pytest.raises(rules.DeliveryNotChangeable):
        change(number, delivery_instructions=NOTE)
    monkeypatch.setenv("PORTAL_CHANGE_DELIVERY", "true")
    get_settings.cache_clear()
    call(service.move_shipment, parcel, "packed", actor=SHOP)
    with pytest.raises(rules.DeliveryNotChangeable):
        change(number, delivery_instructions=NOTE)


def test_by_api(api: Api, database: Database, owner: User, stranger: User) -> None:
    order = make_order(database, owner, place=HERE)
    other = make_address(database, owner, address_line1="2 Hill Road", **HERE)
    path = f"/orders/{order.order_number}/delivery"
    body = {"address_id": other.id, "delivery_instructions": NOTE}
    assert api.post(path, json=body).status_code == 401
    assert api.post(path, json=body, user=stranger).status_code == 404
    assert api.post("/orders/NONE/delivery", json=body, user=owner).status_code == 404
    assert api.post(path, user=owner, json={"address_id": None}).status_code == 400
    assert api.post(path, user=owner, json={"delivery_instructions": "x" * 256}).status_code == 400
    seen = api.get(f"/orders/{order.order_number}", user=owner).json()["content"]["order"]
    first = body | {"seen": seen["shipping_address"]}
    assert api.post(path, user=owner, json=body | {"seen": {"city": 5}}).status_code == 400
    done = api.post(path, user=owner, json=first)
    assert done.status_code == 200
    stale = api.post(path, user=owner, json=first | {"delivery_instructions": "Ring twice"})
    assert (stale.status_code, stale.json()["code"]) == (409, "delivery_changed")
    now = api.get(f"/orders/{order.order_number}", user=owner).json()["content"]["order"]
    assert now["shipping_address"]["delivery_instructions"] == NOTE
    assert done.json()["content"]["order"]["shipping_address"]["address_line1"] == "2 Hill Road"
    assert [one.order_number for one in rows(database, Order)] == [order.order_number]
