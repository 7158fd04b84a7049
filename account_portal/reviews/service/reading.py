"""Reading reviews: three statements, however many there are."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core import money
from account_portal.media.rules import readable_size
from account_portal.media.service import media_url, picture_url
from account_portal.models import Media, Product, Purchase, Review, ReviewMedia
from account_portal.reviews import rules
from account_portal.reviews.schemas import (
    CustomerReadyForReview,
    CustomerReview,
    CustomerReviews,
    ReviewImage,
    ReviewVideo,
)

VIDEO = "review_video"
IMAGE = "review_image"


def list_reviews(ctx: Context) -> CustomerReviews:
    """All reviews of the caller, newest first, and the products that wait for one."""
    rows = ctx.db.execute(
        ctx.owned(Review)
        .join(Product, col(Product.id) == col(Review.product_id))
        .add_columns(Product)
        .order_by(col(Review.review_date).desc(), col(Review.id).desc())
    ).all()
    files = _files(ctx)
    return CustomerReviews(
        reviews=[_view(row, files[row[0].id]) for row in rows],
        ready_for_review=list_ready_for_review(ctx),
    )


def _files(ctx: Context) -> dict[str, list[Media]]:
    """Files of the caller's reviews, in order."""
    found: dict[str, list[Media]] = defaultdict(list)
    rows = ctx.db.execute(
        ctx.owned(Media)
        .join(ReviewMedia, col(ReviewMedia.media_id) == col(Media.id))
        .add_columns(col(ReviewMedia.review_id))
        .order_by(col(ReviewMedia.review_id), col(ReviewMedia.position))
    )
    for media, review_id in rows:
        found[review_id].append(media)
    return found


def _view(row: Any, files: list[Media]) -> CustomerReview:
    review, product = row
    return CustomerReview(
        id=review.id,
        product_id=review.product_id,
        product_name=product.name,
        product_image_url=product.image_url,
        status=review.status,
        rating=rules.stars(review.rating),
        review_text=review.review_text,
        review_date=review.review_date,
        average_rating=rules.average(product.rating_sum, product.rating_count),
        tags=review.tags,
        images=[
            ReviewImage(
                thumbnail_url=picture_url(file.id, "small"),
                standard_url=media_url(file.id, "large.webp"),
            )
            for file in files
            if file.kind == IMAGE
        ],
        videos=[
            ReviewVideo(
                video_preview_url=media_url(file.id, file.sizes),
                size=readable_size(file.byte_count),
            )
            for file in files
            if file.kind == VIDEO
        ],
        listing_price=money.to_major(product.listing_price, product.currency),
        selling_price=money.to_major(product.selling_price, product.currency),
        order_number=review.order_number,
        created_at=review.created_at,
        modified_at=review.modified_at,
    )


def list_ready_for_review(
    ctx: Context, limit: int | None = None, *, within: timedelta | None = None
) -> list[CustomerReadyForReview]:
    """Products the caller received and never reviewed, latest first, each with its latest order.

    A product the store no longer knows can't be reviewed, so it does not wait.

    Args:
        ctx: who calls.
        limit: no more than these.
        within: only of what was ordered so long ago at most.
    """
    lately = [] if within is None else [col(Purchase.order_date) >= ctx.now - within]
    statement = (
        ctx.owned(Purchase)
        .where(
            *lately,
            exists(select(col(Product.id)).where(col(Product.id) == col(Purchase.product_id))),
            ~exists(
                select(col(Review.id)).where(
                    col(Review.customer_id) == col(Purchase.customer_id),
                    col(Review.product_id) == col(Purchase.product_id),
                )
            ),
        )
        .order_by(col(Purchase.order_date).desc(), col(Purchase.product_id))
        .limit(limit)
    )
    return [
        CustomerReadyForReview(
            product_id=row.product_id,
            product_name=row.product_name,
            product_image_url=row.product_image_url,
            selling_price=money.to_major(row.selling_price, row.currency),
            listing_price=money.to_major(row.listing_price, row.currency),
            order_number=row.order_number,
        )
        for row in ctx.db.execute(statement).scalars()
    ]
