"""The archive: `data.json` for programs, `index.html` for people, and the files.

Rows are read and written one by one, so that an archive may be larger than the memory.
"""

import zipfile
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from html import escape
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import orjson
from sqlalchemy import BigInteger, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from account_portal.context import Context
from account_portal.core import bulk, money
from account_portal.core.told_days import told_day
from account_portal.models import ImportStatement, LoyaltyAccount, Media, Order, OutboxMessage
from account_portal.personal_data.service.tables import NOT_HANDED_OUT, OWN, Own
from account_portal.personal_data.service.tables.base import SECRET

FORMAT_VERSION = 1
_AT_ONCE = 500
_IN_MEMORY = 4 * 1024 * 1024
_PIECE = 256 * 1024
_PLAIN = {"byte_count", "total_weight"}
"""Whole numbers of 64 bits that are neither money nor points."""
_POINTS = {"earned", "redeemed", "bonus"}
_SECRETS = {name for own in OWN for name, why in own.withheld.items() if why is SECRET}
"""Columns whose values an import may have said."""
_RATES = {"tax_rate", "shipping_tax_rate"}
"""Kept in hundredths of a per cent."""

_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }}
body {{ max-width: 60rem; margin: 0 auto; padding: 1rem; }}
nav ul {{ columns: 16rem; padding-left: 1.25rem; }}
article {{ border-top: 1px solid; padding: .75rem 0; }}
dl {{ display: grid; grid-template-columns: minmax(8rem, 16rem) 1fr; gap: .25rem 1rem; margin: 0; }}
dt {{ font-weight: 600; }}
dd {{ margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }}
@media (max-width: 30rem) {{ dl {{ grid-template-columns: 1fr; }} dd {{ margin-bottom: .5rem; }} }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>Made {made}. All times are UTC; a day without a time is a day of the store. What is empty is
left out here; <code>data.json</code> beside this page has everything, in a form for programs.
Pictures and videos are in the folder <code>files</code>.</p>
"""


def write_archive(ctx: Context, customer_id: str, file: IO[bytes]) -> None:
    """Write everything about a customer into a file."""
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        SpooledTemporaryFile(_IN_MEMORY) as page,
    ):
        with archive.open("data.json", "w", force_zip64=True) as data:
            _write_rows(ctx, customer_id, data, page)
        page.seek(0)
        with archive.open("index.html", "w", force_zip64=True) as shown:
            while piece := page.read(_PIECE):
                shown.write(piece)
        for key in _files(ctx, customer_id):
            _add_file(ctx, archive, key)


def _write_rows(ctx: Context, customer_id: str, data: IO[bytes], page: IO[bytes]) -> None:
    store = ctx.settings.store_name
    title = escape(f"Your data at {store}")
    head = {
        "format_version": FORMAT_VERSION,
        "store": store,
        "made_at": ctx.now,
        "customer_id": customer_id,
        "amounts": "Money is in major units of the row's currency, points are whole points.",
        "withheld": _withheld(),
    }
    data.write(_json(head)[:-1] + b',"tables":{')
    page.write(_HEAD.format(title=title, made=_time(ctx.now)).encode())
    page.write(_contents())
    for number, own in enumerate(OWN):
        data.write(b"," * bool(number) + _json(own.name) + b":[")
        page.write(f'<section id="{own.name}"><h2>{escape(own.heading)}</h2>\n'.encode())
        is_empty = True
        for row in read_rows(ctx, own, customer_id):
            data.write(b"" if is_empty else b",\n")
            data.write(_json(row))
            page.write(_article(row))
            is_empty = False
        data.write(b"]")
        page.write(b"<p>Nothing.</p></section>\n" if is_empty else b"</section>\n")
    data.write(b"}}\n")
    page.write(_withheld_page())
    page.write(b"</main></body></html>\n")


def read_rows(ctx: Context, own: Own, customer_id: str) -> Iterator[dict[str, Any]]:
    """The rows of a table that are of a customer, as they are handed out."""
    table = bulk.table_of(own.model)
    order = aliased(Order)
    columns: list[Any] = [table.c[name] for name in own.columns]
    if own.order is not None:
        columns += [
            col(order.order_number).label("_order_number"),
            col(order.currency).label("_currency"),
        ]
    statement = select(*columns).where(own.found(customer_id))
    if own.order is not None:
        statement = statement.join(order, col(order.id) == own.order)
    statement = statement.order_by(*table.primary_key.columns)
    rows = ctx.db.execute(statement.execution_options(yield_per=_AT_ONCE)).mappings()
    for row in rows:
        values = dict(row)
        number = values.pop("_order_number", None)
        own_currency = values.get("currency") or ctx.settings.currency
        currency = values.pop("_currency", None) or own_currency
        shown = {name: _value(own, name, value, currency) for name, value in values.items()}
        is_named = number is not None and "order_number" not in shown
        yield {"order_number": number, **shown} if is_named else shown


def _value(own: Own, name: str, value: Any, currency: str) -> Any:
    if value is None:
        return None
    if own.model is OutboxMessage and name == "payload":
        return value.get("words")  # a code that waits is nobody's to read but its recipient's
    if own.model is ImportStatement and name == "statement":
        said = orjson.loads(value)
        return orjson.dumps({key: said[key] for key in said if key not in _SECRETS}).decode()
    if name in _RATES:
        return float(Decimal(value) / 100)
    kind = bulk.table_of(own.model).c[name].type
    if isinstance(kind, BigInteger):
        if name in _PLAIN:
            return value
        if "loyalty_point" in name or (own.model is LoyaltyAccount and name in _POINTS):
            return float(money.to_points(value))
        return float(money.to_major(value, currency))
    return value


def _files(ctx: Context, customer_id: str) -> list[str]:
    statement = select(col(Media.id), col(Media.sizes)).where(col(Media.customer_id) == customer_id)
    return [
        f"{row.id}/{name}"
        for row in ctx.db.execute(statement.order_by(col(Media.id)))
        for name in row.sizes.split(",")
    ]


def _add_file(ctx: Context, archive: zipfile.ZipFile, key: str) -> None:
    source = ctx.gateways.storage.open(key)
    if source is None:
        return
    # Pictures and videos are packed already.
    entry = zipfile.ZipInfo(f"files/{key}", ctx.now.timetuple()[:6])
    with source, archive.open(entry, "w", force_zip64=True) as target:
        while piece := source.read(_PIECE):
            target.write(piece)


def _withheld() -> list[dict[str, str]]:
    found = [
        {"table": own.name, "column": name, "why": why}
        for own in OWN
        for name, why in own.withheld.items()
    ]
    tables = [
        {"table": str(bulk.table_of(model).name), "column": "*", "why": why}
        for model, why in NOT_HANDED_OUT.items()
    ]
    return [*found, *tables]


def _json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)


def _moment(value: datetime) -> str:
    """A moment with its zone; what was told as a day alone, as that day."""
    return told_day(value) or _time(value)


def _time(value: datetime) -> str:
    return f"{value:%Y-%m-%d %H:%M} UTC"


def _contents() -> bytes:
    links = "".join(f'<li><a href="#{own.name}">{escape(own.heading)}</a></li>' for own in OWN)
    return f'<nav aria-label="Contents"><ul>{links}</ul></nav>\n'.encode()


def _article(row: dict[str, Any]) -> bytes:
    lines = [
        f"<dt>{escape(name.replace('_', ' ').capitalize())}</dt><dd>{escape(_text(value))}</dd>"
        for name, value in row.items()
        if value not in (None, "", [], {})
    ]
    return f"<article><dl>{''.join(lines)}</dl></article>\n".encode()


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"
    if isinstance(value, dict):
        return "\n".join(f"{name}: {_text(one)}" for name, one in value.items())
    if isinstance(value, list):
        return "\n".join(map(_text, value))
    return str(value)


def _withheld_page() -> bytes:
    reasons: dict[str, list[str]] = {}
    for one in _withheld():
        place = one["table"] if one["column"] == "*" else f"{one['table']}.{one['column']}"
        reasons.setdefault(one["why"], []).append(place)
    listed = "".join(
        f"<dt>{escape(why)}</dt><dd>{escape(', '.join(places))}</dd>"
        for why, places in reasons.items()
    )
    return f"<section><h2>What is not here, and why</h2><dl>{listed}</dl></section>\n".encode()
