"""What customers hear of their claims, and the end of those whose parcel came after all."""

from collections.abc import Collection

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core.bulk import table_of
from account_portal.core.reading import PreparedSelect, is_among, read_among
from account_portal.models import Claim, Order, Shipment
from account_portal.notifications import enqueue, mark_changed
from account_portal.notifications.messages.claims import ClaimMoved, ClaimStep
from account_portal.orders import rules
from account_portal.orders.service.coming_back import written_way_back
from account_portal.states import ClaimStatus, ShipmentStatus

ARRIVED = "The parcel arrived."
"""Why a claim was closed that its customer did not withdraw; the shop reads it too."""
_ARRIVED = PreparedSelect(
    select(col(Claim.id))
    .join(Shipment, col(Shipment.id) == col(Claim.shipment_id))
    .where(
        is_among(table_of(Claim).c.order_id),
        col(Claim.status) == ClaimStatus.OPEN,
        col(Shipment.status) == ShipmentStatus.DELIVERED,
    )
    .order_by(col(Claim.id))
)


def tell_claim(
    ctx: Context,
    claim: Claim,
    order: Order,
    step: ClaimStep,
    *,
    back: rules.Means | None = None,
) -> None:
    """Tell the customer of a step of a claim, and the pages that show it.

    Args:
        ctx: the call.
        claim: which.
        order: its order.
        step: what happened.
        back: what comes back, if anything.
    """
    ctx.db.flush()
    mark_changed(ctx.db, [claim.customer_id])
    message = ClaimMoved(
        step=step,
        claim_number=claim.claim_number,
        order_number=order.order_number,
        store=ctx.settings.store_name,
        is_parcel=claim.shipment_id is not None,
        answer=claim.answer if step in ("refunded", "replaced", "send_back", "rejected") else None,
        **(written_way_back(ctx, order, back) if back else {}),
    )
    enqueue(ctx, message, customer_id=claim.customer_id)


def close_arrived_claims(ctx: Context, order_ids: Collection[str]) -> list[str]:
    """Close what was reported of parcels of these orders that arrived since; ask how they came.

    Nobody could agree to such a claim any more, and what came damaged, or not into the customer's
    hands, is claimed by its items. Call it before the orders are derived anew.

    Returns:
        Ids of the orders whose claims were closed.
    """
    ctx.db.flush()
    closed = []
    for (claim_id,) in list(read_among(ctx.db, _ARRIVED, order_ids)):
        claim = ctx.db.get_one(Claim, claim_id, populate_existing=True)
        claim.status, claim.answer = ClaimStatus.WITHDRAWN, ARRIVED
        claim.withdrawn_at = claim.modified_at = ctx.now
        tell_claim(ctx, claim, ctx.db.get_one(Order, claim.order_id), "arrived")
        closed.append(claim.order_id)
    return closed
