"""Lines of imported orders as rows."""

from collections.abc import Sequence
from itertools import count
from operator import attrgetter

from account_portal.core.bulk import Row
from account_portal.core.ids import new_id
from account_portal.core.money import exponent, round_half_up
from account_portal.merchant.importing.amounts import LineAmounts, minor
from account_portal.merchant.importing.records import LineRecord, OrderRecord

_PLAIN_LINE = (
    "product_type",
    "download_url",
    "category",
    "tags",
    "slug",
    "variant_id",
    "variant_name",
    "backorder",
    "on_offer",
    "on_promotion",
    "on_subscription",
    "subscription_plan",
    "subscription_interval",
    "subscription_frequency",
    "quantity",
    "free_quantity",
    "price_including_tax",
    "tax_type",
    "associated_options",
)
_plain_of = attrgetter(*_PLAIN_LINE)


def line_rows(
    order_id: str, record: OrderRecord, amounts: Sequence[LineAmounts], currency: str
) -> list[Row]:
    """The rows of an order's lines, in its order; their amounts were added up before."""
    digits = exponent(currency)
    taken: set[str] = set()
    others = {line.sku for line in record.lines if line.sku}
    return [
        _line_row(order_id, position, line, amount, digits, taken, others)
        for position, (line, amount) in enumerate(zip(record.lines, amounts, strict=True))
    ]


def _line_row(
    order_id: str,
    position: int,
    line: LineRecord,
    amount: LineAmounts,
    digits: int,
    taken: set[str],
    others: set[str],
) -> Row:
    product_id = line.product_id or line.sku or (line.product_name or "")[:64]
    sold_as = line.sku or product_id
    sku = sold_as
    if sold_as in taken:
        sku = free_sku(sold_as, taken | others)
    taken.add(sku)
    row: Row = dict(zip(_PLAIN_LINE, _plain_of(line), strict=True))
    rate = line.tax_rate
    net_price = amount.selling_price
    if rate and line.price_including_tax:
        net_price = round_half_up(amount.selling_price * 100 / (100 + rate))
    row.update(
        id=new_id(),
        order_id=order_id,
        position=position,
        product_id=product_id,
        product_name=line.product_name or product_id,
        product_image_url=line.product_image_url,
        sku=sku,
        twin_of=line.twin_of or (sold_as if sku != sold_as else None),
        is_free_item=line.free_quantity == line.quantity,
        selling_price=amount.selling_price,
        listing_price=amount.listing_price,
        selling_price_excluding_tax=net_price,
        promotion_discount_amount=amount.promotion,
        coupon_discount_amount=amount.coupon,
        tax_rate=round_half_up(rate * 100) if rate else 0,
        tax_amount=amount.tax,
        line_total=amount.total,
        shipping_additional_cost=minor(line.shipping_additional_cost, digits),
    )
    return row


def free_sku(sku: str, taken: set[str]) -> str:
    """The sku with a number behind it that no other line of the order has."""
    for number in count(2):
        ending = f"-{number}"
        free = sku[: 64 - len(ending)] + ending
        if free not in taken:
            break
    return free
