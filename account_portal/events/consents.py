"""Notes each switch of the opt-ins that is turned: what, when and by whom.

Whoever writes opt-ins, a page, the API, an import: the session's flush and `core.bulk.insert` end
here. A new customer's usual opt-ins are no consent and are not noted; what differs from them is.
"""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import event, inspect
from sqlmodel import Session

from account_portal.core import bulk
from account_portal.core.clock import utc_now
from account_portal.core.ids import new_id
from account_portal.events.recording import source_of
from account_portal.models import ConsentChange, NotificationPreference

_USUAL = {
    name: field.default
    for name, field in NotificationPreference.model_fields.items()
    if isinstance(field.default, bool)
}
"""The switches, and how they stand for somebody new."""


@event.listens_for(Session, "after_flush")
def _note_flushed(db: Session, _flush: object) -> None:
    turned: list[tuple[str, str, bool]] = []
    for row in (*db.new, *db.dirty):
        if isinstance(row, NotificationPreference):
            names = [one.key for one in inspect(row).attrs if one.history.has_changes()]
            turned += _turned(row.model_dump(), names, is_new=row in db.new)
    _note(db, turned)


def _note_inserted(db: Session, _model: object, rows: list[bulk.Row]) -> None:
    _note(db, (one for row in rows for one in _turned(row, row.keys(), is_new=True)))


bulk.listeners[NotificationPreference] = _note_inserted


def _turned(
    row: dict[str, Any], names: Collection[str], *, is_new: bool
) -> Iterable[tuple[str, str, bool]]:
    for name in _USUAL.keys() & set(names):
        if not is_new or row[name] != _USUAL[name]:
            yield row["user_id"], name, row[name]


def _note(db: Session, turned: Iterable[tuple[str, str, bool]]) -> None:
    now, source = utc_now(), source_of(db)
    rows: list[bulk.Row] = [
        {
            "id": new_id(),
            "user_id": user_id,
            "name": name,
            "is_on": is_on,
            "source": source,
            "created_at": now,
        }
        for user_id, name, is_on in sorted(turned)
    ]
    bulk.insert(db, ConsentChange, rows)
