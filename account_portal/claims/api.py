"""Routes of claims. Included before those of orders: `/orders/claims` is no order number."""

from typing import Annotated

from fastapi import Path

from account_portal.api.deps import Ctx, OrderNumberPath, PageQuery
from account_portal.api.router import ContractRouter
from account_portal.claims import rules, service
from account_portal.claims.schemas import Claim, ClaimNumber, ClaimQuote, CreateClaim, PreviewClaim
from account_portal.core.pagination import Page
from account_portal.evidence.rules import EvidenceNotFound, EvidenceRequired
from account_portal.orders.rules import PreviewOutdated
from account_portal.returns.rules import ItemNotDelivered, ItemNotInOrder, ResolutionNotOffered

router = ContractRouter(tag="Claims")

ClaimId = Annotated[ClaimNumber, Path(description="`claim_number` of the claim.")]

_EXAMPLES = {
    "damaged": {
        "wish": "refund",
        "claim_items": [
            {
                "sku": "MUG-RED",
                "quantity": 1,
                "problem": "damaged",
                "details": "The handle is broken",
            }
        ],
    },
    "parcel": {"wish": "replacement", "reference_number": "SHP-2026-7K2M9"},
}


@router.expose(
    "GET",
    "/orders/claims",
    operation_id="list-all-order-claims",
    summary="List claims of the caller",
    message="Your claims.",
    content="claims",
)
def list_claims(ctx: Ctx, page: PageQuery) -> Page[list[Claim]]:
    """Newest first, over all orders."""
    return service.list_claims(ctx, page)


@router.expose(
    "GET",
    "/orders/{order_number}/claims",
    operation_id="list-order-claims",
    summary="List claims of an order",
    message="Claims of this order.",
    content="claims",
    also=(404,),
)
def list_order_claims(ctx: Ctx, order_number: OrderNumberPath) -> list[Claim]:
    """Newest first."""
    return service.list_order_claims(ctx, order_number)


CLAIM_REFUSALS = (
    rules.OrderNotClaimable,
    rules.ClaimWindowClosed,
    rules.ParcelNotClaimable,
    ItemNotInOrder,
    ItemNotDelivered,
    rules.QuantityNotClaimable,
    ResolutionNotOffered,
    EvidenceNotFound,
)


@router.expose(
    "POST",
    "/orders/{order_number}/claims/preview",
    operation_id="preview-order-claim",
    summary="Say what a claim would ask for",
    message="What this claim would ask for.",
    content="preview",
    raises=CLAIM_REFUSALS,
    also=(404,),
    writes=False,
    examples=_EXAMPLES,
)
def preview_claim(ctx: Ctx, order_number: OrderNumberPath, data: PreviewClaim) -> ClaimQuote:
    """Opens none and changes nothing."""
    return service.quote_claim(ctx, order_number, data)


@router.expose(
    "POST",
    "/orders/{order_number}/claims",
    operation_id="create-order-claim",
    summary="Say that something is wrong with an order",
    message="Claim received.",
    content="claim",
    raises=(*CLAIM_REFUSALS, EvidenceRequired, PreviewOutdated),
    also=(404,),
    idempotent=True,
    examples=_EXAMPLES,
)
def create_claim(ctx: Ctx, order_number: OrderNumberPath, data: CreateClaim) -> Claim:
    """Also after the time for returns; the store decides what it does about it."""
    return service.create_claim(ctx, order_number, data)


@router.expose(
    "GET",
    "/orders/{order_number}/claims/{claim_id}",
    operation_id="get-order-claim",
    summary="Read a claim",
    message="Your claim.",
    content="claim",
    also=(404,),
)
def get_claim(ctx: Ctx, order_number: OrderNumberPath, claim_id: ClaimId) -> Claim:
    """Under another order number it is not found."""
    return service.get_claim(ctx, order_number, claim_id)


@router.expose(
    "POST",
    "/orders/{order_number}/claims/{claim_id}/withdraw",
    operation_id="withdraw-order-claim",
    summary="Take a claim back",
    message="Claim withdrawn.",
    content="claim",
    raises=(rules.ClaimNotOpen,),
    also=(404,),
    idempotent=True,
)
def withdraw_claim(ctx: Ctx, order_number: OrderNumberPath, claim_id: ClaimId) -> Claim:
    """While it is open; its units can be returned or claimed again."""
    service.get_claim(ctx, order_number, claim_id)
    service.withdraw_claim(ctx, claim_id)
    return service.get_claim(ctx, order_number, claim_id)
