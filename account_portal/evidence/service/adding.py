"""Adding photos and videos to an order, before a request names them."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlmodel import col

from account_portal.auth.service.limits import count_attempt, personal
from account_portal.context import Context
from account_portal.core.errors import InvalidInput
from account_portal.evidence import rules
from account_portal.evidence.schemas import AddEvidence, EvidenceFile
from account_portal.evidence.service.views import KINDS, VIDEO, view_of
from account_portal.media.service import PreparedFile, delete_media, prepare_files, store_media
from account_portal.models import Evidence, Order
from account_portal.security.rate_limit import Limit

FILES = Limit("evidence", times=200, seconds=86_400)
"""Files that a customer adds in a day, of all orders and whatever became of them: each request that
is taken back keeps those it names, and the next may name as many."""
VIDEOS = Limit("evidence-videos", times=20, seconds=86_400)
"""Of which are videos: each may have as many bytes as all the photos."""


def add_evidence(ctx: Context, order_number: str, data: AddEvidence) -> list[EvidenceFile]:
    """Keep photos and videos for a return or claim of an order of the caller.

    Those that no request names within a day are removed. Leaves the reading transaction: pictures
    are decoded before the writing one begins.

    Raises:
        NotFound: no such order of the caller.
        InvalidInput: no file.
        TooMuchEvidence: too many wait for a request already.
        TooManyAttempts: the customer added too many today.
        PayloadTooLarge, UnsupportedMediaType, PictureUnreadable: a file cannot be taken.
    """
    ctx.get_owned(Order, order_number=order_number)
    files = prepare_evidence(data)
    ctx.begin_writing()
    return keep_evidence(ctx, order_number, files)


def prepare_evidence(data: AddEvidence, *, kinds: tuple[str, str] = KINDS) -> list[PreparedFile]:
    """The files, checked and made harmless; needs no transaction.

    Raises:
        InvalidInput: there is none.
        PayloadTooLarge, UnsupportedMediaType, PictureUnreadable: a file cannot be taken.
    """
    if not data.images and not data.videos:
        raise InvalidInput(_="send at least one photo or video")
    return prepare_files(data.images, data.videos, kinds=kinds)


def keep_evidence(
    ctx: Context, order_number: str, files: Sequence[PreparedFile]
) -> list[EvidenceFile]:
    """Keep files that were prepared, for an order of the caller.

    Raises:
        NotFound: no such order of the caller.
        TooMuchEvidence: too many wait for a request already.
        TooManyAttempts: the customer added too many today.
    """
    order = ctx.get_owned(Order, lock=True, order_number=order_number)
    unused = select(func.count()).where(
        col(Evidence.order_id) == order.id,
        col(Evidence.return_item_id).is_(None),
        col(Evidence.claim_item_id).is_(None),
    )
    rules.require_room(ctx.db.execute(unused).scalar_one(), len(files))
    owner = personal(order.customer_id)
    # Before anything is kept: what is refused here commits with the attempts it counted.
    for file in files:
        if file.kind == VIDEO:
            count_attempt(ctx, VIDEOS, owner)
        count_attempt(ctx, FILES, owner)
    kept = []
    for file in files:
        media = store_media(ctx, file.kind, file.files, file.content_type)
        row = Evidence(
            customer_id=order.customer_id,
            order_id=order.id,
            media_id=media.id,
            created_at=ctx.now,
        )
        ctx.db.add(row)
        kept.append(view_of(row.id, media))
    ctx.db.flush()
    return kept


def delete_evidence(ctx: Context, order_number: str, evidence_id: str) -> None:
    """Remove a file that no request has named yet.

    Raises:
        NotFound: no such order of the caller, no such file, or a request names it.
    """
    order = ctx.get_owned(Order, lock=True, order_number=order_number)
    row = ctx.get_owned(
        Evidence,
        lock=True,
        id=evidence_id,
        order_id=order.id,
        return_item_id=None,
        claim_item_id=None,
    )
    ctx.db.delete(row)
    ctx.db.flush()
    delete_media(ctx, row.media_id)
