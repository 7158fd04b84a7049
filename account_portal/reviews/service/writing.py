"""Writing a review, with its photos and videos."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core.errors import Forbidden, NotFound
from account_portal.core.schemas import Upload
from account_portal.media.service import (
    CONTENT_TYPES,
    PHOTO,
    delete_media,
    prepare_picture,
    store_media,
)
from account_portal.models import Order, OrderLine, Product, Review, ReviewMedia
from account_portal.orders.rules import DELIVERED
from account_portal.reviews import rules
from account_portal.reviews.schemas import CreateReview
from account_portal.reviews.service.reading import IMAGE, VIDEO
from account_portal.states import ReviewStatus


@dataclass(frozen=True, slots=True)
class _File:
    """Something to keep, ready to be written."""

    kind: str
    content_type: str
    files: Mapping[str, bytes | BinaryIO]


def create_review(ctx: Context, product_id: str, data: CreateReview) -> None:
    """Review a product the caller received; the store decides whether others see it.

    A rejected review may be written again and takes the place of the old one. Leaves the reading
    transaction: pictures are decoded before the writing one begins.

    Raises:
        Forbidden: `user_id` is not the caller.
        NotFound: no such product.
        ProductNotPurchased: no delivered order of the caller of that number contains it.
        ReviewExists: the caller's review of it waits or was approved.
        PayloadTooLarge, UnsupportedMediaType, PictureUnreadable: a file cannot be taken.
    """
    if data.user_id is not None and data.user_id != ctx.user_id:
        raise Forbidden
    _require_writable(ctx, product_id, data.order_number)
    files = [_prepared_image(place, upload) for place, upload in enumerate(data.images)]
    files += [_prepared_video(place, upload) for place, upload in enumerate(data.videos)]
    ctx.begin_writing()
    ctx.get_user(lock=True)  # twins of one user queue here
    review = _require_writable(ctx, product_id, data.order_number)
    if review is None:
        review = Review(
            customer_id=ctx.customer_id,
            product_id=product_id,
            order_number=data.order_number,
            status=ReviewStatus.PENDING,
            rating=rules.half_stars(data.rating),
            review_date=ctx.now,
            created_at=ctx.now,
            modified_at=ctx.now,
        )
    review.order_number, review.status = data.order_number, ReviewStatus.PENDING
    review.rating, review.review_text = rules.half_stars(data.rating), data.review_text
    review.review_date = review.modified_at = ctx.now
    ctx.db.add(review)
    ctx.db.flush()
    _replace_files(ctx, review, files)


def _require_writable(ctx: Context, product_id: str, order_number: str) -> Review | None:
    """Check what the database says; the caller's rejected review of the product, if any."""
    if ctx.db.get(Product, product_id) is None:
        raise NotFound
    received = ctx.db.execute(
        ctx.owned(Order)
        .with_only_columns(col(Order.id))
        .join(OrderLine, col(OrderLine.order_id) == col(Order.id))
        .where(
            col(Order.order_number) == order_number,
            col(Order.status).in_(sorted(DELIVERED)),
            col(OrderLine.product_id) == product_id,
        )
        .limit(1)
    ).first()
    if received is None:
        raise rules.ProductNotPurchased
    review: Review | None = ctx.db.execute(
        ctx.owned(Review).where(col(Review.product_id) == product_id)
    ).scalar_one_or_none()
    if not rules.may_write(ReviewStatus(review.status) if review else None):
        raise rules.ReviewExists
    return review


def _prepared_image(place: int, upload: Upload) -> _File:
    files = prepare_picture(upload, PHOTO, field=f"images.{place}")
    return _File(IMAGE, CONTENT_TYPES["webp"], files)


def _prepared_video(place: int, upload: Upload) -> _File:
    field = f"videos.{place}"
    rules.check_video_size(upload.measure(), field=field)
    kind = rules.video_kind(upload.read(4096), field=field)
    # Not read into memory: it goes from the file it came in to the file it is kept in.
    return _File(VIDEO, CONTENT_TYPES[kind], {f"video.{kind}": upload.file})


def _replace_files(ctx: Context, review: Review, files: list[_File]) -> None:
    old = ctx.db.execute(
        select(ReviewMedia).where(col(ReviewMedia.review_id) == review.id)
    ).scalars()
    gone = []
    for link in old.all():
        gone.append(link.media_id)
        ctx.db.delete(link)
    ctx.db.flush()
    for media_id in gone:
        delete_media(ctx, media_id)
    for position, file in enumerate(files):
        media = store_media(ctx, file.kind, file.files, file.content_type)
        ctx.db.add(ReviewMedia(review_id=review.id, position=position, media_id=media.id))
    ctx.db.flush()
