"""The page: what is kept, by section; orders each with all that followed; and what is not here.

Rows are written as they are read; orders some at a time, with what belongs to them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from html import escape
from tempfile import SpooledTemporaryFile
from typing import IO

from sqlalchemy import select
from sqlmodel import SQLModel, col

from account_portal import models as m
from account_portal.addresses.rules import zone_of_store
from account_portal.context import Context
from account_portal.core import bulk
from account_portal.personal_data.service.overview import words
from account_portal.personal_data.service.overview.fields import Fields
from account_portal.personal_data.service.overview.references import References
from account_portal.personal_data.service.overview.style import HEAD
from account_portal.personal_data.service.rows import Row, read_rows
from account_portal.personal_data.service.tables import NOT_HANDED_OUT, OWN, Own
from account_portal.personal_data.service.tables.base import ORDERING

Rows = dict[type[SQLModel], list[Row]]

_IN_MEMORY = 4 * 1024 * 1024
_PIECE = 256 * 1024
_ORDERS_AT_ONCE = 50
_BY_MODEL: dict[type[SQLModel], Own] = {own.model: own for own in OWN}
_OF_ORDER: tuple[type[SQLModel], ...] = (
    m.OrderLine,
    m.Shipment,
    m.Payment,
    m.Invoice,
    m.CancelledItem,
    m.OrderReturn,
    m.Claim,
    m.Refund,
)
"""What is written beneath an order, in this order."""
_OF_PART: dict[type[SQLModel], tuple[tuple[type[SQLModel], str], ...]] = {
    m.Shipment: ((m.ShipmentItem, "shipment_id"), (m.ShipmentEvent, "shipment_id")),
    m.OrderReturn: ((m.ReturnItem, "return_id"),),
    m.Claim: ((m.ClaimItem, "claim_id"),),
}
"""What is written beneath these, with the column that names them."""
_PARTS = {*_OF_ORDER, *(model for parts in _OF_PART.values() for model, _ in parts)}
_SHOWN_ELSEWHERE = {*_PARTS, m.AddressCopy, m.Evidence, m.ReviewMedia}
"""Tables without a section: their rows stand where they belong."""


def write_overview(ctx: Context, customer_id: str, there: Collection[str], page: IO[bytes]) -> None:
    """Write the page.

    Args:
        ctx: the call's context.
        customer_id: whose data it shows.
        there: keys of the files that are in the archive.
        page: where it goes.
    """
    with SpooledTemporaryFile(_IN_MEMORY) as body:
        overview = _Overview(ctx, customer_id, there, body)
        full, empty = overview.write()
        page.write(_top(ctx, full, has_files=bool(there)))
        body.seek(0)
        while piece := body.read(_PIECE):
            page.write(piece)
    if empty:
        nothing = "; ".join(own.heading for own in empty)
        page.write(f"<h2>Nothing is kept of</h2><p>{escape(nothing)}.</p>\n".encode())
    page.write(_withheld())
    page.write(b"</main></body></html>\n")


def _top(ctx: Context, full: Sequence[Own], *, has_files: bool) -> bytes:
    made = words.moment(ctx, ctx.now)
    zone = zone_of_store(ctx.settings).key
    files = " Pictures and videos are in the folder <code>files</code>." if has_files else ""
    links = "".join(f'<li><a href="#{own.name}">{escape(own.heading)}</a></li>' for own in full)
    return (
        HEAD.format(title=escape(f"Your data at {ctx.settings.store_name}"))
        + f'<p class="muted">Made on {escape(made)}. Times are those of {escape(zone)}.</p>\n'
        "<p>What is empty or zero is left out here, and so are numbers that only programs know. "
        "<code>data.json</code> beside this page has everything, in a form for programs."
        f"{files}</p>\n"
        f'<nav aria-label="Contents"><ul>{links}</ul></nav>\n'
    ).encode()


class _Overview:
    def __init__(
        self, ctx: Context, customer_id: str, there: Collection[str], page: IO[bytes]
    ) -> None:
        self._ctx, self._customer_id, self._page = ctx, customer_id, page
        self._refers = References(ctx, customer_id, there)
        self._fields = Fields(ctx, self._refers)

    def write(self) -> tuple[list[Own], list[Own]]:
        """Write the sections; which have rows, and which have none."""
        full: list[Own] = []
        empty: list[Own] = []
        for own in OWN:
            if own.model in _SHOWN_ELSEWHERE:
                continue
            shown = self._orders() if own.model is m.Order else self._rows(own)
            is_empty = True
            for article in shown:
                if is_empty:
                    self._put(f'<section id="{own.name}"><h2>{escape(own.heading)}</h2>\n')
                self._put(f"<article>{article}</article>\n")
                is_empty = False
            if not is_empty:
                self._put("</section>\n")
            (empty if is_empty else full).append(own)
        return full, empty

    def _put(self, text: str) -> None:
        self._page.write(text.encode())

    def _rows(self, own: Own) -> Iterator[str]:
        for row in read_rows(self._ctx, own, self._customer_id):
            yield self._one(own, row, "h3")

    def _one(self, own: Own, row: Row, heading: str) -> str:
        title = self._fields.title(own, row)
        shown = f"<{heading}>{escape(title)}</{heading}>" if title else ""
        return shown + self._fields.listed(own, row) + self._fields.pictures(own, row)

    def _orders(self) -> Iterator[str]:
        order = m.Order
        mine = select(col(order.id)).where(col(order.customer_id) == self._customer_id)
        newest_first = mine.order_by(col(order.order_date).desc(), col(order.id).desc())
        ids = list(self._ctx.db.execute(newest_first).scalars())
        for start in range(0, len(ids), _ORDERS_AT_ONCE):
            yield from self._some_orders(ids[start : start + _ORDERS_AT_ONCE])

    def _some_orders(self, ids: Sequence[str]) -> Iterator[str]:
        own = _BY_MODEL[m.Order]
        orders = list(self._read(own, ids))
        found: dict[str, Rows] = defaultdict(lambda: defaultdict(list))
        for model in _PARTS - {m.ShipmentEvent}:
            for row in self._read(_BY_MODEL[model], ids):
                found[row.values["order_number"]][model].append(row)
        of_parcel = {
            parcel.values["id"]: number
            for number, parts in found.items()
            for parcel in parts[m.Shipment]
        }
        parcels = select(col(m.Shipment.id)).where(col(m.Shipment.order_id).in_(ids))
        event = _BY_MODEL[m.ShipmentEvent]
        among = col(m.ShipmentEvent.shipment_id).in_(parcels)
        for row in read_rows(self._ctx, event, self._customer_id, among):
            number = of_parcel[row.values["shipment_id"]]
            found[number][m.ShipmentEvent].append(row)
        self._refers.take(
            (row for parts in found.values() for row in parts[m.OrderLine]),
            (*orders, *(row for parts in found.values() for row in parts[m.OrderReturn])),
        )
        orders.sort(key=lambda row: row.values["order_date"], reverse=True)
        for row in orders:
            parts = found[row.values["order_number"]]
            below = (self._parts(model, parts[model], parts) for model in _OF_ORDER)
            yield self._one(own, row, "h3") + "".join(below)

    def _read(self, own: Own, ids: Sequence[str]) -> Iterator[Row]:
        return read_rows(self._ctx, own, self._customer_id, own.order.in_(ids))

    def _parts(self, model: type[SQLModel], rows: Sequence[Row], parts: Rows) -> str:
        if not rows:
            return ""
        own = _BY_MODEL[model]
        shown = []
        for row in rows:
            below = "".join(
                self._beneath(child, [one for one in parts[child] if one.values[name] == key])
                for child, name in _OF_PART.get(model, ())
                for key in (row.values["id"],)
            )
            shown.append(f'<div class="part">{self._one(own, row, "h5")}{below}</div>')
        return f"<h4>{escape(own.heading)}</h4>{''.join(shown)}"

    def _beneath(self, model: type[SQLModel], rows: Iterable[Row]) -> str:
        own = _BY_MODEL[model]
        if model in (m.ShipmentItem, m.ShipmentEvent):
            lines = "".join(f"<li>{escape(self._fields.line(own, row))}</li>" for row in rows)
            return f'<ul class="list">{lines}</ul>' if lines else ""
        return "".join(self._one(own, row, "h5") for row in rows)


def _withheld() -> bytes:
    """What is not handed out, and why; columns that only order rows are one sentence."""
    reasons: dict[str, list[str]] = defaultdict(list)
    for own in OWN:
        for name, why in own.withheld.items():
            if why != ORDERING:
                reasons[why].append(f"{own.heading}: {words.label(name).lower()}")
    for model, why in NOT_HANDED_OUT.items():
        table = str(bulk.table_of(model).name)
        reasons[why].append(words.label(table))
    listed = "".join(
        f"<div><dt>{escape(why)}</dt><dd>{escape('; '.join(places))}</dd></div>"
        for why, places in (*reasons.items(), (ORDERING, ["Marks inside the portal"]))
    )
    return (
        "<section><h2>What is not here, and why</h2>"
        f"<article><dl>{listed}</dl></article></section>\n"
    ).encode()
