"""Routes of evidence: sent first, then named by a return or claim."""

from typing import Annotated

from fastapi import Path

from account_portal.api.deps import Ctx, OrderNumberPath
from account_portal.api.router import ContractRouter
from account_portal.core.schemas import Ulid
from account_portal.evidence import rules, service
from account_portal.evidence.schemas import MAX_VIDEOS, AddEvidence, EvidenceFile
from account_portal.media.rules import upload_limit

router = ContractRouter(tag="Evidence")

EvidenceId = Annotated[Ulid, Path(description="`id` of the photo or video.")]
UPLOAD_LIMIT = upload_limit(MAX_VIDEOS)


@router.expose(
    "POST",
    "/orders/{order_number}/evidence",
    operation_id="add-order-evidence",
    summary="Add photos or a video of items",
    message="Added.",
    content="evidence",
    raises=(rules.TooMuchEvidence,),
    also=(404, 413, 415),
    writes=False,
    form=True,
    idempotent=True,
    body_limit=UPLOAD_LIMIT,
)
def add_evidence(ctx: Ctx, order_number: OrderNumberPath, data: AddEvidence) -> list[EvidenceFile]:
    """For a return or claim of the order, which names their ids; else they go after a day."""
    return service.add_evidence(ctx, order_number, data)


@router.expose(
    "DELETE",
    "/orders/{order_number}/evidence/{evidence_id}",
    operation_id="delete-order-evidence",
    summary="Remove a photo or video",
    message="Removed.",
    also=(404,),
)
def delete_evidence(ctx: Ctx, order_number: OrderNumberPath, evidence_id: EvidenceId) -> None:
    """One that a request names is part of it and stays."""
    service.delete_evidence(ctx, order_number, evidence_id)
