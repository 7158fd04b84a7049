"""What the people of the demo think of what they bought."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlmodel import SQLModel

from account_portal.demo.catalog import CURRENCY, PRODUCTS
from account_portal.demo.seed.ids import seeded_id
from account_portal.demo.seed.orders import Written
from account_portal.demo.seed.people import DEMO, SAM, Person
from account_portal.models import Product, Review
from account_portal.states import ReviewStatus


class Said(NamedTuple):
    """One review; the rating is in stars, `days` before the reference day."""

    person: Person
    product_id: str
    status: ReviewStatus
    rating: float
    days: float
    text: str
    tags: tuple[str, ...] = ()


REVIEWS = (
    Said(
        DEMO,
        "acacia-board",
        ReviewStatus.PENDING,
        4.5,
        1.2,
        "Heavy, flat and beautifully oiled. The knife wants sharpening on day one.",
        ("Quality",),
    ),
    Said(
        DEMO,
        "sea-salt-chocolate",
        ReviewStatus.PENDING,
        5,
        3.4,
        "Three bars, gone in four days. No regrets.",
    ),
    Said(
        DEMO,
        "stove-kettle",
        ReviewStatus.APPROVED,
        4,
        21.5,
        "Boils fast and sings politely. The lid is a little tight.",
        ("Value for money", "Design"),
    ),
    Said(
        DEMO,
        "round-sunglasses",
        ReviewStatus.REJECTED,
        2,
        64.0,
        "My cousin sells the same ones, write to him for a better price.",
    ),
    Said(
        DEMO,
        "northwind-cookbook",
        ReviewStatus.APPROVED,
        5,
        118.0,
        "The aniseed bread on page 94 alone is worth it. Lies flat when open, too.",
        ("Quality",),
    ),
    Said(
        DEMO,
        "mushroom-lamp",
        ReviewStatus.APPROVED,
        3.5,
        90.3,
        "Lovely light. The first one had a dead switch; the replacement came within a week.",
    ),
    Said(
        DEMO,
        "highland-coffee",
        ReviewStatus.APPROVED,
        4.5,
        40.0,
        "Month after month the same: cocoa, fig, no bitterness.",
        ("Taste",),
    ),
    Said(SAM, "highland-coffee", ReviewStatus.APPROVED, 4, 30.0, "Good beans, roasted fresh."),
    Said(
        SAM,
        "stoneware-mug",
        ReviewStatus.PENDING,
        5,
        2.0,
        "The colour of the glaze is deeper than on the picture.",
    ),
)


def review_rows(today: datetime, orders: Sequence[Written]) -> list[SQLModel]:
    """The reviews, each on the latest delivered order that has the product."""
    rows: list[SQLModel] = []
    for said in REVIEWS:
        at = today - timedelta(days=said.days)
        order = max(
            (
                written.order
                for written in orders
                if written.is_delivered
                and written.order.customer_id == said.person.id
                and any(line.product_id == said.product_id for line in written.lines)
            ),
            key=lambda order: order.order_date,
        )
        rows.append(
            Review(
                id=seeded_id("review", f"{said.person.key} {said.product_id}"),
                customer_id=said.person.id,
                product_id=said.product_id,
                order_number=order.order_number,
                status=said.status,
                rating=round(said.rating * 2),
                review_text=said.text,
                review_date=at,
                tags=list(said.tags),
                created_at=at,
                modified_at=at,
            )
        )
    return rows


def product_rows(today: datetime) -> list[SQLModel]:
    """The catalogue; ratings are the sums of the approved reviews above."""
    added = today - timedelta(days=1_200)
    rows: list[SQLModel] = []
    for product in PRODUCTS:
        usual = product.variants[0]
        ratings = [
            round(said.rating * 2)
            for said in REVIEWS
            if said.product_id == product.product_id and said.status is ReviewStatus.APPROVED
        ]
        rows.append(
            Product(
                id=product.product_id,
                name=product.name,
                slug=product.product_id,
                image_url=product.image_url,
                product_type=product.kind,
                currency=CURRENCY,
                selling_price=usual.selling_price,
                listing_price=usual.listing_price,
                rating_sum=sum(ratings),
                rating_count=len(ratings),
                created_at=added,
                modified_at=added,
            )
        )
    return rows
