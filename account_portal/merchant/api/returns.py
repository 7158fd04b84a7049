"""Deeds on return requests."""

from typing import Annotated

from fastapi import Path, Query

from account_portal.api.deps import Ctx
from account_portal.core.pagination import CursorPage
from account_portal.core.schemas import Ulid
from account_portal.evidence.rules import TooMuchFound
from account_portal.evidence.schemas import MAX_VIDEOS, EvidenceFile
from account_portal.media.rules import upload_limit
from account_portal.merchant import deeds, lists
from account_portal.merchant.api.deps import RequestNumber, merchant_router
from account_portal.merchant.return_rows import ReturnRow
from account_portal.merchant.rows import (
    OrderExpanded,
    ReturnsQuery,
)
from account_portal.merchant.schemas import Reason, ReturnState
from account_portal.returns import rules, service
from account_portal.returns.schemas import InspectReturn, ShowFound

router = merchant_router("Returns")
OF_RETURN = deeds.guard("return")
EvidenceId = Annotated[Ulid, Path(description="`id` of the photo or video.")]


@router.expose(
    "POST",
    "/returns/{request_number}/approve",
    operation_id="approve-return",
    guard=OF_RETURN,
    summary="Agree to a return",
    message="Return approved.",
    scope="returns:write",
    raises=(rules.ReturnNotMovable,),
    also=(404,),
    idempotent=True,
)
def approve_return(ctx: Ctx, request_number: RequestNumber) -> ReturnState:
    """Its refund or replacement order is made."""
    return deeds.step_return(ctx, service.approve_return, request_number)


@router.expose(
    "POST",
    "/returns/{request_number}/reject",
    operation_id="reject-return",
    guard=OF_RETURN,
    summary="Decline a return",
    message="Return rejected.",
    scope="returns:write",
    raises=(rules.ReturnNotMovable,),
    also=(404,),
    idempotent=True,
    examples={"worn": {"reason": "The soles are worn"}},
)
def reject_return(ctx: Ctx, request_number: RequestNumber, data: Reason) -> ReturnState:
    """The customer reads the reason, and may ask for the units again."""
    return deeds.step_return(ctx, service.reject_return, request_number, data.reason)


@router.expose(
    "POST",
    "/returns/{request_number}/ship",
    operation_id="ship-return",
    guard=OF_RETURN,
    summary="The goods are on their way back",
    message="Return shipped.",
    scope="returns:write",
    raises=(rules.ReturnNotMovable,),
    also=(404,),
    idempotent=True,
)
def ship_return(ctx: Ctx, request_number: RequestNumber) -> ReturnState:
    """Of an approved return."""
    return deeds.step_return(ctx, service.mark_return_shipped, request_number)


@router.expose(
    "POST",
    "/returns/{request_number}/receive",
    operation_id="receive-return",
    guard=OF_RETURN,
    summary="The goods arrived",
    message="Return received.",
    scope="returns:write",
    raises=(rules.ReturnNotMovable,),
    also=(404,),
    idempotent=True,
)
def receive_return(ctx: Ctx, request_number: RequestNumber) -> ReturnState:
    """Of a return that was shipped."""
    return deeds.step_return(ctx, service.receive_return, request_number)


@router.expose(
    "POST",
    "/returns/{request_number}/inspect",
    operation_id="inspect-return",
    guard=OF_RETURN,
    summary="Say what of the goods is accepted",
    message="Return inspected.",
    scope="returns:write",
    raises=(rules.ReturnNotMovable, rules.ItemNotInOrder, rules.QuantityNotReturnable),
    also=(404,),
    idempotent=True,
    examples={
        "partly": {
            "return_items": [
                {
                    "sku": "MUG-IND-01",
                    "accepted": 1,
                    "refused": 1,
                    "reason_code": "damaged",
                    "note": "The handle is broken",
                    "goods": "sent_back",
                }
            ]
        },
    },
)
def inspect_return(ctx: Ctx, request_number: RequestNumber, data: InspectReturn) -> ReturnState:
    """Of a return that was received, once; without it everything counts as accepted.

    Refunds that wait and the replacement shrink to what is accepted. Units that are neither
    accepted nor refused did not come.
    """
    return deeds.inspect_return(ctx, request_number, data)


