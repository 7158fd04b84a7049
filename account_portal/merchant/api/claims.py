"""Deeds on claims: what customers say went wrong."""

from typing import Annotated

from fastapi import Path, Query

from account_portal.api.deps import Ctx
from account_portal.claims import rules
from account_portal.claims.schemas import AcceptClaim, ClaimNumber
from account_portal.core.pagination import CursorPage
from account_portal.merchant import deeds, lists
from account_portal.merchant.api.deps import merchant_router
from account_portal.merchant.claim_rows import ClaimRow, ClaimsQuery
from account_portal.merchant.rows import OrderExpanded
from account_portal.merchant.schemas import ClaimState, Reason
from account_portal.orders.rules import ShipmentNotMovable, TooManyUnits
from account_portal.orders.service.refunds import RefundTooHigh

router = merchant_router("Claims")
OF_CLAIM = deeds.guard("claim")
ClaimPath = Annotated[ClaimNumber, Path()]


@router.expose(
    "POST",
    "/claims/{claim_number}/accept",
    operation_id="accept-claim",
    guard=OF_CLAIM,
    summary="Agree to a claim",
    message="Claim accepted.",
    scope="returns:write",
    raises=(
        rules.ClaimNotOpen,
        rules.OrderNotClaimable,
        rules.GoodsNotThere,
        RefundTooHigh,
        ShipmentNotMovable,
        TooManyUnits,
    ),
    also=(404,),
    idempotent=True,
    examples={
        "refund": {"resolution": "refund", "amount": 12.5, "answer": "We are sorry."},
        "replacement": {"resolution": "replacement"},
    },
)
def accept_claim(ctx: Ctx, claim_number: ClaimPath, data: AcceptClaim) -> ClaimState:
    """Its refunds, its replacement order or its return are made; a parcel counts as lost."""
    return deeds.accept_claim(ctx, claim_number, data)


@router.expose(
    "POST",
    "/claims/{claim_number}/reject",
    operation_id="reject-claim",
    guard=OF_CLAIM,
    summary="Decline a claim",
    message="Claim rejected.",
    scope="returns:write",
    raises=(rules.ClaimNotOpen,),
    also=(404,),
    idempotent=True,
    examples={"whole": {"reason": "It was whole when it left us"}},
)
def reject_claim(ctx: Ctx, claim_number: ClaimPath, data: Reason) -> ClaimState:
    """The customer reads the reason, and may claim or return the units again."""
    return deeds.reject_claim(ctx, claim_number, data.reason)


@router.expose(
    "GET",
    "/claims",
    operation_id="list-claims",
    summary="List claims",
    message="Claims.",
    content="claims",
    scope="returns:read",
)
def list_claims(ctx: Ctx, query: Annotated[ClaimsQuery, Query()]) -> CursorPage[list[ClaimRow]]:
    """Claims of any customer; a queue is a list of one state."""
    return lists.list_claims(ctx, query)


@router.expose(
    "GET",
    "/claims/{claim_number}",
    operation_id="get-claim",
    summary="Read one claim",
    message="Claim.",
    scope="returns:read",
    also=(404,),
)
def get_claim(
    ctx: Ctx, claim_number: ClaimPath, query: Annotated[OrderExpanded, Query()]
) -> ClaimRow:
    """As it is now."""
    return lists.get_claim(ctx, claim_number, query.expand)
