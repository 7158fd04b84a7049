"""What all steps of a claim share."""

from account_portal.context import Context
from account_portal.core import money
from account_portal.core.written import written_amount
from account_portal.models import Claim, Order
from account_portal.notifications import enqueue, mark_changed
from account_portal.notifications.messages.claims import ClaimMoved, ClaimStep


def tell(
    ctx: Context, claim: Claim, order: Order, step: ClaimStep, *, amount: int | None = None
) -> None:
    """Tell the customer of a step, and the pages that show it.

    Args:
        ctx: the call.
        claim: which.
        order: its order.
        step: what happened.
        amount: what goes back, in minor units.
    """
    ctx.db.flush()
    mark_changed(ctx.db, [claim.customer_id])
    shown = None
    if amount is not None:
        major = money.to_major(amount, order.currency)
        shown = written_amount(major, order.currency, ctx.settings.store_country)
    message = ClaimMoved(
        step=step,
        claim_number=claim.claim_number,
        order_number=order.order_number,
        store=ctx.settings.store_name,
        amount=shown,
        answer=claim.answer,
    )
    enqueue(ctx, message, customer_id=claim.customer_id)
