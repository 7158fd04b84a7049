"""What an order cost, and what of its money arrived and went back."""

from decimal import Decimal

from account_portal.core import money
from account_portal.orders import rules
from account_portal.orders.facts import OrderFacts, cancelled_worth
from account_portal.orders.schemas import OrderDetail, PriceBreakdown


def price_breakdown(order: OrderDetail, facts: OrderFacts) -> PriceBreakdown:
    """Amounts that add up to the total, and what of it is left after items were cancelled.

    History is kept as it was sold, so an imported order may cost more or less than its lines say:
    the difference is shown, not hidden.
    """
    lines = order.order_items
    items = sum(
        (line.selling_price * (line.quantity - line.free_quantity) for line in lines), Decimal(0)
    )
    outside = all(not line.price_including_tax for line in lines) and bool(lines)
    tax = order.item_total_tax if outside else Decimal(0)
    shipping = order.shipping_amount_including_tax
    handling = order.handling_charge_including_tax
    known = (
        items
        - order.promotion_discount_amount
        - order.coupon_discount_amount
        + tax
        + shipping
        + handling
    )
    difference = order.grand_total - known
    gone, currency = cancelled_worth(facts), order.currency.code
    account = rules.account_of(facts.money())
    points = order.grand_total - order.credit_balance_used - order.to_be_paid
    return PriceBreakdown(
        items_amount=items,
        promotion=order.promotion_discount_amount,
        coupon=order.coupon_discount_amount,
        tax=tax,
        shipping=shipping,
        handling=handling,
        surcharge=max(difference, Decimal(0)),
        reduction=max(-difference, Decimal(0)),
        total=order.grand_total,
        cancelled=money.to_major(gone.amount, currency),
        cancel_charge=money.to_major(gone.charge, currency),
        points=points - money.to_major(gone.points, currency),
        credit=order.credit_balance_used - money.to_major(gone.credit, currency),
        received=money.to_major(account.arrived, currency),
        refunded=money.to_major(account.gone, currency),
        to_pay=money.to_major(rules.payable(facts.money()), currency),
    )