@router.expose(
    "POST",
    "/returns/{request_number}/correct-inspection",
    operation_id="correct-inspection",
    guard=OF_RETURN,
    summary="Say anew what of the goods is accepted",
    message="Inspection corrected.",
    scope="returns:write",
    raises=(
        rules.ReturnNotMovable,
        rules.InspectionFinal,
        rules.ItemNotInOrder,
        rules.QuantityNotReturnable,
    ),
    also=(404,),
    idempotent=True,
    examples={"fine": {"return_items": []}},
)
def correct_inspection(ctx: Ctx, request_number: RequestNumber, data: InspectReturn) -> ReturnState:
    """Of a return that was inspected, whole, until a refund of it is agreed to or it is complete.

    Its refunds become what the accepted units are worth; of lines left out, everything is accepted.
    """
    return deeds.correct_inspection(ctx, request_number, data)


@router.expose(
    "POST",
    "/returns/{request_number}/evidence",
    operation_id="add-return-evidence",
    summary="Show what was found by photos or a video",
    message="Added.",
    content="evidence",
    scope="returns:write",
    raises=(rules.ReturnNotMovable, rules.ItemNotInOrder, TooMuchFound),
    also=(404, 413, 415),
    writes=False,
    form=True,
    idempotent=True,
    body_limit=upload_limit(MAX_VIDEOS),
)
def add_return_evidence(
    ctx: Ctx, request_number: RequestNumber, data: ShowFound
) -> list[EvidenceFile]:
    """Of one line of a return that was received, before or after its inspection.

    Its customer sees them with the inspection; until it is complete they can be removed.
    """
    return deeds.show_found(ctx, request_number, data)


@router.expose(
    "DELETE",
    "/returns/{request_number}/evidence/{evidence_id}",
    operation_id="delete-return-evidence",
    summary="Remove a photo or video of what was found",
    message="Removed.",
    scope="returns:write",
    raises=(rules.ReturnNotMovable,),
    also=(404,),
)
def delete_return_evidence(
    ctx: Ctx, request_number: RequestNumber, evidence_id: EvidenceId
) -> None:
    """One that the store added; those by its customer stay."""
    deeds.hide_found(ctx, request_number, evidence_id)


@router.expose(
    "POST",
    "/returns/{request_number}/complete",
    operation_id="complete-return",
    guard=OF_RETURN,
    summary="Everything about a return is done",
    message="Return complete.",
    scope="returns:write",
    raises=(rules.ReturnNotMovable,),
    also=(404,),
    idempotent=True,
)
def complete_return(ctx: Ctx, request_number: RequestNumber) -> ReturnState:
    """Points and store credit go back at once; refunds of money are approved and settled apart."""
    return deeds.step_return(ctx, service.complete_return, request_number)


@router.expose(
    "GET",
    "/returns",
    operation_id="list-returns",
    summary="List return requests",
    message="Return requests.",
    content="returns",
    scope="returns:read",
)
def list_returns(ctx: Ctx, query: Annotated[ReturnsQuery, Query()]) -> CursorPage[list[ReturnRow]]:
    """Return requests of any customer; a queue is a list of one state."""
    return lists.list_returns(ctx, query)


@router.expose(
    "GET",
    "/returns/{request_number}",
    operation_id="get-return",
    summary="Read one return request",
    message="Return request.",
    scope="returns:read",
    also=(404,),
)
def get_return(
    ctx: Ctx, request_number: RequestNumber, query: Annotated[OrderExpanded, Query()]
) -> ReturnRow:
    """As it is now."""
    return lists.get_return(ctx, request_number, query.expand)
