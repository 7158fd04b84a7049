"""Rules of reviews: pure, no database, no clock. Ratings are half stars, 2 to 10."""

from decimal import ROUND_HALF_UP, Decimal

from account_portal.core.errors import Conflict, Unprocessable
from account_portal.states import ReviewStatus


class ProductNotPurchased(Unprocessable):
    """The caller has no such order, or it did not arrive, or the product is not in it."""

    code = "product_not_purchased"
    message = "You can review what you received with this order."


class ReviewExists(Conflict):
    """The caller reviewed the product before."""

    code = "review_exists"
    message = "You have reviewed this product already."


def half_stars(rating: Decimal) -> int:
    """A rating of 1 to 5 as it is stored."""
    return int(rating * 2)


def stars(rating: int) -> Decimal:
    """A stored rating as it is shown."""
    return Decimal(rating) / 2


def average(rating_sum: int, rating_count: int) -> Decimal:
    """Mean of stored ratings in stars, to two decimals; zero when there are none."""
    if rating_count <= 0:
        return Decimal(0)
    mean = Decimal(rating_sum) / (2 * rating_count)
    return mean.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def may_write(existing: ReviewStatus | None) -> bool:
    """Whether a review may be written where there is one of that state, or none."""
    return existing in {None, ReviewStatus.REJECTED}


def counts(status: ReviewStatus) -> bool:
    """Whether a review is part of its product's rating."""
    return status is ReviewStatus.APPROVED
