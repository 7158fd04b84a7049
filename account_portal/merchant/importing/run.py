"""An import from files to database: batches, so that a million records need little memory."""

import gc
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pydantic
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from account_portal.core.clock import utc_now
from account_portal.core.db import Database, get_database
from account_portal.core.ids import new_id
from account_portal.core.races import taken_key
from account_portal.events import IMPORT, act_as
from account_portal.merchant.importing.batch import Entry, Fault
from account_portal.merchant.importing.columns import describe
from account_portal.merchant.importing.fields import Record, unknown_fields
from account_portal.merchant.importing.outcomes import Outcome, key_in, key_of, order_number_of
from account_portal.merchant.importing.records import (
    RECORDS,
    CustomerRecord,
    LoyaltyRecord,
    OrderRecord,
    PaymentRecord,
    ProductRecord,
    RefundRecord,
    ReviewRecord,
    ShipmentRecord,
    SubscriptionRecord,
)
from account_portal.merchant.importing.sources import Found, read_file
from account_portal.merchant.importing.statements import Statements
from account_portal.merchant.importing.writing import write
from account_portal.orders.service import apply_settings

BATCH = 1000
"""Records written in one transaction. Each costs a wait for the disk; one holds them in memory."""

_TYPE_OF = {kind: name for name, kind in RECORDS.items()}
_KEYS = {
    ProductRecord: ("product_id",),
    CustomerRecord: ("external_id", "email", "phone"),
    OrderRecord: ("order_number",),
    ShipmentRecord: ("reference_number",),
    PaymentRecord: ("request_number",),
    RefundRecord: ("request_number",),
    LoyaltyRecord: ("external_id",),
    SubscriptionRecord: ("subscription_number",),
    ReviewRecord: ("customer_id", "customer_email", "customer_phone"),
}

OnFault = Callable[[str, int, str], None]
OnProgress = Callable[[int], None]
OnOutcomes = Callable[[list[Outcome]], None]


@dataclass(slots=True)
class Summary:
    """What an import did."""

    written: Counter[str] = field(default_factory=Counter)
    unknown_fields: Counter[str] = field(default_factory=Counter)
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: int = 0
    """Of those written: records that say what they said the last time, and were left alone."""
    faults: int = 0
    rolled_back: bool = False


def run_import(
    database: Database,
    paths: Sequence[Path],
    *,
    strict: bool = False,
    on_fault: OnFault = lambda _source, _line, _reason: None,
    on_kept: OnFault = lambda _source, _line, _reason: None,
    on_progress: OnProgress = lambda _bytes: None,
) -> Summary:
    """Bring files of records into the database.

    Good records go in, even when others are bad; with `strict` one bad record rolls back all.
    Running it again changes nothing.

    Args:
        database: whose tables are up to date.
        paths: NDJSON files, or Shopify exports of orders or customers.
        strict: all or nothing.
        on_fault: told of each bad record: file, line (0: the whole file), reason.
        on_kept: told of each part of a record that was not applied because something went further
            here, like `on_fault`.
        on_progress: told how many bytes were read since it was last told.
    """
    with (
        _no_search_for_cycles(),
        tempfile.TemporaryFile("w+", encoding="utf-8") as waiting,
        database.session(writes=True) as db,
    ):
        act_as(db, IMPORT)
        apply_settings(db, utc_now())
        importer = _Importer(db, strict=strict, on_fault=on_fault, on_kept=on_kept, waiting=waiting)
        for path in paths:
            importer.read(str(path), read_file(path), on_progress)
        importer.finish()
        if strict and importer.summary.faults:
            db.rollback()
            importer.summary.rolled_back = True
        else:
            db.commit()
    return importer.summary


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Look for cycles after each batch, not while it is worked on: that takes a third of the time.

    For a process that does nothing else.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def import_stream(database: Database, found: Iterable[Found], on_outcomes: OnOutcomes) -> Summary:
    """Bring a stream of records into the database, a transaction for every batch of it.

    Args:
        database: whose tables are up to date.
        found: the records, read as they come; no transaction is open meanwhile.
        on_outcomes: told what became of the records of a batch once it is committed.
    """
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as waiting,
        database.session(writes=True) as db,
    ):
        act_as(db, IMPORT)
        importer = _Importer(db, strict=False, on_outcomes=on_outcomes, waiting=waiting)
        importer.read("", found)
        importer.finish()
        db.commit()
    return importer.summary


