"""Photos and videos by the shop, of what it found in a return."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core.errors import NotFound
from account_portal.evidence import rules
from account_portal.evidence.schemas import EvidenceFile
from account_portal.evidence.service.views import FOUND_KINDS, FOUND_VIDEO, view_of
from account_portal.media.service import PreparedFile, remove_media, store_media
from account_portal.models import Evidence, Media, Order, ReturnItem


def keep_found(
    ctx: Context, order: Order, item: ReturnItem, files: Sequence[PreparedFile]
) -> list[EvidenceFile]:
    """Keep files, which were prepared as `FOUND_KINDS`, with an item of a return.

    Raises:
        Forbidden: only the shop may.
        TooMuchFound: the item has too many of the shop's then.
    """
    ctx.require_shop()
    before = select(col(Media.kind)).join(Evidence, col(Evidence.media_id) == col(Media.id))
    kinds = ctx.db.execute(
        before.where(col(Evidence.return_item_id) == item.id, col(Media.kind).in_(FOUND_KINDS))
    ).scalars()
    all_kinds = [*kinds, *(file.kind for file in files)]
    rules.require_few(len(all_kinds), all_kinds.count(FOUND_VIDEO))
    last = select(func.max(col(Evidence.position))).where(col(Evidence.return_item_id) == item.id)
    position = ctx.db.execute(last).scalar_one()
    start = 0 if position is None else position + 1
    kept = []
    for place, file in enumerate(files, start):
        media = store_media(
            ctx, file.kind, file.files, file.content_type, customer_id=order.customer_id
        )
        row = Evidence(
            customer_id=order.customer_id,
            order_id=order.id,
            media_id=media.id,
            return_item_id=item.id,
            position=place,
            created_at=ctx.now,
        )
        ctx.db.add(row)
        kept.append(view_of(row.id, media))
    ctx.db.flush()
    return kept


def delete_found(ctx: Context, items: Sequence[ReturnItem], evidence_id: str) -> None:
    """Remove a file of the shop's that one of these items has.

    Raises:
        Forbidden: only the shop may.
        NotFound: none of them has it, or its customer added it.
    """
    ctx.require_shop()
    statement = (
        select(Evidence, Media)
        .join(Media, col(Media.id) == col(Evidence.media_id))
        .where(
            col(Evidence.id) == evidence_id,
            col(Evidence.return_item_id).in_([item.id for item in items]),
            col(Media.kind).in_(FOUND_KINDS),
        )
        .with_for_update()
    )
    found = ctx.db.execute(statement).one_or_none()
    if found is None:
        raise NotFound
    row, media = found
    ctx.db.delete(row)
    ctx.db.flush()
    remove_media(ctx, media)
