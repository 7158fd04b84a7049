"""Routes of reviews."""

from typing import Annotated

from fastapi import Path

from account_portal.api.deps import Ctx, OwnUser
from account_portal.api.router import ContractRouter
from account_portal.core.schemas import Ulid
from account_portal.media.rules import upload_limit
from account_portal.reviews import rules, service
from account_portal.reviews.schemas import (
    MAX_VIDEOS,
    CreateReview,
    CustomerReviews,
    ProductId,
    UpdateReview,
)

router = ContractRouter(tag="Reviews")

ProductIdPath = Annotated[ProductId, Path(description="Product id.")]

UPLOAD_LIMIT = upload_limit(MAX_VIDEOS)


@router.expose(
    "GET",
    "/customers/{user_id}/reviews",
    operation_id="list-customer-reviews",
    summary="Reviews written and products that wait for one",
    message="Your reviews.",
)
def list_reviews(ctx: Ctx, user_id: OwnUser) -> CustomerReviews:
    """All reviews of the user, whatever their state."""
    return service.list_reviews(ctx)


ReviewIdPath = Annotated[Ulid, Path(description="Review id.")]


@router.expose(
    "PUT",
    "/customers/{user_id}/reviews/{review_id}",
    operation_id="update-customer-review",
    summary="Change a review",
    message="Review saved.",
    also=(404, 413, 415),
    writes=False,
    form=True,
    accepts_json=True,
    body_limit=UPLOAD_LIMIT,
)
def update_review(ctx: Ctx, user_id: OwnUser, review_id: ReviewIdPath, data: UpdateReview) -> None:
    """What is left out stays; what changes is checked again by the store."""
    service.update_review(ctx, review_id, data)


@router.expose(
    "DELETE",
    "/customers/{user_id}/reviews/{review_id}",
    operation_id="delete-customer-review",
    summary="Delete a review",
    message="Review deleted.",
    also=(404,),
)
def delete_review(ctx: Ctx, user_id: OwnUser, review_id: ReviewIdPath) -> None:
    """Its photos and videos go too, and the product waits for a review again."""
    service.delete_review(ctx, review_id)


@router.expose(
    "POST",
    "/catalog/products/{product_id}/reviews",
    operation_id="create-product-review",
    summary="Write a review",
    message="Thank you. Your review will appear once it is approved.",
    raises=(rules.ReviewExists, rules.ProductNotPurchased),
    also=(404, 413, 415),
    writes=False,
    form=True,
    accepts_json=True,
    idempotent=True,
    body_limit=UPLOAD_LIMIT,
)
def create_review(ctx: Ctx, product_id: ProductIdPath, data: CreateReview) -> None:
    """Photos and videos come as a form; without them JSON will do."""
    service.create_review(ctx, product_id, data)
