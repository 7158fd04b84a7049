"""A product's rating: the sum and the number of its approved reviews."""

from sqlalchemy import update
from sqlmodel import col

from account_portal.context import Context
from account_portal.models import Product, Review


def count_in_rating(ctx: Context, review: Review, times: int) -> None:
    """Count a review, as it is rated now, into its product's rating (1), or out of it (-1)."""
    if times:
        ctx.db.execute(
            update(Product)
            .where(col(Product.id) == review.product_id)
            .values(
                rating_sum=col(Product.rating_sum) + times * review.rating,
                rating_count=col(Product.rating_count) + times,
            )
        )
