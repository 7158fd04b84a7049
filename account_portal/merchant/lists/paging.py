"""Pages of lists by cursor: each costs the same, however long the list is and how far one is."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, select, tuple_, union_all
from sqlalchemy.orm import InstrumentedAttribute

from account_portal.context import Context
from account_portal.core.db import UtcDateTime
from account_portal.core.errors import InvalidInput
from account_portal.core.ids import is_id
from account_portal.merchant.rows import ChangesQuery, ListQuery

Column = InstrumentedAttribute[Any]


@dataclass(frozen=True)
class Keys:
    """The columns a list is found by.

    There are indexes on id, on (status, id), on (stamp, id) and on (status, stamp, id).
    """

    id: Any
    status: Any = None
    stamp: Any = None
    """When a row changed last; none: the list cannot be followed."""


class Place(NamedTuple):
    """A row in the order of its list."""

    id: str
    stamp: datetime | None


def find_page(
    ctx: Context,
    keys: Keys,
    query: ListQuery,
    *,
    statuses: Sequence[str] = (),
    where: Sequence[ColumnElement[bool]] = (),
) -> tuple[list[str], str | None]:
    """Ids of a page's rows, in order, and the cursor of the next page.

    Raises:
        InvalidInput: the cursor is none of this list in this order.
    """
    by_change = isinstance(query, ChangesQuery) and query.by_change
    oldest = query.sort == "oldest"
    name = f"{ctx.settings.store_id}/{keys.id.table.name}" + "/oldest" * oldest
    after = _read_cursor(name, query.cursor, by_change=by_change) if query.cursor else None
    base = select(keys.id, keys.stamp if by_change else keys.id).where(*where)
    if by_change:
        base = _after_change(base, keys, query, after)
    else:
        if isinstance(query, ChangesQuery) and query.updated_since is not None:
            base = base.where(keys.stamp >= query.updated_since)
        if after is not None:
            base = base.where(keys.id > after.id if oldest else keys.id < after.id)
        base = base.order_by(keys.id if oldest else keys.id.desc())
    rows = ctx.db.execute(
        _in_states(base, keys, statuses, query.limit + 1, by_change=by_change, oldest=oldest)
    )
    found = [Place(row[0], row[1] if by_change else None) for row in rows]
    page = found[: query.limit]
    more = len(found) > query.limit
    return [place.id for place in page], _cursor(name, page[-1]) if more else None


def _after_change(
    base: Select[Any], keys: Keys, query: ListQuery, after: Place | None
) -> Select[Any]:
    since = query.updated_since if isinstance(query, ChangesQuery) else None
    if since is not None:
        base = base.where(keys.stamp >= since)
    if after is not None:
        place = tuple_(keys.stamp, keys.id)
        base = base.where(
            place > tuple_(after.stamp, after.id, types=(UtcDateTime(), keys.id.type))
        )
    return base.order_by(keys.stamp, keys.id)


def _in_states(
    base: Select[Any],
    keys: Keys,
    statuses: Sequence[str],
    limit: int,
    *,
    by_change: bool,
    oldest: bool,
) -> Any:
    """Each state has its part of the index: the pages of all are merged."""
    wanted = sorted(set(statuses))
    if len(wanted) <= 1:
        return base.where(*(keys.status == status for status in wanted)).limit(limit)
    parts = [
        base.where(keys.status == status).limit(limit).subquery(f"of_{place}")
        for place, status in enumerate(wanted)
    ]
    merged = union_all(*(select(*part.c) for part in parts)).subquery()
    place, stamp = merged.c[0], merged.c[1]
    order = (stamp, place) if by_change else (place if oldest else place.desc(),)
    return select(place, stamp).order_by(*order).limit(limit)


def _cursor(name: str, place: Place) -> str:
    """A place in the list of this name, which no other list takes for one of its own."""
    stamp = place.stamp.isoformat() if place.stamp else None
    said = json.dumps([name, place.id, stamp]).encode()
    return base64.urlsafe_b64encode(said).decode().rstrip("=")


def _read_cursor(name: str, text: str, *, by_change: bool) -> Place:
    wrong = InvalidInput(cursor="is none of this list in this order")
    try:
        padded = text + "=" * (-len(text) % 4)
        found = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        of_list, row_id, stamp = found
        moment = datetime.fromisoformat(stamp) if stamp is not None else None
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise wrong from None
    if (
        of_list != name
        or not is_id(row_id)
        or (moment is None) is by_change
        or (moment and moment.tzinfo is None)
    ):
        raise wrong
    return Place(row_id, moment)
