"""Claims, opened and decided the way the product does it."""

from typing import Any

from account_portal.claims import service
from account_portal.claims.schemas import AcceptClaim, Claim, CreateClaim
from account_portal.context import SHOP, Actor, Caller, enter
from account_portal.core.db import Database
from account_portal.models import Order, User


def claim_item(position: int = 0, **values: Any) -> dict[str, Any]:
    """One damaged unit of a line of `make_line(position)`."""
    return {"sku": f"SKU-{position}", "quantity": 1, "problem": "damaged", **values}


def claim_body(*items: dict[str, Any], **values: Any) -> dict[str, Any]:
    """A request body; one damaged unit of the first line, for a refund, unless said otherwise."""
    body: dict[str, Any] = {"wish": "refund", **values}
    if "reference_number" not in body:
        body["claim_items"] = list(items) or [claim_item()]
    return body


def make_claim(
    database: Database, user: User, order: Order, *items: dict[str, Any], **values: Any
) -> Claim:
    """A claim of the user that is open."""
    customer = Actor(kind="customer", user_id=user.id, customer_id=user.customer_id)
    data = CreateClaim.model_validate(claim_body(*items, **values))
    with enter(Caller(), writes=True, actor=customer, database=database) as ctx:
        return service.create_claim(ctx, order.order_number, data)


def decide_claim(database: Database, claim_number: str, **values: Any) -> None:
    """Let the shop agree, with a refund unless said otherwise; `reason` declines."""
    with enter(Caller(), writes=True, actor=SHOP, database=database) as ctx:
        if "reason" in values:
            service.reject_claim(ctx, claim_number, values["reason"])
        else:
            data = AcceptClaim.model_validate({"resolution": "refund", **values})
            service.accept_claim(ctx, claim_number, data)
