"""Removing files that no request came to name."""

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.evidence.rules import KEPT_UNUSED
from account_portal.media.service import remove_media
from account_portal.models import Evidence, Media

_AT_ONCE = 100


def sweep_evidence(ctx: Context) -> int:
    """Remove some of the files that nobody named for a day; returns how many.

    Raises:
        Forbidden: only the shop may.
    """
    ctx.require_shop()
    over = (
        select(Evidence)
        .where(
            col(Evidence.return_item_id).is_(None),
            col(Evidence.claim_item_id).is_(None),
            col(Evidence.created_at) < ctx.now - KEPT_UNUSED,
        )
        .order_by(col(Evidence.created_at))
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    rows = ctx.db.execute(over).scalars().all()
    for row in rows:
        ctx.db.delete(row)
    ctx.db.flush()
    of_them = select(Media).where(col(Media.id).in_([row.media_id for row in rows]))
    for media in ctx.db.execute(of_them).scalars().all():
        remove_media(ctx, media)
    ctx.db.flush()
    return len(rows)
