"""Decisions on reviews."""

from account_portal.api.deps import Ctx
from account_portal.merchant import deeds
from account_portal.merchant.api.deps import Id, merchant_router
from account_portal.merchant.schemas import ReviewState

router = merchant_router("Reviews")


@router.expose(
    "POST",
    "/reviews/{id}/approve",
    operation_id="approve-review",
    summary="Let others see a review",
    message="Review approved.",
    scope="reviews:write",
    also=(404,),
    idempotent=True,
)
def approve_review(ctx: Ctx, id: Id) -> ReviewState:
    """May be decided anew; the product's rating follows."""
    return deeds.decide_review(ctx, id, approved=True)


@router.expose(
    "POST",
    "/reviews/{id}/reject",
    operation_id="reject-review",
    summary="Keep a review from others",
    message="Review rejected.",
    scope="reviews:write",
    also=(404,),
    idempotent=True,
)
def reject_review(ctx: Ctx, id: Id) -> ReviewState:
    """Its customer may write it anew."""
    return deeds.decide_review(ctx, id, approved=False)
