"""Reviews of products."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from account_portal.core.db import JsonType, UtcDateTime
from account_portal.models.base import Identified, Stamped


class Review(Identified, Stamped, table=True):
    """What a customer says of a product; one per customer and product."""

    __tablename__ = "reviews"
    __table_args__ = (
        Index("ix_reviews_modified_at", "modified_at", "id"),
        Index("ix_reviews_status", "status", "id"),
        Index("ix_reviews_status_modified_at", "status", "modified_at", "id"),
        UniqueConstraint("customer_id", "product_id"),
        Index("ix_reviews_customer_id_review_date", "customer_id", "review_date", "id"),
        Index("ix_reviews_product_id_status", "product_id", "status", "review_date"),
        CheckConstraint("rating BETWEEN 2 AND 10", name="rating_in_half_stars"),
    )

    customer_id: str = Field(max_length=26)
    product_id: str = Field(foreign_key="products.id", max_length=64)
    order_number: str = Field(max_length=40)
    status: str = Field(max_length=10)
    rating: int = Field(description="Half stars, 2 to 10.")
    review_text: str = Field(default="", sa_type=Text)
    review_date: datetime = Field(sa_type=UtcDateTime)
    tags: list[str] = Field(default_factory=list, sa_type=JsonType)


class ReviewMedia(SQLModel, table=True):
    """A photo or video of a review, in order."""

    __tablename__ = "review_media"

    review_id: str = Field(primary_key=True, foreign_key="reviews.id", max_length=26)
    position: int = Field(primary_key=True)
    media_id: str = Field(foreign_key="media.id", max_length=26, index=True)
