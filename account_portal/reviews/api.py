"""Routes of reviews."""

from typing import Annotated

from fastapi import Path

from account_portal.api.deps import Ctx, OwnUser
from account_portal.api.router import ContractRouter
from account_portal.reviews import rules, service
from account_portal.reviews.schemas import (
    MAX_IMAGES,
    MAX_VIDEOS,
    CreateReview,
    CustomerReviews,
    ProductId,
)

router = ContractRouter(tag="Reviews")

ProductIdPath = Annotated[ProductId, Path(description="Product id.")]

_MIB = 1024 * 1024
UPLOAD_LIMIT = MAX_IMAGES * 5 * _MIB + MAX_VIDEOS * rules.MAX_VIDEO_BYTES + _MIB
"""Bytes of a form with all the photos and videos that are allowed."""


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
