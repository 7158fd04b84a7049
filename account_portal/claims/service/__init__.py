"""What can be done with claims; the only place that decides."""

from account_portal.claims.service.opening import (
    create_claim,
    list_claimable,
    quote_claim,
    withdraw_claim,
)
from account_portal.claims.service.reading import (
    get_claim,
    get_claim_detail,
    list_claims,
    list_order_claims,
)
from account_portal.claims.service.shop import accept_claim, reject_claim

__all__ = [
    "accept_claim",
    "create_claim",
    "get_claim",
    "get_claim_detail",
    "list_claimable",
    "list_claims",
    "list_order_claims",
    "quote_claim",
    "reject_claim",
    "withdraw_claim",
]
