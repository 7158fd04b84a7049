"""What can be done with reviews; the only place that decides."""

from account_portal.reviews.service.reading import list_ready_for_review, list_reviews
from account_portal.reviews.service.shop import decide_review
from account_portal.reviews.service.writing import create_review, delete_review, update_review

__all__ = [
    "create_review",
    "decide_review",
    "delete_review",
    "list_ready_for_review",
    "list_reviews",
    "update_review",
]
