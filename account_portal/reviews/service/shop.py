"""What only the shop does with reviews."""

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core.errors import NotFound
from account_portal.models import Product, Review
from account_portal.notifications import enqueue, mark_changed
from account_portal.notifications.messages.reviews import ReviewDecided
from account_portal.reviews import rules
from account_portal.reviews.service.rating import count_in_rating
from account_portal.states import ReviewStatus


def decide_review(ctx: Context, review_id: str, *, approved: bool) -> None:
    """Let others see a review, or not; may be decided anew, and the same again changes nothing.

    The product's rating follows.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such review.
    """
    ctx.require_shop()
    review = ctx.db.execute(
        select(Review).where(col(Review.id) == review_id).with_for_update()
    ).scalar_one_or_none()
    if review is None:
        raise NotFound(f"There is no review {review_id}.")
    decided = ReviewStatus.APPROVED if approved else ReviewStatus.REJECTED
    change = rules.counts(decided) - rules.counts(ReviewStatus(review.status))
    if review.status == decided:
        return
    review.status, review.modified_at = decided, ctx.now
    mark_changed(ctx.db, [review.customer_id])
    count_in_rating(ctx, review, change)
    ctx.db.flush()
    product = ctx.db.get_one(Product, review.product_id)
    news = ReviewDecided(store=ctx.settings.store_name, product=product.name, approved=approved)
    enqueue(ctx, news, customer_id=review.customer_id)
