"""The table: printed, and kept under `var/bench/`."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.importing import Imported
from tests.bench.running import Figures, driver
from tests.bench.systems import Systems

FOLDER = Path(os.environ.get("PORTAL_DATA_DIR", "var")) / "bench"


@dataclass(frozen=True, slots=True)
class Row:
    """One question on one database."""

    database: str
    question: str
    bytes: int
    own: Figures
    limit: Figures
    megabytes: float
    start_seconds: float


@dataclass(frozen=True, slots=True)
class Writing:
    """How fast orders came in."""

    database: str
    in_bulk: float
    """Orders a second that were written as rows, with their documents."""
    imported: Imported
    systems: Systems
    """What calls of the shop's systems cost."""


def write_report(
    rows: Sequence[Row], writing: Sequence[Writing], orders: int, workers: int, connections: int
) -> None:
    """Print the table and keep it, as text and as JSON."""
    now = datetime.now(UTC)
    table = _table(rows, orders, workers, connections) + _sentences(rows, writing)
    print(table)
    figures = {"rows": list(map(asdict, rows)), "writing": list(map(asdict, writing))}
    keep(f"api-{orders}-{now:%Y%m%d-%H%M%S}", table, json.dumps(figures, indent=1))


def keep(name: str, table: str, figures: str) -> None:
    """Write a table and the figures it was made of, with the time and the machine's load."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    heading = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, load {os.getloadavg()[0]:.1f}"
    (FOLDER / f"{name}.md").write_text(f"{heading}\n\n{table}")
    (FOLDER / f"{name}.json").write_text(figures)


def _table(rows: Sequence[Row], orders: int, workers: int, connections: int) -> str:
    lines = [
        f"{orders:,} orders, {workers} workers, {connections} connections, {os.cpu_count()} cores",
        f"Asked by {driver()}; the limit is a bare app that sends the same bytes.",
        "",
        "| Database | Question | kB | a second | p50 ms | p99 ms | CPU ms | limit | CPU ms | |",
        "|--|--|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {row.database} | {row.question} | {row.bytes / 1000:.1f} | {row.own.per_second:,.0f} "
        f"| {row.own.p50:.1f} | {row.own.p99:.1f} | {row.own.cpu:.2f} "
        f"| {row.limit.per_second:,.0f} | {row.limit.cpu:.2f} "
        f"| {row.own.per_second / row.limit.per_second:.0%} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n\n"


def _sentences(rows: Sequence[Row], writing: Sequence[Writing]) -> str:
    memory = {row.database: (row.megabytes, row.start_seconds) for row in rows}
    lines = [
        f"{database}: {megabytes:.0f} MB under load, first answer after {seconds:.1f} s."
        for database, (megabytes, seconds) in memory.items()
    ]
    lines += [
        f"{one.database}: {one.in_bulk:,.0f} orders a second written in bulk with their documents; "
        f"the import command {one.imported.per_second:,.0f} a second of {one.imported.orders:,} "
        f"with lines, its start included ({one.imported.cpu:.2f} CPU ms an order, "
        f"{one.imported.megabytes:.0f} MB at its peak)."
        for one in writing
    ]
    return "\n".join(lines) + "\n\n" + _of_systems(writing)


def _of_systems(writing: Sequence[Writing]) -> str:
    """What calls of the shop's systems cost, and what is wanted."""
    lines = ["| Database | The shop's systems | | wanted |", "|--|--|--:|--|"]
    lines += [
        f"| {one.database} | {what} | {figure} | {wanted} |"
        for one in writing
        for what, figure, wanted in one.systems.rows(one.imported.per_second)
    ]
    return "\n".join(lines) + "\n"
