"""Customers are told of what an import says happened today, if the store wants it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from account_portal.models import Refund, Shipment
from account_portal.orders import service
from account_portal.states import ShipmentStatus
from tests.factories.auth import messages
from tests.factories.records import rows
from tests.merchant.shops import CANCEL, Shop, day, parcel, sold

PAID = [{"request_number": "P", "amount": 200}]


@pytest.fixture(autouse=True)
def _told(set_settings: Any) -> None:
    set_settings(PORTAL_IMPORT_MESSAGES="true")


def ago(**parts: float) -> str:
    return (datetime.now(UTC) - timedelta(**parts)).isoformat()


def told(shop: Shop) -> list[str]:
    return [message.kind for message in messages(shop.database)]


def sent(state: str, hours: float, **values: Any) -> dict[str, Any]:
    name = "delivered_date" if state == "delivered" else "shipped_date"
    return {"reference_number": "MS", "status": state, name: ago(hours=hours), **values}


def test_a_history_is_no_news(shop: Shop) -> None:
    refund = {"request_number": "R", "refund_amount": 50, "refund_date": ago(hours=1)}
    for _ in range(2):
        shop.brings(sold("M-1", payments=PAID, shipments=[sent("delivered", 1)], refunds=[refund]))
        assert told(shop) == []


@pytest.mark.parametrize("own", [True, False])
def test_each_step_of_today_is_told_once(shop: Shop, own: bool) -> None:
    shop.brings(sold("M-1", payments=PAID))
    for state, kinds in (("shipped", 1), ("delivered", 2)):
        step = sent(state, 2, awb_no="A1", courier_company_name="Post")
        for _ in range(2):
            if own:
                shop.brings({**step, "type": "shipment", "order_number": "M-1"})
            else:
                shop.brings(sold("M-1", payments=PAID, shipments=[step]))
            assert told(shop) == ["order_shipped", "order_delivered"][:kinds]
    [shipped, _] = messages(shop.database)
    assert shipped.recipient == "c1@x.example"
    assert shipped.payload["words"]["awb_no"] == "A1"


@pytest.mark.parametrize(
    "step",
    [
        sent("shipped", 30),
        sent("delivered", 30),
        {"reference_number": "MS", "status": "delivered"},
        {"reference_number": "MS", "status": "lost", "shipped_date": ago(hours=1)},
        {"reference_number": "MS", "status": "delivered", "delivered_date": day(-3)},
    ],
)
def test_what_is_older_or_of_no_known_time_is_not(shop: Shop, step: dict[str, Any]) -> None:
    shop.brings(sold("M-1", payments=PAID))
    shop.brings(sold("M-1", payments=PAID, shipments=[step]))
    assert told(shop) == []


@pytest.mark.parametrize("state", ["shipped", "out_for_delivery", "lost", "return_to_origin"])
def test_a_parcel_told_as_delivered_by_mistake_has_no_day_of_arrival(
    shop: Shop, state: str
) -> None:
    shop.brings(sold("M-1", payments=PAID, shipments=[sent("delivered", 30)]))
    assert [bool(row.delivered_date) for row in rows(shop.database, Shipment)] == [True]
    shop.brings(sold("M-1", payments=PAID, shipments=[sent(state, 31)]))
    found = [(row.status, row.delivered_date) for row in rows(shop.database, Shipment)]
    assert found == [(state, None)]


def test_a_refund_of_today_is_told(shop: Shop) -> None:
    shop.brings(sold("M-1", payments=PAID))
    shop.customer(service.cancel_order, "M-1", CANCEL)
    assert told(shop) == ["order_cancelled"]
    back = {"request_number": "R", "refund_amount": 200, "refund_date": ago(hours=1)}
    for _ in range(2):
        shop.brings({**back, "type": "refund", "order_number": "M-1"})
        assert told(shop) == ["order_cancelled", "refund_settled"]
    assert len(rows(shop.database, Refund)) == 1
    words = messages(shop.database)[-1].payload["words"]
    assert (words["amount"], words["succeeded"]) == ("₹200.00", True)


def test_a_change_that_is_kept_is_not_told(shop: Shop) -> None:
    shop.brings(sold("M-1", payments=PAID, shipments=[parcel("MS", "scheduled")]))
    shop.does(service.move_shipment, "MS", ShipmentStatus.DELIVERED)
    assert told(shop) == ["order_delivered"]
    shop.brings(sold("M-1", payments=PAID, shipments=[sent("shipped", 1)]))
    assert shop.kept == ["shipment MS is delivered here; it cannot become shipped"]
    assert told(shop) == ["order_delivered"]


def test_a_record_that_is_refused_tells_nothing(shop: Shop) -> None:
    shop.brings(sold("M-1", payments=PAID))
    wrong = {"request_number": "R", "refund_amount": 900, "refund_date": ago(hours=1)}
    faults = shop.brings(
        sold("M-1", payments=PAID, shipments=[sent("shipped", 1)], refunds=[wrong])
    )
    assert len(faults) == 1
    assert told(shop) == []


def test_without_the_setting_nobody_is_told(shop: Shop, set_settings: Any) -> None:
    set_settings(PORTAL_IMPORT_MESSAGES="false")
    shop.brings(sold("M-1", payments=PAID))
    shop.brings(sold("M-1", payments=PAID, shipments=[sent("shipped", 1)]))
    assert told(shop) == []


def test_the_merchant_api_tells_too(shop: Shop, systems: Any) -> None:
    shop.brings(sold("M-1", payments=PAID))
    record = {**sent("shipped", 1), "type": "shipment", "order_number": "M-1"}
    answer = systems.post("/records", [record])
    assert answer.status_code == 200
    assert told(shop) == ["order_shipped"]
