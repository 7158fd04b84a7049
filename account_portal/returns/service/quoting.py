"""What comes back for goods, line by line: in the preview, and on the page of their return."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple, cast

from account_portal.context import Context
from account_portal.core import money
from account_portal.loyalty import rules as loyalty_rules
from account_portal.models import Order, OrderLine
from account_portal.orders import rules as order_rules
from account_portal.orders.facts import deeds_of
from account_portal.orders.schemas import PreviewedLine
from account_portal.orders.schemas.policies import ReasonCode
from account_portal.orders.service.refund_reading import way_back, working_days
from account_portal.orders.service.refunds import points_back
from account_portal.returns.schemas import KeptFee, ReturnQuote
from account_portal.states import RefundMode, ReturnResolution


class Quoted(NamedTuple):
    """Units of a line that go back."""

    line: OrderLine
    quantity: int
    resolution: str
    amount: int
    """What they cost, tax included; minor units."""
    fee: int
    """What of it the store keeps of a refund."""
    reason: str
    """Why they go back, in words."""
    reason_code: str | None
    """The same for programs."""
    needs_evidence: bool = False


def quote_of(
    ctx: Context,
    order: Order,
    items: Sequence[Quoted],
    back: order_rules.Means,
    *,
    sold: int,
    delivery: int = 0,
    changed: str = "",
) -> ReturnQuote:
    """Say what comes back for goods.

    Args:
        ctx: the call.
        order: of the caller.
        items: what goes back.
        back: how the worth of those to refund goes back, with delivery and less the fee.
        sold: what all lines of the order cost.
        delivery: what of the order's delivery comes back with them.
        changed: id of the request that would be for them; empty: a new one.
    """

    def major(amount: int) -> Decimal:
        return money.to_major(amount, order.currency)

    to_refund = [item for item in items if item.resolution == ReturnResolution.REFUND]
    value = sum(item.amount for item in to_refund)
    fee = sum(item.fee for item in to_refund)
    goods = sum(item.amount for item in items)
    less = order_rules.less_back(value + delivery - fee, back)
    kept = loyalty_rules.points_kept(order.loyalty_point_earned, sold, value)
    return ReturnQuote(
        lines=[
            PreviewedLine(
                sku=item.line.sku,
                product_name=item.line.product_name,
                quantity=item.quantity,
                amount=major(item.amount),
            )
            for item in items
        ],
        fee=major(fee),
        fees=[
            KeptFee(
                sku=item.line.sku,
                product_name=item.line.product_name,
                amount=major(item.fee),
                return_reason=item.reason,
                reason_code=cast("ReasonCode | None", item.reason_code),
            )
            for item in to_refund
            if item.fee
        ],
        way=way_back(ctx, order.id),
        working_days=working_days(ctx, RefundMode.ORIGINAL_PAYMENT_MODE, None),
        goods=major(goods),
        delivery=major(delivery),
        less=major(less),
        less_reason=order_rules.why_less(value, less) if to_refund else None,
        money=major(back.money),
        credit=major(back.credit),
        points=money.to_points(points_back(ctx, order, back.points)),
        points_amount=major(back.points),
        unpaid=major(back.unpaid),
        points_taken_back=money.to_points(order.loyalty_point_earned - kept)
        if ctx.settings.loyalty
        else Decimal(0),
        replaced_units=sum(item.quantity for item in items if item not in to_refund),
        replaced_amount=major(goods - value),
        evidence_required=[item.line.sku for item in items if item.needs_evidence],
        currency=order.currency,
    ).sealed(order.customer_id, order.id, deeds_of(ctx.db, order), changed)
