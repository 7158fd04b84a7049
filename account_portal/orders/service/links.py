"""Ways from an order to the shop: its products, its cart, its checkout, its help."""

from collections.abc import Sequence
from urllib.parse import quote

from account_portal import routes
from account_portal.addresses.rules import country_code_of
from account_portal.context import Context
from account_portal.core.bulk import Stored
from account_portal.core.countries import EEA
from account_portal.orders import rules
from account_portal.orders.schemas import OrderDetail, OrderDetailItem


def product_links(ctx: Context, lines: Sequence[OrderDetailItem]) -> dict[str, str]:
    """The page of each product in the shop, by SKU; empty where the shop has not said where."""
    pattern = ctx.settings.product_url
    if not pattern:
        return {}
    return {
        line.sku: _filled(
            pattern, product_id=line.product_id, sku=line.sku, slug=line.slug or line.product_id
        )
        for line in lines
    }


def cart_link(ctx: Context, lines: Sequence[OrderDetailItem]) -> str:
    """The shop's cart with these lines in it; empty: the shop has not said where it is."""
    variants = [f"{line.variant_id or line.sku}:{line.quantity}" for line in lines]
    return _filled(ctx.settings.cart_url, items=cart_items(lines), variants=",".join(variants))


def cart_items(lines: Sequence[OrderDetailItem]) -> str:
    """What is to be bought again, as carts and storefronts read it: ``SKU:2,SKU-2:1``."""
    return ",".join(f"{line.sku}:{line.quantity}" for line in lines)


def help_link(ctx: Context, order_number: str) -> str:
    """Where the customer gets help with an order; empty: the shop has not said where."""
    if ctx.settings.help_url:
        return _filled(ctx.settings.help_url, order_number=order_number)
    address = ctx.settings.store_email
    return f"mailto:{address}?subject={quote(f'Order {order_number}')}" if address else ""


def withdraw_link(ctx: Context, order: OrderDetail, row: Stored) -> str:
    """Where the contract is withdrawn from; empty: no law asks for it, or it is long over.

    Of an order that went to the European Economic Area, as long as it can matter: by the law, or
    by a longer window of the store's. The page it leads to is open to everybody, always.

    Args:
        ctx: the call.
        order: as it is shown.
        row: of its facts.
    """
    country = order.shipping_address.country if order.shipping_address else None
    if not country or country_code_of(country) not in EEA:
        return ""
    is_open = any(one.until and ctx.now <= one.until for one in order.return_eligibility.lines)
    arrived = row["delivered_at"] if order.status in rules.DELIVERED else None
    if not is_open and not rules.can_still_withdraw(order.order_date, arrived, ctx.now):
        return ""
    return f"{routes.WITHDRAW}?order={quote(order.order_number, safe='')}"


def checkout_link(ctx: Context, order_number: str) -> str:
    """Where the shop takes the money for an order itself; empty: nowhere, or it is paid here."""
    if ctx.gateways.payments is not None:
        return ""
    return _filled(ctx.settings.checkout_url, order_number=order_number)


def _filled(pattern: str, **values: str) -> str:
    for name, value in values.items():
        pattern = pattern.replace(f"{{{name}}}", quote(value, safe=":,"))
    return pattern
