"""The table: printed, and kept under `var/bench/`."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.running import Figures

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


def write_report(rows: Sequence[Row], orders: int, workers: int, connections: int) -> None:
    """Print the table and keep it, as text and as JSON."""
    now = datetime.now(UTC)
    table = _table(rows, orders, workers, connections)
    print(table)
    FOLDER.mkdir(parents=True, exist_ok=True)
    name = FOLDER / f"api-{orders}-{now:%Y%m%d-%H%M%S}"
    name.with_suffix(".md").write_text(f"{now:%Y-%m-%d %H:%M} UTC\n\n{table}")
    name.with_suffix(".json").write_text(json.dumps([asdict(row) for row in rows], indent=1))


def _table(rows: Sequence[Row], orders: int, workers: int, connections: int) -> str:
    lines = [
        f"{orders:,} orders, {workers} workers, {connections} connections, {os.cpu_count()} cores",
        "",
        "| Database | Question | kB | answers/s | p50 ms | p99 ms | CPU ms | the limit | of it |",
        "|--|--|--:|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {row.database} | {row.question} | {row.bytes / 1000:.1f} | {row.own.per_second:,.0f} "
        f"| {row.own.p50:.1f} | {row.own.p99:.1f} | {row.own.cpu:.2f} "
        f"| {row.limit.per_second:,.0f} | {row.own.per_second / row.limit.per_second:.0%} |"
        for row in rows
    ]
    memory = {row.database: (row.megabytes, row.start_seconds) for row in rows}
    lines += [""] + [
        f"{database}: {megabytes:.0f} MB under load, first answer after {seconds:.1f} s."
        for database, (megabytes, seconds) in memory.items()
    ]
    return "\n".join(lines) + "\n"
