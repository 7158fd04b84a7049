"""The worker's part: makes the copies that were asked for, one after the other."""

import logging
from datetime import timedelta
from tempfile import TemporaryFile

from sqlalchemy import and_, or_, select
from sqlmodel import col

from account_portal.context import SHOP, Context, enter
from account_portal.core.errors import GatewayUnavailable
from account_portal.events import SYSTEM, EventType, Told, act_as, record
from account_portal.models import DataExport
from account_portal.notifications import enqueue, mark_changed
from account_portal.notifications.messages.personal_data import DataExportReady
from account_portal.personal_data.service.archive import write_archive
from account_portal.personal_data.service.exporting import key_of
from account_portal.states import ExportStatus

log = logging.getLogger("account_portal.personal_data")

TRIES = 3
LOST_AFTER = timedelta(minutes=30)
"""After which whoever began to make one is taken for gone."""


def make_exports() -> int:
    """Make all copies that were asked for; returns how many."""
    made = 0
    while (taken := _take()) is not None:
        export_id, customer_id = taken
        try:
            _make(export_id, customer_id)
        except GatewayUnavailable:
            raise  # it is tried again once it counts as lost
        except Exception:
            log.exception("a copy of a customer's data could not be made")
            _give_back(export_id)
            continue
        made += 1
    return made


def _take() -> tuple[str, str] | None:
    with enter(writes=True, actor=SHOP) as ctx:
        lost = col(DataExport.started_at) < ctx.now - LOST_AFTER
        statement = (
            select(DataExport)
            .where(
                or_(
                    col(DataExport.status) == ExportStatus.REQUESTED,
                    and_(col(DataExport.status) == ExportStatus.MAKING, lost),
                )
            )
            .order_by(col(DataExport.id))
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        while (row := ctx.db.execute(statement).scalar_one_or_none()) is not None:
            if row.attempts < TRIES:
                break
            log.error("copy %s of a customer's data is given up: its worker died", row.id)
            _give_up(ctx, row)
            ctx.db.flush()
        if row is None:
            return None
        row.status, row.started_at = ExportStatus.MAKING, ctx.now
        row.attempts += 1
        return row.id, row.customer_id


def _make(export_id: str, customer_id: str) -> None:
    with TemporaryFile() as file:
        with enter(writes=False, actor=SHOP) as ctx:
            write_archive(ctx, customer_id, file)
            storage = ctx.gateways.storage
        size = file.tell()
        storage.write(key_of(export_id), file)
    with enter(writes=True, actor=SHOP) as ctx:
        act_as(ctx.db, SYSTEM)
        if not _finish(ctx, export_id, size):
            storage.delete(key_of(export_id))  # the account was deleted meanwhile


def _finish(ctx: Context, export_id: str, size: int) -> bool:
    row = _locked(ctx, export_id)
    if row is None:
        return False
    hours = ctx.settings.data_export_hours
    row.status, row.ready_at, row.byte_count = ExportStatus.READY, ctx.now, size
    row.ends_at = ctx.now + timedelta(hours=hours)
    data = {"customer_id": row.customer_id, "data_export_id": row.id}
    record(ctx.db, [Told(EventType.CUSTOMER_DATA_EXPORTED, row.customer_id, data)])
    news = DataExportReady(
        store=ctx.settings.store_name,
        hours=hours,
        help_email=ctx.settings.store_email,
    )
    enqueue(ctx, news, customer_id=row.customer_id)
    mark_changed(ctx.db, [row.customer_id])
    return True


def _give_back(export_id: str) -> None:
    """After a failure: another try, or the customer is told that it did not work."""
    with enter(writes=True, actor=SHOP) as ctx:
        row = _locked(ctx, export_id)
        if row is not None and row.attempts >= TRIES:
            _give_up(ctx, row)
        # Otherwise it counts as lost after a while, and is tried again then.


def _give_up(ctx: Context, row: DataExport) -> None:
    row.status, row.ends_at = ExportStatus.FAILED, ctx.now + timedelta(days=1)
    mark_changed(ctx.db, [row.customer_id])


def _locked(ctx: Context, export_id: str) -> DataExport | None:
    statement = select(DataExport).where(col(DataExport.id) == export_id)
    return ctx.db.execute(statement.with_for_update()).scalar_one_or_none()
