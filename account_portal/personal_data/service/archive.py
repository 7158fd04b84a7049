"""The archive: `data.json` for programs, `index.html` for people, and the files.

Rows are read and written one by one, so that an archive may be larger than the memory.
"""

import zipfile
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import orjson
from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core import bulk
from account_portal.models import Media
from account_portal.personal_data.service.overview import write_overview
from account_portal.personal_data.service.rows import read_rows
from account_portal.personal_data.service.tables import NOT_HANDED_OUT, OWN

FORMAT_VERSION = 1
_IN_MEMORY = 4 * 1024 * 1024
_PIECE = 256 * 1024


def write_archive(ctx: Context, customer_id: str, file: IO[bytes]) -> None:
    """Write everything about a customer into a file."""
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        SpooledTemporaryFile(_IN_MEMORY) as page,
    ):
        with archive.open("data.json", "w", force_zip64=True) as data:
            _write_rows(ctx, customer_id, data)
        # First of all the files: the page leads to those that are there.
        there = {key for key in _files(ctx, customer_id) if _add_file(ctx, archive, key)}
        write_overview(ctx, customer_id, there, page)
        page.seek(0)
        with archive.open("index.html", "w", force_zip64=True) as shown:
            while piece := page.read(_PIECE):
                shown.write(piece)


def _write_rows(ctx: Context, customer_id: str, data: IO[bytes]) -> None:
    head = {
        "format_version": FORMAT_VERSION,
        "store": ctx.settings.store_name,
        "made_at": ctx.now,
        "customer_id": customer_id,
        "amounts": "Money is in major units of the row's currency, points are whole points.",
        "withheld": _withheld(),
    }
    data.write(_json(head)[:-1] + b',"tables":{')
    for number, own in enumerate(OWN):
        data.write(b"," * bool(number) + _json(own.name) + b":[")
        for place, row in enumerate(read_rows(ctx, own, customer_id)):
            data.write(b",\n" * bool(place) + _json(row.values))
        data.write(b"]")
    data.write(b"}}\n")


def _files(ctx: Context, customer_id: str) -> list[str]:
    statement = select(col(Media.id), col(Media.sizes)).where(col(Media.customer_id) == customer_id)
    return [
        f"{row.id}/{name}"
        for row in ctx.db.execute(statement.order_by(col(Media.id)))
        for name in row.sizes.split(",")
    ]


def _add_file(ctx: Context, archive: zipfile.ZipFile, key: str) -> bool:
    """Pack a file; whether it is there."""
    source = ctx.gateways.storage.open(key)
    if source is None:
        return False
    # Pictures and videos are packed already.
    entry = zipfile.ZipInfo(f"files/{key}", ctx.now.timetuple()[:6])
    with source, archive.open(entry, "w", force_zip64=True) as target:
        while piece := source.read(_PIECE):
            target.write(piece)
    return True


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
