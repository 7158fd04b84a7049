"""What is known of an order, read once: whoever decides something reads these rows nowhere else."""

from account_portal.orders.facts.cancelled import CancelledWorth, cancelled_worth
from account_portal.orders.facts.claim_eligibility import line_claims, parcel_claims
from account_portal.orders.facts.deeds import deeds_of
from account_portal.orders.facts.eligibility import (
    LineEligibility,
    can_cancel,
    can_change_delivery,
    cancel_reason,
    cancel_terms,
    cancelled_account,
    line_cancels,
    line_eligibility,
    line_returns,
    matching_rules,
    next_change,
)
from account_portal.orders.facts.given_back import (
    Withdrawable,
    charges_of,
    gone_for_good,
    is_given_back,
    withdrawable_units,
)
from account_portal.orders.facts.held import Held
from account_portal.orders.facts.kept import (
    KEPT,
    Kept,
    facts_of_kept,
    keep_facts,
    read_kept_facts,
)
from account_portal.orders.facts.loading import facts_of, load_facts
from account_portal.orders.facts.money import NOT_AGREED, money_of
from account_portal.orders.facts.order import OrderFacts
from account_portal.orders.facts.policies import settings_rule

__all__ = [
    "KEPT",
    "NOT_AGREED",
    "CancelledWorth",
    "Held",
    "Kept",
    "LineEligibility",
    "OrderFacts",
    "Withdrawable",
    "can_cancel",
    "can_change_delivery",
    "cancel_reason",
    "cancel_terms",
    "cancelled_account",
    "cancelled_worth",
    "charges_of",
    "deeds_of",
    "facts_of",
    "facts_of_kept",
    "gone_for_good",
    "is_given_back",
    "keep_facts",
    "line_cancels",
    "line_claims",
    "line_eligibility",
    "line_returns",
    "load_facts",
    "matching_rules",
    "money_of",
    "next_change",
    "parcel_claims",
    "read_kept_facts",
    "settings_rule",
    "withdrawable_units",
]
