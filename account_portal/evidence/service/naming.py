"""Evidence that items of returns and claims name."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core.errors import InvalidInput
from account_portal.evidence import rules
from account_portal.evidence.schemas import MAX_VIDEOS, EvidenceFile
from account_portal.evidence.service.views import KINDS, VIDEO, view_of
from account_portal.media.schemas import MAX_IMAGES
from account_portal.media.service import delete_media
from account_portal.models import ClaimItem, Evidence, Media, Order, ReturnItem


def find_named(
    ctx: Context,
    order: Order,
    named: Sequence[Sequence[str]],
    *,
    field: str,
    of: Sequence[str] = (),
) -> list[list[Evidence]]:
    """The uploads that each item of a request names; several items may name the same.

    In a writing transaction they are locked until its end.

    Args:
        ctx: the call.
        order: of the caller.
        named: ids, item by item.
        field: name of the list of items, for the error.
        of: items of a return that is changed: what they have may be named again.

    Raises:
        EvidenceNotFound: not uploaded to this order, or named by an earlier request.
        InvalidInput: too many photos or videos of one item.
    """
    wanted = {one for ids in named for one in ids}
    known: dict[str, tuple[Evidence, str]] = {}
    if wanted:
        statement = (
            ctx.owned(Evidence)
            .join(Media, col(Media.id) == col(Evidence.media_id))
            .add_columns(col(Media.kind))
            .where(
                col(Evidence.order_id) == order.id,
                col(Evidence.id).in_(wanted),
                col(Evidence.return_item_id).is_(None) | col(Evidence.return_item_id).in_(of),
                col(Evidence.claim_item_id).is_(None),
                col(Media.kind).in_(KINDS),
            )
        )
        if ctx.transaction.writes:
            # Who sweeps what nobody named for a day has it, or they do; not both.
            statement = statement.with_for_update(of=Evidence)
        known = {row[0].id: (row[0], row[1]) for row in ctx.db.execute(statement)}
    found = []
    for place, ids in enumerate(named):
        at = f"{field}.{place}.evidence"
        if not known.keys() >= set(ids):
            raise rules.EvidenceNotFound(**{at: "is not there: upload it to this order first"})
        files = [known[one] for one in dict.fromkeys(ids)]
        videos = sum(kind == VIDEO for _, kind in files)
        if videos > MAX_VIDEOS or len(files) - videos > MAX_IMAGES:
            most = f"at most {MAX_IMAGES} photos and {MAX_VIDEOS} video of one item"
            raise InvalidInput(**{at: most})
        found.append([row for row, _ in files])
    return found


def attach_evidence(
    ctx: Context,
    found: Sequence[Sequence[Evidence]],
    items: Sequence[ReturnItem] | Sequence[ClaimItem],
) -> None:
    """Let items, which are flushed, have the files that they name; see `find_named`."""
    used = set()
    for files, item in zip(found, items, strict=True):
        for position, file in enumerate(files):
            row = file
            if file.id in used:
                copied = file.model_dump(include={"customer_id", "order_id", "media_id"})
                row = Evidence(**copied, created_at=file.created_at)
            used.add(file.id)
            row.position = position
            if isinstance(item, ReturnItem):
                row.return_item_id = item.id
            else:
                row.claim_item_id = item.id
            ctx.db.add(row)
    ctx.db.flush()


def remove_evidence_of(ctx: Context, item_ids: Collection[str]) -> None:
    """Remove what items of a return of the caller still have; files that others show stay."""
    of_them = select(Evidence).where(col(Evidence.return_item_id).in_(item_ids))
    rows = ctx.db.execute(of_them).scalars().all()
    for row in rows:
        ctx.db.delete(row)
    ctx.db.flush()
    media = {row.media_id for row in rows}
    shown = select(col(Evidence.media_id)).where(col(Evidence.media_id).in_(media))
    for media_id in sorted(media - set(ctx.db.execute(shown).scalars())):
        delete_media(ctx, media_id)


def evidence_of(
    ctx: Context,
    model: type[ReturnItem] | type[ClaimItem],
    ids: Collection[str],
    *,
    kinds: tuple[str, str] = KINDS,
) -> dict[str, list[EvidenceFile]]:
    """Files of these kinds by the item that has them; the items must be the caller's."""
    item: Any = Evidence.return_item_id if model is ReturnItem else Evidence.claim_item_id
    found: dict[str, list[EvidenceFile]] = defaultdict(list)
    if ids:
        statement = (
            select(Evidence, Media)
            .join(Media, col(Media.id) == col(Evidence.media_id))
            .where(col(item).in_(ids), col(Media.kind).in_(kinds))
            .order_by(col(item), col(Evidence.position))
        )
        for row, media in ctx.db.execute(statement):
            found[row.return_item_id or row.claim_item_id].append(view_of(row.id, media))
    return found
