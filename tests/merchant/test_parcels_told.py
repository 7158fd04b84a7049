"""What the shop tells of parcels that are known: units, returns, and orders that are cancelled."""

from typing import Any

import pytest

from account_portal.claims import service as claims
from account_portal.claims.schemas import CreateClaim
from account_portal.merchant.importing import run_import
from account_portal.models import Claim, Order, OutboxMessage, Shipment, ShipmentItem
from account_portal.orders import service
from account_portal.returns import service as returns
from account_portal.returns.schemas import CreateOrderReturn
from account_portal.states import ShipmentStatus
from tests.factories.claims import claim_body, claim_item
from tests.factories.records import rows, write
from tests.merchant.shops import Shop, day, parcel, sold

PAID = [{"request_number": "P", "amount": 200}]


def told(shop: Shop, *records: dict[str, Any]) -> list[str]:
    """Import records; what was kept, and why."""
    kept: list[str] = []
    run_import(
        shop.database,
        [write(shop._path / "told.ndjson", *records)],
        on_kept=lambda _file, _line, reason: kept.append(reason),
    )
    return kept


def own(part: dict[str, Any], number: str = "N-1") -> dict[str, Any]:
    return {**part, "type": "shipment", "order_number": number}


def give_back(shop: Shop, quantity: int, number: str = "N-1") -> str:
    item = {"product_id": "P1", "sku": "S1", "quantity": quantity, "resolution": "refund"}
    data = CreateOrderReturn.model_validate({"return_items": [{**item, "return_reason": "Worn"}]})
    return str(shop.customer(returns.create_return, number, data).request_number)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("shipped", "cancelled"),
        ("packed", "cancelled"),
        ("in_transit", "return_to_origin"),
        ("out_for_delivery", "lost"),
    ],
)
@pytest.mark.parametrize("way", ["inside", "after", "before"])
def test_an_order_and_its_parcels_are_cancelled_together(
    shop: Shop, was: str, becomes: str, way: str
) -> None:
    shop.brings(sold("N-1", payments=PAID, shipments=[parcel("S", was)]))
    gone = sold("N-1", payments=PAID, status="cancelled")
    ended = parcel("S", becomes)
    records = {
        "inside": [{**gone, "shipments": [ended]}],
        "after": [gone, own(ended)],
        "before": [own(ended), gone],
    }
    assert told(shop, *records[way]) == []
    assert (shop.order("N-1").status, shop.refunds("N-1")) == ("cancelled", [("pending", 200)])


def test_a_cancel_that_parcels_forbid_is_tried_again(shop: Shop) -> None:
    shop.brings(sold("N-1", payments=PAID, shipments=[parcel("S", "shipped")]))
    gone = sold("N-1", payments=PAID, status="cancelled")
    reason = "the order cannot be cancelled: a parcel of it is shipped"
    assert told(shop, gone) == [reason]
    assert told(shop, gone) == [reason]
    shop.does(service.move_shipment, "S", ShipmentStatus.RETURN_TO_ORIGIN)
    assert told(shop, gone) == []
    assert shop.order("N-1").status == "cancelled"
    assert told(shop, gone) == []


@pytest.mark.parametrize("inside", [True, False])
def test_parcels_never_hold_more_than_was_ordered(shop: Shop, inside: bool) -> None:
    lost, sent = parcel("S1", "lost"), parcel("S2")
    shop.brings(sold("N-1", payments=PAID, shipments=[lost]))
    shop.brings(sold("N-1", payments=PAID, shipments=[lost, sent]))
    found = {**parcel("S1"), "awb_no": "A-1"}
    again = sold("N-1", payments=PAID, shipments=[found, sent]) if inside else own(found)
    assert told(shop, again) == ["shipment S1: 0 units of S1 are left, not 2."]
    states = {
        row.reference_number: (row.status, row.awb_no) for row in rows(shop.database, Shipment)
    }
    assert states == {"S1": ("lost", "A-1"), "S2": ("delivered", None)}
    assert shop.returnable("N-1") == [2]


def test_a_parcel_comes_back_to_life_where_its_units_are_free(shop: Shop) -> None:
    lost, sent = parcel("S1", "lost"), parcel("S2", "shipped")
    shop.brings(sold("N-1", payments=PAID, shipments=[lost]))
    shop.brings(sold("N-1", payments=PAID, shipments=[lost, sent]))
    both = [parcel("S1"), parcel("S2", "cancelled")]
    assert told(shop, sold("N-1", payments=PAID, shipments=both)) == []
    assert (shop.order("N-1").status, shop.returnable("N-1")) == ("delivered", [2])


@pytest.mark.parametrize(
    "change",
    [
        {"items": [{"sku": "S1", "quantity": 1}]},
        {"status": "lost"},
        {"status": "shipped"},
        {"status": "cancelled"},
    ],
)
def test_what_returns_hold_stays_delivered(shop: Shop, change: dict[str, Any]) -> None:
    two = {"items": [{"sku": "S1", "quantity": 2}]}
    shop.brings(sold("N-1", payments=PAID, shipments=[parcel("S", **two)]))
    number = give_back(shop, 2)
    changed = {**parcel("S", **two), "awb_no": "A-1", **change}
    [reason] = told(shop, sold("N-1", payments=PAID, shipments=[changed]))
    held = 1 if "items" in change else 2
    assert reason == f"shipment S: returns or claims hold {held} units of it"
    assert [row.quantity for row in rows(shop.database, ShipmentItem)] == [2]
    assert [(row.status, row.awb_no) for row in rows(shop.database, Shipment)] == [
        ("delivered", "A-1")
    ]
    shop.does(returns.reject_return, number, "No")
    assert told(shop, own({**parcel("S", **two), "awb_no": "A-2", **change})) == []


