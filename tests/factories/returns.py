"""Returns, asked for and moved the way the product does it."""

from collections.abc import Callable, Sequence
from typing import Any

from account_portal.context import SHOP, Actor, Caller, enter
from account_portal.core.db import Database
from account_portal.models import Order, User
from account_portal.returns import service
from account_portal.returns.schemas import CreateOrderReturn, OrderReturn
from account_portal.states import ReturnStatus

_WAY: Sequence[tuple[ReturnStatus, Callable[..., None]]] = (
    (ReturnStatus.APPROVED, service.approve_return),
    (ReturnStatus.SHIPPED, service.mark_return_shipped),
    (ReturnStatus.RECEIVED, service.receive_return),
    (ReturnStatus.COMPLETE, service.complete_return),
)


def return_item(position: int = 0, **values: Any) -> dict[str, Any]:
    """One unit of a line of `make_line(position)`, for a refund."""
    return {
        "product_id": f"product-{position}",
        "sku": f"SKU-{position}",
        "quantity": 1,
        "resolution": "refund",
        "return_reason": "Too small",
        **values,
    }


def return_body(*items: dict[str, Any], **values: Any) -> dict[str, Any]:
    """A request body; one unit of the first line unless said otherwise."""
    return {"return_items": list(items) or [return_item()], **values}


def make_return(
    database: Database,
    user: User,
    order: Order,
    *items: dict[str, Any],
    status: ReturnStatus = ReturnStatus.CREATED,
    **values: Any,
) -> OrderReturn:
    """A return request of the user that came as far as `status`."""
    customer = Actor(kind="customer", user_id=user.id, customer_id=user.customer_id)
    data = CreateOrderReturn.model_validate(return_body(*items, **values))
    with enter(Caller(), writes=True, actor=customer, database=database) as ctx:
        made = service.create_return(ctx, order.order_number, data)
    move_return(database, made.request_number, status)
    with enter(Caller(), writes=False, actor=customer, database=database) as ctx:
        return service.get_return(ctx, order.order_number, made.request_number)


def move_return(database: Database, request_number: str, status: ReturnStatus) -> None:
    """Let the shop take a request that is `created` as far as `status`."""
    steps: list[tuple[Callable[..., None], tuple[str, ...]]] = []
    if status is ReturnStatus.REJECTED:
        steps = [(service.reject_return, (request_number, "Worn."))]
    elif status is not ReturnStatus.CREATED:
        reached = [step for step, _ in _WAY].index(status)
        steps = [(act, (request_number,)) for _, act in _WAY[: reached + 1]]
    for act, arguments in steps:
        with enter(Caller(), writes=True, actor=SHOP, database=database) as ctx:
            act(ctx, *arguments)
