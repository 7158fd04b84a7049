"""What page, receipt, invoice and payment status say of an order whose items were cancelled."""

from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import select

from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.models import Invoice, Order, Refund, User
from account_portal.orders import service
from account_portal.orders.facts import facts_of
from account_portal.orders.schemas import CancelItem, CancelOrder, Policy
from account_portal.orders.service.billing.reading import bill_of
from tests.factories.loyalty import spend_points
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows

TAXED = {"tax_amount": 3000, "tax_rate": 1800, "tax_type": "GST"}


def cancel(call: Any, order: Order, sku: str, units: int) -> None:
    body = {"cancellation_reason": "x", "refund_mode": "original_payment_mode"}
    wanted = {**body, "cancel_items": [{"sku": sku, "quantity": units}]}
    call(service.cancel_order, order.order_number, CancelOrder.model_validate(wanted))


def receipt(call: Any, order: Order) -> Any:
    def read(ctx: Any) -> Any:
        row = ctx.get_owned(Order, order_number=order.order_number)
        return bill_of(ctx, row, facts_of(ctx.db, row), "receipt", row.order_number)

    return call(read)


def sums_of(bill: Any) -> dict[str, Decimal]:
    assert sum(one.amount for one in bill.sums) == bill.total
    return {one.label: one.amount for one in bill.sums}


@pytest.mark.parametrize("paid", [True, False])
def test_what_is_left_is_what_the_account_says(
    database: Database, owner: User, call: Any, paid: bool
) -> None:
    lines = [make_line(0, **TAXED), make_line(1, **TAXED)]
    payments = None if paid else [{"amount": 10000}]
    order = make_order(database, owner, lines=lines, payments=payments, item_total_tax=6000)
    before = call(service.get_order_page, order.order_number)
    assert (before.price.cancelled, before.price.to_pay) == (0, 400)
    cancel(call, order, "SKU-0", 1)
    page = call(service.get_order_page, order.order_number)
    price = page.price
    assert (price.total, price.cancelled, price.cancel_charge, price.to_pay) == (400, 100, 0, 300)
    assert (page.order.grand_total, page.order.to_be_paid) == (400, 400), "as it was sold"
    assert page.payment.amount_payable == 300
    assert page.payment.amount_unpaid == (0 if paid else 200)
    bill = receipt(call, order)
    assert sums_of(bill) == {"Items": 400, "Cancelled items": -100}
    assert [(one.net, one.tax) for one in bill.taxes] == [(255, 45)]


def test_points_and_credit_are_told_as_what_is_left_of_them(
    database: Database, owner: User, call: Any
) -> None:
    order = make_order(
        database,
        owner,
        lines=[make_line(0), make_line(1)],
        loyalty_point_redeemed=10000,
        loyalty_amount=10000,
        credit_balance_used=4000,
    )
    spend_points(database, owner, order)
    cancel(call, order, "SKU-0", 1)
    price = call(service.get_order_page, order.order_number).price
    assert (price.points, price.credit, price.to_pay) == (75, 30, 195)
    assert price.total - price.cancelled - price.points - price.credit == price.to_pay
    bill = receipt(call, order)
    assert bill.total + sum(one.amount for one in bill.means) == 195


def test_a_charge_is_a_line_of_its_own(
    database: Database, owner: User, call: Any, clock: Any
) -> None:
    policy = Policy.model_validate({"rules": [{"name": "all", "cancel": {"charge_per_cent": 10}}]})
    call(service.set_policy, policy, source="api", actor=SHOP)
    order = make_order(database, owner, at=clock.now, lines=[make_line(0), make_line(1)])
    cancel(call, order, "SKU-0", 1)
    price = call(service.get_order_page, order.order_number).price
    assert (price.cancelled, price.cancel_charge, price.to_pay) == (100, 10, 310)
    expected = {"Items": 400, "Cancelled items": -100, "Cancellation charge": 10}
    assert sums_of(receipt(call, order)) == expected


def test_an_order_is_paid_once_what_is_left_is_paid(
    database: Database, owner: User, call: Any, api: Any
) -> None:
    order = make_order(
        database,
        owner,
        lines=[make_line(0), make_line(1)],
        payments=[{"amount": 30000}],
        payment_status="partially_paid",
    )
    number = order.order_number
    assert call(service.get_order, number).view().payment_status == "partially_paid"
    wanted = [CancelItem(sku="SKU-0", quantity=1)]
    call(service.cancel_items_for_shop, number, wanted, "Sold out", actor=SHOP)
    shown = call(service.get_order_page, number)
    assert (shown.order.payment_status, shown.payment.status) == ("success", "success")
    assert (shown.payment.amount_unpaid, shown.refunds) == (0, [])
    call(service.create_shipment, number, actor=SHOP)
    parcel = call(service.get_order, number).view().shipments[0].reference_number
    call(service.move_shipment, parcel, "delivered", actor=SHOP)
    answer = api.get(f"/orders/{number}/invoice", user=owner)
    assert answer.status_code == 200, answer.text
    with database.session(writes=False) as db:
        invoice = db.execute(select(Invoice)).scalar_one()
        assert Decimal(invoice.content["total"]) == 300


def test_an_order_that_is_cancelled_after_all_is_told_as_before(
    database: Database, owner: User, call: Any
) -> None:
    order = make_order(database, owner, lines=[make_line(0), make_line(1)])
    cancel(call, order, "SKU-0", 2)
    call(service.cancel_for_shop, order.order_number, "Sold out", actor=SHOP)
    page = call(service.get_order_page, order.order_number)
    assert (page.price.total, page.price.cancelled, page.price.to_pay) == (400, 0, 0)
    assert sums_of(receipt(call, order)) == {"Items": 400}


def test_what_was_refunded_stands_in_the_price_once_it_moved(
    database: Database, owner: User, call: Any
) -> None:
    order = make_order(database, owner, lines=[make_line(0), make_line(1)])
    cancel(call, order, "SKU-0", 1)
    price = call(service.get_order_page, order.order_number).price
    assert (price.received, price.refunded) == (400, 0), "promised, and not there yet"
    [refund] = rows(database, Refund)
    call(service.approve_refund, refund.request_number, actor=SHOP)
    call(service.settle_refund, refund.request_number, succeeded=True, actor=SHOP)
    price = call(service.get_order_page, order.order_number).price
    assert (price.received, price.refunded, price.to_pay) == (400, 100, 300)
