"""The audit log: each entry holds the hash of the one before it.

Whoever changes, removes or slips in an entry in the database breaks the chain from there on.
Whoever writes it all anew, or cuts off its end, is noticed by whoever kept a line of the process's
own log, in which number and hash of each entry stand as it is written.

Entries are removed by age from the beginning, and an entry says so: it names the hash of the last
one that went, from which the oldest that is left follows.
"""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, text
from sqlmodel import Session, col

from account_portal.context import Context
from account_portal.core.pagination import CursorPage
from account_portal.models import AuditEntry

log = logging.getLogger("account_portal.audit")

DONE, REFUSED = "done", "refused"
BEGINNING = "0" * 64
"""In place of the hash before the first entry."""
READ_AT_ONCE = 1000
TRIM = "log.trim"
"""Action of the entry that tells of a removal."""
TRIMMED_EVERY = timedelta(days=30)
"""So much longer than the settings say entries may stay: each removal is an entry itself."""
_WRITING = 4_702_111_366
"""Number of the lock that whoever writes on PostgreSQL holds until it has committed."""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry: what tells whether a log that is whole is all there is."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the chain breaks; all entries before are as they were written."""

    number: int
    why: str


def record(
    ctx: Context,
    actor: str,
    action: str,
    about: str = "",
    *,
    outcome: str = DONE,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write an entry, in the transaction of what it tells.

    Args:
        ctx: the call.
        actor: who.
        action: what, as in `refund.approve` or `look`.
        about: what it concerns, as in `order W-1001`.
        outcome: `done` or `refused`.
        details: what was typed or decided; never a secret.
    """
    if ctx.db.get_bind().dialect.name == "postgresql":
        # One writer at a time; SQLite has no more than one anyway.
        ctx.db.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _WRITING})
    last = head(ctx.db)
    entry = AuditEntry(
        number=last.number + 1,
        created_at=ctx.now,
        actor=actor[:254],
        action=action,
        about=about[:80],
        outcome=outcome,
        details=json.dumps(details or {}, sort_keys=True, ensure_ascii=False, default=str),
        ip_address=ctx.caller.ip_address,
        previous_hash=last.hash,
        hash="",
    )
    entry.hash = hash_of(entry)
    ctx.db.add(entry)
    ctx.db.flush()
    line = "audit %d %s"
    number, digest = entry.number, entry.hash
    ctx.after_commit.append(lambda: log.info(line, number, digest))


def hash_of(entry: AuditEntry) -> str:
    """What an entry's hash has to be."""
    told = [
        entry.previous_hash,
        entry.number,
        entry.created_at.isoformat(timespec="microseconds"),
        entry.actor,
        entry.action,
        entry.about,
        entry.outcome,
        entry.details,
        entry.ip_address,
    ]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def head(db: Session) -> Head:
    """Number and hash of the newest entry."""
    newest = select(col(AuditEntry.number), col(AuditEntry.hash)).order_by(
        col(AuditEntry.number).desc()
    )
    row = db.execute(newest.limit(1)).first()
    return Head(row.number, row.hash) if row else Head(0, BEGINNING)


def verify(db: Session) -> Head | Broken:
    """Read the whole log, oldest first; answers its newest entry, or where the chain breaks."""
    oldest = db.execute(
        select(AuditEntry).order_by(col(AuditEntry.number)).limit(1)
    ).scalar_one_or_none()
    last = Head(0, BEGINNING)
    if oldest is not None and oldest.number > 1:
        last = Head(oldest.number - 1, oldest.previous_hash)
    removed, is_told = last, last.number == 0
    while True:
        rows = _after(db, last.number)
        for entry in rows:
            if entry.number != last.number + 1:
                return Broken(last.number + 1, "is missing")
            if entry.previous_hash != last.hash:
                return Broken(entry.number, "does not follow from the one before")
            if entry.hash != hash_of(entry):
                return Broken(entry.number, "is not what was written")
            last = Head(entry.number, entry.hash)
            is_told = is_told or _tells_of(entry, removed)
        db.expunge_all()
        if len(rows) < READ_AT_ONCE:
            return last if is_told else Broken(removed.number, "is missing")


def _tells_of(entry: AuditEntry, removed: Head) -> bool:
    """Whether an entry says that all up to `removed` was taken out by age."""
    told = {"removed_to": removed.number, "hash": removed.hash}
    return entry.action == TRIM and json.loads(entry.details) == told


def trim(ctx: Context) -> int:
    """Remove entries older than the settings keep them; returns how many.

    At most once a month, in the transaction of whoever signs in.
    """
    keep_from = ctx.now - timedelta(days=ctx.settings.audit_kept_days)
    oldest = ctx.db.execute(
        select(col(AuditEntry.created_at)).order_by(col(AuditEntry.number)).limit(1)
    ).scalar_one_or_none()
    if oldest is None or oldest > keep_from - TRIMMED_EVERY:
        return 0
    last = ctx.db.execute(
        select(col(AuditEntry.number), col(AuditEntry.hash))
        .where(col(AuditEntry.created_at) < keep_from)
        .order_by(col(AuditEntry.number).desc())
        .limit(1)
    ).one()
    details = {"removed_to": last.number, "hash": last.hash}
    record(ctx, "system", TRIM, "audit log", details=details)
    gone = ctx.db.execute(delete(AuditEntry).where(col(AuditEntry.number) <= last.number))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _after(db: Session, number: int) -> Sequence[AuditEntry]:
    statement = select(AuditEntry).where(col(AuditEntry.number) > number)
    found = db.execute(statement.order_by(col(AuditEntry.number)).limit(READ_AT_ONCE))
    return found.scalars().all()


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """An entry as people read it."""

    number: int
    created_at: datetime
    actor: str
    action: str
    about: str
    outcome: str
    details: Mapping[str, Any]
    ip_address: str | None
    hash: str


def list_entries(
    ctx: Context,
    *,
    about: str = "",
    actor: str = "",
    before: int | None = None,
    limit: int = 50,
    without_looks: bool = False,
) -> CursorPage[list[ShownEntry]]:
    """Entries, newest first: about one thing, of one person, or all."""
    ctx.require_shop()
    statement = select(AuditEntry).order_by(col(AuditEntry.number).desc()).limit(limit + 1)
    if about:
        statement = statement.where(col(AuditEntry.about) == about)
    if actor:
        statement = statement.where(col(AuditEntry.actor) == actor)
    if before is not None:
        statement = statement.where(col(AuditEntry.number) < before)
    if without_looks:
        statement = statement.where(col(AuditEntry.action) != "look")
    rows = ctx.db.execute(statement).scalars().all()
    shown = [
        ShownEntry(
            number=row.number,
            created_at=row.created_at,
            actor=row.actor,
            action=row.action,
            about=row.about,
            outcome=row.outcome,
            details=json.loads(row.details),
            ip_address=row.ip_address,
            hash=row.hash,
        )
        for row in rows[:limit]
    ]
    return CursorPage(shown, str(shown[-1].number) if len(rows) > limit else None)