@pytest.mark.parametrize("status", ["lost", "shipped", "cancelled"])
def test_what_claims_are_of_stays_delivered(shop: Shop, status: str) -> None:
    two = {"items": [{"sku": "S1", "quantity": 2}]}
    shop.brings(sold("N-1", payments=PAID, shipments=[parcel("S", **two)]))
    data = CreateClaim.model_validate(claim_body(claim_item(sku="S1"), wish="refund"))
    number = shop.customer(claims.create_claim, "N-1", data).claim_number
    changed = {**parcel("S", **two), "status": status}
    assert told(shop, sold("N-1", payments=PAID, shipments=[changed])) == [
        "shipment S: returns or claims hold 1 units of it"
    ]
    assert told(shop, sold("N-1", payments=PAID, status="cancelled"))
    shop.does(claims.reject_claim, number, "No")
    assert told(shop, own({**parcel("S", **two), "awb_no": "A-2", "status": status})) == []


def test_an_order_whose_goods_are_in_a_return_stays_delivered(shop: Shop) -> None:
    shop.brings(sold("N-1", payments=PAID, status="delivered"))
    give_back(shop, 1)
    for status in ("cancelled", "confirmed"):
        [reason] = told(shop, sold("N-1", payments=PAID, status=status))
        assert reason == f"returns or claims hold units of the order; it cannot become {status}"
    assert shop.order("N-1").status == "delivered"


ONE = {"items": [{"sku": "S1", "quantity": 1}]}


@pytest.mark.parametrize(
    ("parcels", "lacking"),
    [
        ([parcel("S", "packed")], 2),
        ([parcel("S", "lost")], 2),
        ([parcel("S", "delivered", **ONE)], 1),
        ([parcel("S", "delivered", **ONE), parcel("T", "shipped", **ONE)], 1),
        ([parcel("S", "delivered", **ONE), parcel("T", "delivered", **ONE)], 0),
        ([parcel("S", "delivered")], 0),
        ([parcel("S", "cancelled")], 2),
    ],
)
@pytest.mark.parametrize("inside", [True, False], ids=["inside", "own"])
def test_first_parcels_take_back_nothing_that_returns_hold(
    shop: Shop, parcels: list[dict[str, Any]], lacking: int, inside: bool
) -> None:
    shop.brings(sold("N-1", payments=PAID, status="delivered"))
    number = give_back(shop, 2)
    order = sold("N-1", payments=PAID, status="delivered", shipments=parcels)
    again = [order] if inside else [own(part) for part in parcels]
    why = f"returns or claims hold {lacking} units that it would take back"
    held = [f"shipment {part['reference_number']}: {why}" for part in parcels if lacking]
    assert told(shop, *again) == held
    assert len(rows(shop.database, Shipment)) == len(parcels) * (not lacking)
    assert shop.order("N-1").status == "delivered"
    shop.does(returns.reject_return, number, "No")
    assert told(shop, *again) == []
    assert len(rows(shop.database, Shipment)) == len(parcels)


def test_a_state_that_parcels_here_contradict_is_told(shop: Shop) -> None:
    shop.brings(sold("N-1", payments=PAID))
    number = shop.does(service.create_shipment, "N-1")
    shop.does(service.move_shipment, number, ShipmentStatus.SHIPPED)
    arrived = sold("N-1", payments=PAID, status="delivered")
    reason = "the order is shipped by its parcels here; it does not become delivered"
    assert told(shop, arrived) == [reason]
    assert told(shop, sold("N-1", payments=PAID, status="shipped")) == []


def test_a_state_that_the_shops_own_parcels_bear_out_is_not(shop: Shop) -> None:
    shop.brings(sold("N-1", payments=PAID), own(parcel("S", "shipped")))
    arrived = sold("N-1", payments=PAID, status="delivered")
    assert told(shop, arrived, own(parcel("S"))) == []
    assert shop.order("N-1").status == "delivered"


def test_a_parcel_without_units_is_kept_aside(shop: Shop) -> None:
    shop.brings(sold("N-1", payments=PAID))
    number = shop.does(service.create_shipment, "N-1")
    shop.does(service.move_shipment, number, ShipmentStatus.SHIPPED)
    for _ in range(2):
        [reason] = told(shop, sold("N-1", payments=PAID, shipments=[parcel("S")]))
        assert reason == "shipment S: every unit is in a parcel already"
    assert [row.reference_number for row in rows(shop.database, Shipment)] == [number]
    assert [row.status for row in rows(shop.database, Order)] == ["shipped"]


@pytest.mark.parametrize("inside", [True, False])
def test_a_claim_ends_when_its_parcel_is_told_to_have_arrived(shop: Shop, inside: bool) -> None:
    late = {**parcel("S", "in_transit"), "eta_delivery": day(2)[:10]}
    shop.brings(sold("N-1", payments=PAID, shipments=[late]))
    wanted = CreateClaim.model_validate({"wish": "refund", "reference_number": "S"})
    shop.customer(claims.create_claim, "N-1", wanted)
    there = parcel("S", "delivered")
    for _ in range(2):
        record = sold("N-1", payments=PAID, shipments=[there]) if inside else own(there)
        assert told(shop, record) == []
        [claim] = rows(shop.database, Claim)
        assert (claim.status, claim.answer) == ("withdrawn", "The parcel arrived.")
    assert shop.customer(service.get_order, "N-1").view().is_claim_allowed
    kinds = [row.kind for row in rows(shop.database, OutboxMessage)]
    assert kinds.count("claim_moved") == 2
