"""What the demo's shop lets its customers do after the purchase."""

from datetime import datetime, timedelta

from account_portal.demo.seed.ids import seeded_id
from account_portal.models import PolicyVersion
from account_portal.orders.schemas import Policy

_SINCE = timedelta(days=5 * 365)
"""Longer than any order of the demo."""
POLICY = Policy.model_validate(
    {
        "rules": [
            {
                "name": "Books, games and pencils",
                "applies_to": {"categories": ["Paper and play"]},
                "returns": {"window_days": 60},
            },
            {
                "name": "Orders to Germany",
                "applies_to": {"countries": ["DE"]},
                "returns": {"window_days": 45},
            },
            {
                "name": "Headphones, less a tenth for testing them",
                "applies_to": {"skus": ["NW-HEAD"]},
                "returns": {"window_days": 14, "fee_per_cent": 10},
            },
            {
                "name": "Plants",
                "applies_to": {
                    "skus": ["NW-PLANT-CAC", "NW-PLANT-MON", "NW-PLANT-SNK"],
                },
                "returns": {"never": "perishable"},
            },
            {
                "name": "Soap and cream",
                "applies_to": {"skus": ["NW-CREAM-50", "NW-SOAP-2", "NW-WASH-500"]},
                "returns": {"never": "hygiene"},
            },
            {
                "name": "Last pieces",
                "applies_to": {"skus": ["NW-VASE", "NW-STOOL"]},
                "cancel": {"charge_per_cent": 5},
                "returns": {"never": "final_sale"},
            },
        ]
    }
)


def policy_row(today: datetime) -> PolicyVersion:
    """The one version there is."""
    return PolicyVersion(
        id=seeded_id("policy", "1"),
        number=1,
        in_force_from=today - _SINCE,
        source="command",
        body=POLICY.model_dump_json(exclude_unset=True),
    )
