"""Reviews, and small files that look like videos."""

from datetime import UTC, datetime
from typing import Any

from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.models import Product, Review, User

MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isommp42" + b"\x00" * 200
WEBM = b"\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1f\x42\x82\x84webm" + b"\x00" * 200


def make_product(database: Database, **values: Any) -> Product:
    """A product nobody bought yet."""
    now = datetime.now(UTC)
    product = Product(
        **{
            "id": new_id(),
            "name": "Teapot",
            "slug": "teapot",
            "currency": "INR",
            "selling_price": 120000,
            "listing_price": 150000,
            "created_at": now,
            "modified_at": now,
            **values,
        }
    )
    with database.session(writes=True) as db:
        db.add(product)
        db.commit()
    return product


def make_review(database: Database, user: User, product_id: str, **values: Any) -> Review:
    """A pending review of four stars, as an import might have left it."""
    now = datetime.now(UTC)
    review = Review(
        **{
            "customer_id": user.customer_id,
            "product_id": product_id,
            "order_number": "ORD-older",
            "status": "pending",
            "rating": 8,
            "review_text": "Good.",
            "review_date": now,
            "created_at": now,
            "modified_at": now,
            **values,
        }
    )
    with database.session(writes=True) as db:
        db.add(review)
        db.commit()
    return review
