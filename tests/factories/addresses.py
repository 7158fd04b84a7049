"""Saved addresses, and subscriptions that use them."""

from datetime import UTC, datetime
from typing import Any

from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.models import Address, Subscription, User

HOME: dict[str, Any] = {
    "first_name": "Olivia",
    "last_name": "Owner",
    "country_code": "+91",
    "phone": "9876543210",
    "email": "olivia@example.com",
    "address_line1": "14, Rose Garden Road",
    "address_line2": None,
    "landmark": "Opposite the old library",
    "delivery_instructions": "Ring twice,\nthen leave it with the guard",
    "pincode": "560001",
    "city": "Bengaluru",
    "state": "Karnataka",
    "country": "India",
    "tax_identification_number": None,
    "business_name": None,
    "nickname": "Home",
}
"""A body that is in order; `{**HOME, …}` is one with a difference."""


def make_address(database: Database, user: User, **values: Any) -> Address:
    """An address of the user, as an import might have left it."""
    now = datetime.now(UTC)
    address = Address(
        **{
            **HOME,
            "id": new_id(),
            "customer_id": user.customer_id,
            "created_at": now,
            "modified_at": now,
            **values,
        }
    )
    with database.session(writes=True) as db:
        db.add(address)
        db.commit()
    return address


def make_subscription(database: Database, address: Address, **values: Any) -> Subscription:
    """A monthly delivery to the address."""
    now = datetime.now(UTC)
    identity = new_id()
    subscription = Subscription(
        **{
            "id": identity,
            "customer_id": address.customer_id,
            "subscription_number": f"SUB-{identity}",
            "product_id": "P-1",
            "sku": "P-1-A",
            "status": "active",
            "plan": "Monthly",
            "interval": 1,
            "frequency": "month",
            "created_at": now,
            "modified_at": now,
            "shipping_address_id": address.id,
            **values,
        }
    )
    with database.session(writes=True) as db:
        db.add(subscription)
        db.commit()
    return subscription
