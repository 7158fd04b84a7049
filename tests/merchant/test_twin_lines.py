"""Lines of one sku keep who they are, whatever their order in the shop's records."""

from typing import Any

import pytest

from account_portal.models import OrderLine, Shipment, ShipmentItem
from account_portal.orders import service
from account_portal.returns import service as returns
from tests.factories.records import rows
from tests.factories.shopify import export, head, line
from tests.merchant.shops import Shop, asked, parcel, sold

DEAR = {"sku": "S1", "product_id": "P1", "selling_price": 100, "quantity": 1}
CHEAP = {"sku": "S1", "product_id": "P1", "selling_price": 50, "quantity": 2}
FREE = {"sku": "S1", "product_id": "P1", "selling_price": 0, "quantity": 1, "free_quantity": 1}


def told(*lines: dict[str, Any], number: str = "T-1", **values: Any) -> dict[str, Any]:
    return sold(number, **values) | {"lines": list(lines)}


def prices(shop: Shop) -> dict[int, str]:
    """Ids of lines by price."""
    return {row.selling_price // 100: row.id for row in rows(shop.database, OrderLine)}


def inside(shop: Shop, reference: str) -> dict[int, int]:
    """Units by price of a line that are in a parcel."""
    lines = {row.id: row.selling_price // 100 for row in rows(shop.database, OrderLine)}
    [found] = rows(shop.database, Shipment, reference_number=reference)
    items = rows(shop.database, ShipmentItem, shipment_id=found.id)
    return {lines[row.line_id]: row.quantity for row in items}


@pytest.mark.parametrize("state", ["shipped", "delivered"])
def test_twins_that_change_places_stay_who_they_are(shop: Shop, state: str) -> None:
    first = parcel("TS", "shipped", items=[{"sku": "S1", "quantity": 1}])
    shop.brings(told(DEAR, CHEAP, shipments=[first]))
    before = prices(shop)
    assert inside(shop, "TS") == {100: 1}
    moved = parcel("TS", state, items=[{"sku": "S1", "quantity": 1}])
    assert shop.brings(told(CHEAP, DEAR, shipments=[moved])) == []
    assert shop.kept == []
    assert prices(shop) == before
    assert inside(shop, "TS") == {100: 1}
    shown = [int(item.selling_price) for item in shop.order("T-1").order_items]
    assert shown == [50, 100]


def test_what_a_return_holds_is_the_line_it_was_asked_for(shop: Shop) -> None:
    paid = {"payments": [{"request_number": "TP", "amount": 200}]}
    shop.brings(told(DEAR, CHEAP, shipments=[parcel("TS")], **paid))
    shop.customer(returns.create_return, "T-1", asked(1))
    assert shop.returnable("T-1") == [0, 2]
    shop.brings(told(CHEAP, DEAR, shipments=[parcel("TS")], **paid))
    assert shop.returnable("T-1") == [2, 0]
    shop.brings(told(CHEAP, shipments=[parcel("TS")], **paid))
    [reason] = shop.kept
    assert reason.endswith("parcels, returns or claims have it here, and the record drops it")


@pytest.mark.parametrize(("left", "price"), [(DEAR, 100), (CHEAP, 50)])
def test_the_twin_that_stays_is_itself(shop: Shop, left: dict[str, Any], price: int) -> None:
    shop.brings(told(DEAR, CHEAP))
    before = prices(shop)
    shop.brings(told(left))
    assert prices(shop) == {price: before[price]}
    shop.brings(told(FREE, left))
    after = prices(shop)
    assert after.keys() == {price, 0}
    assert after[price] == before[price]
    assert len({row.sku for row in rows(shop.database, OrderLine)}) == 2


def test_one_that_grows_while_they_change_places_is_still_itself(shop: Shop) -> None:
    shop.brings(told(DEAR, CHEAP))
    before = prices(shop)
    shop.brings(told({**CHEAP, "quantity": 3}, DEAR))
    assert prices(shop) == before
    assert {row.selling_price: row.quantity for row in rows(shop.database, OrderLine)} == {
        10000: 1,
        5000: 3,
    }


def test_a_sku_that_looks_like_a_twins_is_no_twin(shop: Shop) -> None:
    other = {**DEAR, "sku": "S1-2", "selling_price": 7}
    shop.brings(told(DEAR, other))
    shop.brings(told(DEAR, CHEAP, other))
    skus = {row.selling_price // 100: row.sku for row in rows(shop.database, OrderLine)}
    assert skus == {100: "S1", 50: "S1-3", 7: "S1-2"}


def test_twins_of_an_export_change_places(shop: Shop, tmp_path: Any) -> None:
    def cells(*lines: tuple[str, str, str]) -> list[Any]:
        made = []
        for place, (price, count, state) in enumerate(lines):
            values = {"Lineitem sku": "TAB", "Lineitem price": price, "Lineitem quantity": count}
            values |= {"Lineitem fulfillment status": state, "Lineitem name": "Table"}
            if not place:
                values |= {"Subtotal": "200.00", "Total": "200.00"}
                made.append(head("#5301", **values, **{"Fulfillment Status": "partial"}))
            else:
                made.append(line("#5301", **values))
        return made

    dear, cheap = ("100.00", "1", "fulfilled"), ("50.00", "2", "pending")
    shop._take(export(tmp_path / "1.csv", *cells(dear, cheap)))
    before = prices(shop)
    assert inside(shop, "5301-1") == {100: 1}
    shop._take(export(tmp_path / "2.csv", *cells(cheap, dear)))
    assert prices(shop) == before
    assert len(rows(shop.database, Shipment)) == 1
    sent = ("50.00", "2", "fulfilled")
    shop._take(export(tmp_path / "3.csv", *cells(sent, dear)))
    assert prices(shop) == before
    assert inside(shop, "5301-2") == {50: 2}


def test_parcels_of_a_twin_that_is_named(shop: Shop) -> None:
    second = {**CHEAP, "sku": "S1-B", "twin_of": "S1"}
    named = parcel("TS", items=[{"sku": "S1-B", "quantity": 2}])
    shop.brings(told(DEAR, second, shipments=[named]))
    assert inside(shop, "TS") == {50: 2}
    assert shop.customer(service.get_order, "T-1").view().status == "partially_delivered"
