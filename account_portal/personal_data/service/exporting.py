"""Asking for a copy of everything about oneself, and fetching it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import BinaryIO

from sqlalchemy import select
from sqlmodel import col

from account_portal.auth.service import require_fresh_proof
from account_portal.auth.service.limits import count_attempt, personal
from account_portal.context import Context
from account_portal.core.errors import Conflict, NotFound
from account_portal.gateways.storage import Storage
from account_portal.models import DataExport, User, UserSession
from account_portal.notifications import enqueue, mark_changed
from account_portal.notifications.messages.personal_data import DataExportRequested
from account_portal.personal_data import schemas
from account_portal.security import tokens
from account_portal.security.rate_limit import Limit
from account_portal.states import ExportStatus

PER_CUSTOMER = Limit("data-exports", times=5, seconds=86_400)
"""Each is told to every contact, and costs a worker its time."""
ADDRESS_LIFE = timedelta(minutes=10)
SHOWN = 10
"""Copies in a list: the newest."""
_UNDERWAY = (ExportStatus.REQUESTED, ExportStatus.MAKING)


class ExportNotReady(Conflict):
    """The archive is not made yet, or was removed."""

    code = "export_not_ready"
    message = "This copy is not ready. Ask for it again when it is."


def request_export(ctx: Context) -> schemas.DataExport:
    """Ask for a copy; one that is being made already is answered with.

    Raises:
        TopLevelRequired: the caller is signed in inside a storefront's frame only.
        FreshProofRequired: the caller proved too long ago who they are.
        TooManyAttempts: five were asked for within a day.
    """
    ctx.require_top_level()
    require_fresh_proof(ctx)
    ctx.get_user(lock=True)  # two requests at once are one
    last = last_exports(ctx, 1)
    if last and last[0].status in _UNDERWAY:
        return export_view(last[0])
    count_attempt(ctx, PER_CUSTOMER, personal(ctx.customer_id))
    row = DataExport(customer_id=ctx.customer_id, status=ExportStatus.REQUESTED, created_at=ctx.now)
    ctx.db.add(row)
    ctx.db.flush()
    settings = ctx.settings
    enqueue(ctx, DataExportRequested(store=settings.store_name, help_email=settings.store_email))
    mark_changed(ctx.db, [ctx.customer_id])
    return export_view(row)


def list_exports(ctx: Context) -> list[schemas.DataExport]:
    """The caller's copies, newest first."""
    return [export_view(row) for row in last_exports(ctx, SHOWN)]


def export_address(ctx: Context, export_id: str) -> schemas.DataExportAddress:
    """An address under which the archive can be fetched for a few minutes.

    It ends with the session that asked for it: whoever signs out leaves no address behind.

    Raises:
        NotFound: the caller has no such copy.
        TopLevelRequired: the caller is signed in inside a storefront's frame only.
        FreshProofRequired: the caller proved too long ago who they are.
        ExportNotReady: it is not made yet, or could not be.
    """
    ctx.require_top_level()
    row = ctx.get_owned(DataExport, id=export_id)
    require_fresh_proof(ctx)
    if row.status != ExportStatus.READY or row.ends_at is None or row.ends_at <= ctx.now:
        raise ExportNotReady
    ends_at = min(row.ends_at, ctx.now + ADDRESS_LIFE)
    until = int(ends_at.timestamp())
    signature = _signature(row.id, until, ctx.actor.session_id)
    return schemas.DataExportAddress(
        download_url=f"/api/data-exports/{row.id}/archive.zip?until={until}&s={signature}",
        expires_at=ends_at,
    )


def open_export(ctx: Context, export_id: str, until: str, signature: str) -> BinaryIO:
    """The archive, for whoever has its address. Whoever opens it closes it.

    Raises:
        NotFound: the address is not one we gave out, it expired, or the archive is gone.
    """
    if not until.isascii() or not until.isdecimal() or len(until) > len("9999999999"):
        raise NotFound
    if int(until) <= ctx.now.timestamp():
        raise NotFound
    statement = select(col(DataExport.status), col(DataExport.customer_id)).where(
        col(DataExport.id) == export_id, col(DataExport.ends_at) > ctx.now
    )
    status, customer_id = ctx.db.execute(statement).one_or_none() or (None, None)
    if not any(
        tokens.same(signature, _signature(export_id, int(until), session))
        for session in (None, *_sessions_of(ctx, customer_id))
    ):
        raise NotFound
    file = None
    if status == ExportStatus.READY:
        file = ctx.gateways.storage.open(key_of(export_id))
    if file is None:
        raise NotFound
    return file


def remove_ended_exports(ctx: Context) -> None:
    """Remove copies whose time is over, with their archives."""
    over = select(DataExport).where(col(DataExport.ends_at) <= ctx.now).limit(100)
    for row in ctx.db.execute(over.with_for_update(skip_locked=True)).scalars().all():
        remove_export(ctx, row)


def remove_export(ctx: Context, row: DataExport) -> None:
    """Remove a copy; its archive goes once this commits."""
    storage, key = ctx.gateways.storage, key_of(row.id)
    ctx.db.delete(row)
    ctx.after_commit.append(lambda: delete_archive(storage, key))


def delete_archive(storage: Storage, key: str) -> None:
    """Remove an archive, if it is there."""
    storage.delete(key)


def key_of(export_id: str) -> str:
    """Where the storage keeps the archive."""
    return f"exports/{export_id}.zip"


def _signature(export_id: str, until: int, session_id: str | None) -> str:
    """Of an address that was asked for in a session; in none, by who acts for the customer."""
    return tokens.keyed_digest("data exports", f"{export_id}/{until}/{session_id or ''}")


def _sessions_of(ctx: Context, customer_id: str | None) -> Sequence[str]:
    """Ids of the customer's sessions that did not end, the newest."""
    statement = (
        select(col(UserSession.id))
        .join(User, col(User.id) == col(UserSession.user_id))
        .where(
            col(User.customer_id) == customer_id,
            col(UserSession.revoked_at).is_(None),
            col(UserSession.expires_at) > ctx.now,
        )
        .order_by(col(UserSession.id).desc())
        .limit(500)
    )
    return ctx.db.execute(statement).scalars().all()


def last_exports(ctx: Context, limit: int) -> list[DataExport]:
    """The rows of the caller's newest copies."""
    statement = ctx.owned(DataExport).order_by(
        col(DataExport.created_at).desc(), col(DataExport.id).desc()
    )
    return list(ctx.db.execute(statement.limit(limit)).scalars())


def export_view(row: DataExport) -> schemas.DataExport:
    """A copy as its owner sees it."""
    return schemas.DataExport(
        id=row.id,
        status=ExportStatus(row.status),
        created_at=row.created_at,
        ready_at=row.ready_at,
        expires_at=row.ends_at,
        byte_count=row.byte_count,
    )
