"""Decisions on reviews."""

from typing import Annotated

from fastapi import Query

from account_portal.api.deps import Ctx
from account_portal.core.pagination import CursorPage
from account_portal.merchant import deeds, lists
from account_portal.merchant.api.deps import Id, merchant_router
from account_portal.merchant.rows import (
    CustomerExpanded,
    ReviewRow,
    ReviewsQuery,
)
from account_portal.merchant.schemas import ReviewState

router = merchant_router("Reviews")
OF_REVIEW = deeds.guard("review")


@router.expose(
    "POST",
    "/reviews/{id}/approve",
    operation_id="approve-review",
    guard=OF_REVIEW,
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
    guard=OF_REVIEW,
    summary="Keep a review from others",
    message="Review rejected.",
    scope="reviews:write",
    also=(404,),
    idempotent=True,
)
def reject_review(ctx: Ctx, id: Id) -> ReviewState:
    """Its customer may write it anew."""
    return deeds.decide_review(ctx, id, approved=False)


@router.expose(
    "GET",
    "/reviews",
    operation_id="list-reviews",
    summary="List reviews",
    message="Reviews.",
    content="reviews",
    scope="reviews:read",
)
def list_reviews(ctx: Ctx, query: Annotated[ReviewsQuery, Query()]) -> CursorPage[list[ReviewRow]]:
    """Reviews of any customer; a queue is a list of one state."""
    return lists.list_reviews(ctx, query)


@router.expose(
    "GET",
    "/reviews/{id}",
    operation_id="get-review",
    summary="Read one review",
    message="Review.",
    scope="reviews:read",
    also=(404,),
)
def get_review(ctx: Ctx, id: Id, query: Annotated[CustomerExpanded, Query()]) -> ReviewRow:
    """As it is now."""
    return lists.get_review(ctx, id, query.expand)
