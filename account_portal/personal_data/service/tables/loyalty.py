"""Points, credit and reviews."""

from sqlmodel import col

from account_portal import models as m
from account_portal.personal_data.service.tables.base import (
    Own,
    direct,
    ordering,
    owned,
)

LOYALTY: tuple[Own, ...] = (
    Own(
        m.LoyaltyAccount,
        "Loyalty membership",
        direct(m.LoyaltyAccount),
        "membership_number earned redeemed bonus savings created_at modified_at",
        ordering("customer_id"),
        scrubbed="membership_number",
        kept="customer_id",
    ),
    Own(
        m.LoyaltyActivity,
        "Loyalty points",
        direct(m.LoyaltyActivity),
        "external_id activity_type activity reference_number title loyalty_point remarks "
        "spendable_at created_at modified_at",
        ordering("id customer_id"),
        scrubbed="external_id remarks",
        kept="id customer_id activity_type activity reference_number title",
    ),
    Own(
        m.CreditActivity,
        "Store credit",
        direct(m.CreditActivity),
        "currency amount cause reference_number created_at",
        ordering("id customer_id"),
        kept="id customer_id currency cause reference_number",
    ),
    Own(
        m.Review,
        "Reviews",
        direct(m.Review),
        "id product_id order_number status rating review_text review_date tags created_at "
        "modified_at",
        ordering("customer_id"),
    ),
    Own(
        m.ReviewMedia,
        "Photos and videos of reviews",
        lambda customer_id: col(m.ReviewMedia.review_id).in_(owned(m.Review.id, customer_id)),
        "review_id position media_id",
    ),
)
