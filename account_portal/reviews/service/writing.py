"""Writing a review, with its photos and videos."""

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core.errors import Forbidden, NotFound
from account_portal.media.service import PreparedFile, delete_media, prepare_files, store_media
from account_portal.models import Order, OrderLine, Product, Review, ReviewMedia
from account_portal.orders.rules import DELIVERED
from account_portal.reviews import rules
from account_portal.reviews.schemas import CreateReview, UpdateReview
from account_portal.reviews.service.rating import count_in_rating
from account_portal.reviews.service.reading import IMAGE, VIDEO
from account_portal.states import ReviewStatus


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
    files = _prepared(data)
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


def update_review(ctx: Context, review_id: str, data: UpdateReview) -> bool:
    """Change a review of the caller; the store decides anew whether others see it.

    What changes nothing leaves its state as it is, unless it was declined. Leaves the reading
    transaction, as `create_review` does.

    Returns:
        Whether the store has to look at it.

    Raises:
        NotFound: no such review of the caller.
        PayloadTooLarge, UnsupportedMediaType, PictureUnreadable: a file cannot be taken.
    """
    ctx.get_owned(Review, id=review_id)
    files = _prepared(data)
    ctx.begin_writing()
    review = _locked(ctx, review_id)
    had_files = ctx.db.execute(
        select(ReviewMedia).where(col(ReviewMedia.review_id) == review.id).limit(1)
    ).first()
    rating = review.rating if data.rating is None else rules.half_stars(data.rating)
    text = review.review_text if data.review_text is None else data.review_text
    is_other_media = bool(files) or (data.remove_files and had_files is not None)
    is_same = (rating, text) == (review.rating, review.review_text) and not is_other_media
    if is_same and not rules.may_write(ReviewStatus(review.status)):
        return False
    count_in_rating(ctx, review, -rules.counts(ReviewStatus(review.status)))
    review.rating, review.review_text, review.status = rating, text, ReviewStatus.PENDING
    review.review_date = review.modified_at = ctx.now
    ctx.db.flush()
    if is_other_media:
        _replace_files(ctx, review, files)
    return True


def delete_review(ctx: Context, review_id: str) -> None:
    """Delete a review of the caller with its files; its product waits for one again.

    Raises:
        NotFound: no such review of the caller.
    """
    review = _locked(ctx, review_id)
    count_in_rating(ctx, review, -rules.counts(ReviewStatus(review.status)))
    _replace_files(ctx, review, [])
    ctx.db.delete(review)
    ctx.db.flush()


def _locked(ctx: Context, review_id: str) -> Review:
    """A review of the caller, as it stands now; the shop may be deciding it."""
    ctx.get_user(lock=True)  # as writing does, so that the two queue
    return ctx.get_owned(Review, lock=True, id=review_id)


def _prepared(data: CreateReview | UpdateReview) -> list[PreparedFile]:
    return prepare_files(data.images, data.videos, kinds=(IMAGE, VIDEO))


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


def _replace_files(ctx: Context, review: Review, files: list[PreparedFile]) -> None:
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
