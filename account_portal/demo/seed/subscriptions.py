"""Repeating deliveries: one lives and holds on to its addresses, one rests, one is over."""

from datetime import datetime, timedelta

from sqlmodel import SQLModel

from account_portal.demo.catalog import find_sku
from account_portal.demo.seed.ids import seeded_id
from account_portal.demo.seed.people import Person, address_id
from account_portal.models import Subscription
from account_portal.states import SubscriptionStatus

# Sku, state, address, days since it began.
_SUBSCRIPTIONS = (
    ("NW-COFF-250", SubscriptionStatus.ACTIVE, "home", 215),
    ("NW-CHAI-100", SubscriptionStatus.PAUSED, "parents", 300),
    ("NW-SOAP-2", SubscriptionStatus.CANCELLED, "berlin", 700),
)


def subscription_rows(person: Person, today: datetime) -> list[SQLModel]:
    """The subscriptions of one person."""
    rows: list[SQLModel] = []
    for number, (sku, status, key, days) in enumerate(_SUBSCRIPTIONS, start=1):
        begun = today - timedelta(days=days)
        product, _ = find_sku(sku)
        active = status is SubscriptionStatus.ACTIVE
        rows.append(
            Subscription(
                id=seeded_id("subscription", f"{person.key} {sku}"),
                customer_id=person.id,
                subscription_number=f"SUB-{1040 + number}",
                product_id=product.product_id,
                sku=sku,
                status=status,
                plan="Every month",
                interval=1,
                frequency="month",
                quantity=2,
                next_date=today + timedelta(days=6) if active else None,
                shipping_address_id=address_id(person, key),
                billing_address_id=address_id(person, "home"),
                created_at=begun,
                modified_at=begun,
            )
        )
    return rows
