"""What rows of lists bring along, so that nobody has to ask for each by itself."""

from collections.abc import Collection, Sequence
from typing import Any, TypeVar

from account_portal.context import Context
from account_portal.merchant.lists.orders import orders_by_number
from account_portal.merchant.lists.people import customers_by_id
from account_portal.merchant.rows import OfCustomer
from account_portal.security.api_keys import require_to_read

Shown = TypeVar("Shown", bound=OfCustomer)


def bring_along(ctx: Context, rows: Sequence[Shown], expand: Collection[str]) -> list[Shown]:
    """The rows, with their customers and orders as `expand` asks.

    Raises:
        InsufficientScope: the key may not read those.
    """
    require_to_read(ctx.actor.scopes, *expand)
    shown: list[Any] = list(rows)
    if "customer" in expand:
        customers = customers_by_id(ctx, {row.customer_id for row in shown})
        for row in shown:
            row.customer = customers.get(row.customer_id)
    if "order" in expand:
        orders = orders_by_number(ctx, {row.order_number for row in shown})
        for row in shown:
            row.order = orders.get(row.order_number)
    return shown
