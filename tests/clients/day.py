"""A day at the shop by the clients that openapi-python-client made of the two documents."""

import sys
from datetime import UTC, datetime
from typing import Any

from customer import AuthenticatedClient, Client
from customer.api.auth import login_with_password
from customer.api.orders import get_order_detail, list_order_refunds, list_orders
from customer.api.returns import create_order_return
from customer.models import (
    CreateOrderReturn,
    CreateOrderReturnItem,
    LoginWithEmailPassword,
    OrderStatus,
    ReturnResolution,
)
from merchant import AuthenticatedClient as ShopClient
from merchant.api.events import list_events
from merchant.api.orders import create_shipment, move_shipment, move_shipments
from merchant.api.records import put_order
from merchant.api.refunds import approve_refund, list_refunds, settle_refund
from merchant.api.returns import approve_return, complete_return, receive_return, ship_return
from merchant.models import (
    CreateShipment,
    ErrorEnvelope,
    LineRecord,
    MoveOneShipment,
    MoveShipment,
    PutOrderBody,
    RefundStatus,
    Settlement,
    SettlementStatus,
    ShipmentStatus,
    Units,
)
from merchant.models import PaymentStatus as Paid

BASE, KEY, NUMBER, PASSWORD = sys.argv[1:]
EMAIL = "demo@example.com"


def done(answer: Any) -> Any:
    """What a call gave, or the end of the day."""
    if answer is None or not answer.success:
        raise SystemExit(f"{answer}")
    return answer.content


shop = ShopClient(base_url=f"{BASE}/api/v1/main/merchant", token=KEY)
storefront = f"{BASE}/api/v1/main/storefront"

after, more = None, True
while more:
    page = done(list_events.sync(client=shop, after=after, limit=1000))
    after, more = page.next_cursor, page.has_more

order = PutOrderBody(
    customer_email=EMAIL,
    order_date=datetime.now(UTC),
    payment_status=Paid.SUCCESS,
    lines=[
        LineRecord(
            sku="MUG", product_id="mug", product_name="Mug", quantity=2, selling_price="100.50"
        ),
        LineRecord(sku="TEA", product_id="tea", product_name="Tea", quantity=1, selling_price=40),
    ],
)
print(done(put_order.sync(NUMBER, client=shop, body=order)).outcome.value)

body = LoginWithEmailPassword(email=EMAIL, password=PASSWORD)
signed_in = done(login_with_password.sync(client=Client(base_url=storefront), body=body))
customer = AuthenticatedClient(base_url=storefront, token=signed_in.access_token)
states = [OrderStatus.CONFIRMED, OrderStatus.AWAITING_SHIPMENT]
mine = done(list_orders.sync(client=customer, user_id=signed_in.user.id, status=states)).orders
print(str(any(one.order_number == NUMBER for one in mine)).lower())

parcels = []
for sku, quantity in (("MUG", 2), ("TEA", 1)):
    some = CreateShipment(items=[Units(sku=sku, quantity=quantity)])
    parcels.append(done(create_shipment.sync(NUMBER, client=shop, body=some)).reference_number)
for status in (ShipmentStatus.SHIPPED, ShipmentStatus.DELIVERED):
    moves = [MoveOneShipment(reference_number=one, status=status) for one in parcels]
    outcomes = done(move_shipments.sync(client=shop, body=moves)).outcomes
    print(*(one.outcome.value for one in outcomes))
refused = move_shipment.sync(
    parcels[0], client=shop, body=MoveShipment(status=ShipmentStatus.SHIPPED)
)
print(refused.code if isinstance(refused, ErrorEnvelope) else "moved")

print(done(get_order_detail.sync(NUMBER, client=customer)).order.status.value)
items = [
    CreateOrderReturnItem(
        sku="MUG",
        product_id="mug",
        quantity=1,
        resolution=ReturnResolution.REFUND,
        return_reason="Broken",
    )
]
asked = CreateOrderReturn(return_items=items)
request = done(
    create_order_return.sync(NUMBER, client=customer, body=asked)
).order_return.request_number
for deed in (approve_return, ship_return, receive_return, complete_return):
    returned = done(deed.sync(request, client=shop))
print(returned.status.value)
[refund, *_] = done(
    list_refunds.sync(client=shop, order_number=NUMBER, status=[RefundStatus.PENDING])
).refunds
done(approve_refund.sync(refund.request_number, client=shop))
settled = Settlement(status=SettlementStatus.SUCCESS)
done(settle_refund.sync(refund.request_number, client=shop, body=settled))
refunds = done(list_order_refunds.sync(NUMBER, client=customer)).refunds
print(", ".join(f"{one.refund_amount:g} {one.status.value}" for one in refunds))

print(*(one.type_.value for one in done(list_events.sync(client=shop, after=after)).events))
