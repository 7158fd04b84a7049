"""What can be done with points; the only place that decides."""

from account_portal.loyalty.service.explaining import (
    get_point_sums,
    list_months_of_points,
    list_store_credit,
)
from account_portal.loyalty.service.ledger import (
    give_back_credit,
    give_back_points,
    membership_number_of,
    record_activity,
    take_back_points,
)
from account_portal.loyalty.service.order_points import (
    earn_for_order,
    points_spent_on,
    settle_cancelled_order,
    take_back_for_order,
)
from account_portal.loyalty.service.reading import (
    get_loyalty,
    get_tier_progress,
    list_activities,
    list_waiting_points,
)
from account_portal.loyalty.service.shop import expire_points, grant_points

__all__ = [
    "earn_for_order",
    "expire_points",
    "get_loyalty",
    "get_point_sums",
    "get_tier_progress",
    "give_back_credit",
    "give_back_points",
    "grant_points",
    "list_activities",
    "list_months_of_points",
    "list_store_credit",
    "list_waiting_points",
    "membership_number_of",
    "points_spent_on",
    "record_activity",
    "settle_cancelled_order",
    "take_back_for_order",
    "take_back_points",
]