def import_into(db: Session, found: Iterable[Found], on_outcomes: OnOutcomes) -> Summary:
    """Bring records into the database within a transaction that is open; nothing is committed.

    Good records are in, even when others are refused; undo all to have none. `on_outcomes` is told
    of each batch.
    """
    with tempfile.SpooledTemporaryFile(1_000_000, "w+", encoding="utf-8") as waiting:
        importer = _Importer(db, strict=True, on_outcomes=on_outcomes, waiting=waiting)
        importer.read("", found)
        importer.finish()
    return importer.summary


def _nothing(*_told: object) -> None:
    """Nobody wants to be told."""


class _Importer:
    def __init__(
        self,
        db: Session,
        *,
        strict: bool,
        waiting: IO[str],
        on_fault: OnFault = _nothing,
        on_kept: OnFault = _nothing,
        on_outcomes: OnOutcomes | None = None,
    ) -> None:
        self._db = db
        self._strict = strict
        self._on_fault = on_fault
        self._on_kept = on_kept
        self._on_outcomes = on_outcomes
        self._outcomes: list[Outcome] = []
        self._waiting = waiting
        self._waiting_types: set[str] = set()
        self._entries: list[Entry[Record]] = []
        self._keys: set[tuple[Any, ...]] = set()
        self._since = new_id()
        self.summary = Summary()

    def read(
        self, source: str, records: Iterable[Found], on_progress: OnProgress = _nothing
    ) -> None:
        """Take in one file, or stream."""
        told = 0
        for found in records:
            if found.data is None:
                self._refuse(source, found.line, found.reason)
            else:
                self._take(source, found.line, found.data, found.columns)
            if found.offset > told:
                on_progress(found.offset - told)
                told = found.offset

    def finish(self) -> None:
        """Write what is left, and what waited for records that came later."""
        self._flush(is_last=False)
        for name in RECORDS:
            if name in self._waiting_types:
                for entry in self._waited(name):
                    self._add(entry, is_last=True)
                self._flush(is_last=True)
        self._tell()

    def _tell(self) -> None:
        """Tell what became of records, now that they are in."""
        if self._on_outcomes is not None and self._outcomes:
            outcomes, self._outcomes = self._outcomes, []
            self._on_outcomes(sorted(outcomes, key=lambda outcome: outcome.line))

    def _take(
        self, source: str, line: int, data: dict[str, Any], columns: Mapping[str, str]
    ) -> None:
        kind = data.get("type")
        model = RECORDS.get(kind) if isinstance(kind, str) else None
        if model is None:
            known = ", ".join(RECORDS)
            fields = {"type": [f"must be one of {known}"]}
            self._refuse(source, line, f"type: must be one of {known}", data=data, fields=fields)
            return
        try:
            record = model.model_validate(data)
        except pydantic.ValidationError as error:
            fields, reason = describe(error, columns)
            self._refuse(source, line, reason, data=data, fields=fields)
            return
        unknown = tuple(sorted(unknown_fields(model, data)))
        for name in unknown:
            self.summary.unknown_fields[f"{kind}.{name}"] += 1
        self._add(Entry(source, line, record, unknown, columns), is_last=False)

    def _add(self, entry: Entry[Record], *, is_last: bool) -> None:
        keys = _keys_of(entry.record)
        # A record that comes again is an update: the first one has to be there by then.
        if len(self._entries) >= BATCH or not self._keys.isdisjoint(keys):
            self._flush(is_last=is_last)
        self._entries.append(entry)
        self._keys.update(keys)

    def _flush(self, *, is_last: bool) -> None:
        entries, self._entries, self._keys = self._entries, [], set()
        if not entries:
            return
        self._write(entries, is_last=is_last)
        if not self._strict:
            self._db.commit()
        self._tell()
        if not gc.isenabled():
            del entries
            gc.collect(1)  # what this batch made

    def _write(self, entries: Sequence[Entry[Record]], *, is_last: bool) -> None:
        try:
            batch, said = write(self._db, entries, utc_now(), since=self._since, is_last=is_last)
        except (SQLAlchemyError, OverflowError) as error:
            if get_database().is_away(error):
                raise  # that says nothing of the records
            if len(entries) > 1:
                # One of them is what the database does not take: find out which.
                half = len(entries) // 2
                self._write(entries[:half], is_last=is_last)
                self._write(entries[half:], is_last=is_last)
            else:
                self._refuse(entries[0].source, entries[0].line, _words_of(error), entry=entries[0])
            return
        left = batch.left_out
        changed = {id(entry) for entry in said.changed}
        place = {id(entry): number for number, entry in enumerate(entries)}
        refused: set[int] = set()
        for fault in sorted(batch.faults, key=lambda fault: place[id(fault.entry)]):
            entry = fault.entry
            if id(entry) not in refused:  # the first reason will do
                refused.add(id(entry))
                self._refuse(entry.source, entry.line, fault.reason, entry=entry)
        for entry in {id(entry): entry for entry in batch.waiting}.values():
            if id(entry) not in refused:
                self._wait(entry)
        self.summary.unchanged += sum(id(e) not in changed and id(e) not in left for e in entries)
        for fault in batch.kept:
            self.summary.kept += 1
            self._on_kept(fault.entry.source, fault.entry.line, fault.reason)
        known = {id(entry) for entry in said.known}
        for entry in said.changed:
            if id(entry) not in left:
                self.summary.updated += id(entry) in known
                self.summary.created += id(entry) not in known
        for entry in entries:
            if id(entry) not in left:
                self.summary.written[_TYPE_OF[type(entry.record)]] += 1
        if self._on_outcomes is not None:
            self._note_outcomes([e for e in entries if id(e) not in left], said, batch.kept)

    def _note_outcomes(
        self, entries: Iterable[Entry[Record]], said: Statements, kept: Iterable[Fault]
    ) -> None:
        known, changed = ({id(entry) for entry in some} for some in (said.known, said.changed))
        reasons: dict[int, list[str]] = {}
        for fault in kept:
            reasons.setdefault(id(fault.entry), []).append(fault.reason)
        for entry in entries:
            outcome = _outcome_of(entry)
            if id(entry) in reasons:
                outcome.outcome, outcome.reason = "kept", "; ".join(reasons[id(entry)])
            elif id(entry) in changed:
                outcome.outcome = "updated" if id(entry) in known else "created"
            self._outcomes.append(outcome)

    def _wait(self, entry: Entry[Record]) -> None:
        name = _TYPE_OF[type(entry.record)]
        self._waiting_types.add(name)
        content = entry.record.model_dump(exclude_unset=True)
        said = [name, entry.source, entry.line, content, entry.unknown]
        json.dump(said, self._waiting, default=str)
        self._waiting.write("\n")

    def _waited(self, wanted: str) -> Iterator[Entry[Record]]:
        self._waiting.seek(0)
        for text in self._waiting:
            name, source, line, content, unknown = json.loads(text)
            if name == wanted:
                record = RECORDS[name].model_validate(content)
                yield Entry(source, line, record, tuple(unknown))

    def _refuse(
        self,
        source: str,
        line: int,
        reason: str,
        *,
        entry: Entry[Record] | None = None,
        data: dict[str, Any] | None = None,
        fields: dict[str, list[str]] | None = None,
    ) -> None:
        self.summary.faults += 1
        self._on_fault(source, line, reason)
        if self._on_outcomes is None:
            return
        if entry is not None:
            outcome = _outcome_of(entry)
            outcome.outcome, outcome.reason = "refused", reason
        else:
            named = str(data.get("type")) if data else ""
            kind = named if named in RECORDS else None
            key = key_in(data) if data and kind else None
            outcome = Outcome(source, line, kind, key, "refused", reason, fields)
        self._outcomes.append(outcome)


def _outcome_of(entry: Entry[Record]) -> Outcome:
    record = entry.record
    kind = _TYPE_OF[type(record)]
    return Outcome(
        entry.source,
        entry.line,
        kind,
        key_of(record, kind),
        "unchanged",
        order_number=order_number_of(record),
        unknown=entry.unknown,
    )


def _words_of(error: Exception) -> str:
    """Why the database does not take a record."""
    words = str(getattr(error, "orig", None) or error).splitlines()[0]
    if isinstance(error, OverflowError) or "out of range" in words:
        return "what its amounts come to is more than can be kept"
    if key := taken_key(error):
        return f"something else here has the same {key}"
    return f"the database refuses it: {words}"


def _keys_of(record: Record) -> list[tuple[Any, ...]]:
    kind = type(record)
    keys: list[tuple[Any, ...]] = [
        (kind, name, value) for name in _KEYS[kind] if (value := getattr(record, name)) is not None
    ]
    if isinstance(record, ReviewRecord):
        return [(*key, record.product_id) for key in keys]
    return keys
