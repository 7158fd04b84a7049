"""Photos and videos by which the shop shows what it found in a return that it received."""

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core.errors import NotFound
from account_portal.evidence.schemas import EvidenceFile
from account_portal.evidence.service import (
    FOUND_KINDS,
    delete_found,
    keep_found,
    prepare_evidence,
)
from account_portal.models import OrderReturn as Request
from account_portal.models import ReturnItem
from account_portal.notifications import mark_changed
from account_portal.orders.service import refresh_orders
from account_portal.returns import rules
from account_portal.returns.schemas import ShowFound
from account_portal.returns.service.inspecting import items_with_lines
from account_portal.returns.service.steps import lock_request
from account_portal.states import ReturnStatus


def show_found(ctx: Context, request_number: str, data: ShowFound) -> list[EvidenceFile]:
    """Add photos or a video of one line; the customer sees them once the return is inspected.

    Leaves the reading transaction: pictures are decoded before the writing one begins.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such request.
        InvalidInput: no file.
        ReturnNotMovable: it was not received, or is complete.
        ItemNotInOrder: it has no such line.
        TooMuchFound: the line would have too many.
        PayloadTooLarge, UnsupportedMediaType, PictureUnreadable: a file cannot be taken.
    """
    ctx.require_shop()
    known = select(col(Request.id)).where(col(Request.request_number) == request_number)
    if ctx.db.execute(known).first() is None:
        raise NotFound
    files = prepare_evidence(data, kinds=FOUND_KINDS)
    ctx.begin_writing()
    request, order = lock_request(ctx, request_number)
    rules.require_received(ReturnStatus(request.status))
    items = [item for item, line in items_with_lines(ctx, request) if line.sku == data.sku]
    if not items:
        raise rules.ItemNotInOrder(sku="is not part of this return")
    # Units that stand first are accepted first, so what is refused is the last one's.
    kept = keep_found(ctx, order, items[-1], files)
    _changed(ctx, request)
    return kept


def hide_found(ctx: Context, request_number: str, evidence_id: str) -> None:
    """Remove a photo or video that the shop added.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such request, or it has no such file of the shop's.
        ReturnNotMovable: it is complete.
    """
    request, _ = lock_request(ctx, request_number)
    items = select(ReturnItem).where(col(ReturnItem.return_id) == request.id)
    rules.require_received(ReturnStatus(request.status))
    delete_found(ctx, ctx.db.execute(items).scalars().all(), evidence_id)
    _changed(ctx, request)


def _changed(ctx: Context, request: Request) -> None:
    request.modified_at = ctx.now
    ctx.db.flush()
    refresh_orders(ctx.db, [request.order_id], ctx.now)
    mark_changed(ctx.db, [request.customer_id])
