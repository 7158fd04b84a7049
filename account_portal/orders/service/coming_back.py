"""What comes back with a deed, as its message tells it."""

from collections.abc import Mapping, Sequence

from account_portal.context import Context
from account_portal.core import money
from account_portal.core.written import written_amount, written_number
from account_portal.models import Order, Refund
from account_portal.orders import rules
from account_portal.orders.service.refund_reading import way_back
from account_portal.orders.service.refunds import points_back


def written_back(ctx: Context, currency: str, back: rules.Means) -> dict[str, str]:
    """Values of a `ComingBack` message; the points are hundredths of a point."""
    amounts = {"refund": back.money, "credit": back.credit, "unpaid": back.unpaid}
    found = written_amounts(ctx, currency, amounts)
    if back.points:
        found["points"] = written_number(money.to_points(back.points), ctx.settings.store_country)
    return found


def written_amounts(ctx: Context, currency: str, amounts: Mapping[str, int]) -> dict[str, str]:
    """Those of these amounts, in minor units, that are any, as messages write them."""
    return {
        name: written_amount(money.to_major(amount, currency), currency, ctx.settings.store_country)
        for name, amount in amounts.items()
        if amount
    }


def written_way_back(ctx: Context, order: Order, back: rules.Means) -> dict[str, str]:
    """The same of money that goes back where it came from, and that way."""
    way = {"way": way_back(ctx, order.id)} if back.money else {}
    return written_back(ctx, order.currency, back) | way


def means_of(ctx: Context, order: Order, refunds: Sequence[Refund]) -> rules.Means:
    """Refunds that wait by what they give back; points are hundredths of a point."""
    points = [one for one in refunds if one.payment_mode == rules.POINTS]
    credit = [one for one in refunds if one.payment_method == rules.STORE_CREDIT]
    return rules.Means(
        money=sum(one.refund_amount for one in refunds if one not in points + credit),
        points=sum(points_back(ctx, order, one.refund_amount, but=one) for one in points),
        credit=sum(one.refund_amount for one in credit),
    )
