"""The one of the demo shop's people, who may do everything in the console."""

from datetime import datetime

from account_portal.core.demo import DEMO_STAFF
from account_portal.demo.seed.ids import seeded_id
from account_portal.models import StaffMember


def staff_rows(today: datetime, password_hash: str) -> list[StaffMember]:
    """Its account; it has the password of the demo's customers and no second factor."""
    return [
        StaffMember(
            id=seeded_id("staff", DEMO_STAFF),
            email=DEMO_STAFF,
            role="admin",
            password_hash=password_hash,
            is_demo=True,
            created_at=today,
            modified_at=today,
        )
    ]
