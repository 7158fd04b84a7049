"""The table of pages: printed, and kept under `var/bench/`, next to what is to be reached."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from tests.bench.report import keep
from tests.bench.sockets import CLICKING, Sockets
from tests.bench.visits import FAST, Visit

TARGETS = """\
Targets: paint 0.3 s fast and 1.5 s slow; data 0.5 s fast, 2.8 s slow (at best 1.0), 0.2 s warm and
fast; script 175 kB in 15 requests; shift 0.02; click p50 10 ms, p95 25 ms; a change by the
shop 1,000 ms; 1,500 events a second; 300 kB a page.
"""


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page over one line: medians, and the worst shift."""

    page: str
    line: str
    cold: Visit
    warm: Visit


@dataclass(frozen=True, slots=True)
class Clicks:
    """How long what was pressed took to show, in milliseconds."""

    what: str
    took: list[float]

    def at(self, percent: int) -> float:
        """The time within which so many of a hundred were shown."""
        return sorted(self.took)[min(len(self.took) - 1, len(self.took) * percent // 100)]


def write_pages_report(
    rows: Sequence[PageRow], clicks: Sequence[Clicks], sockets: Sockets, times: int
) -> None:
    """Print the tables and keep them, as text and as JSON."""
    text = _table(rows, clicks, sockets, times)
    found = {
        "pages": [asdict(row) for row in rows],
        "clicks": [asdict(one) for one in clicks],
        "sockets": asdict(sockets),
    }
    print(text)
    keep(f"pages-{datetime.now(UTC):%Y%m%d-%H%M%S}", text, json.dumps(found, indent=1))


def _table(rows: Sequence[PageRow], clicks: Sequence[Clicks], sockets: Sockets, times: int) -> str:
    lines = [
        f"Medians of {times} visits, {os.cpu_count()} cores; seconds.",
        "",
        "| Page | Line | paint | data | paint, warm | data, warm | kB script | requests | shift |",
        "|--|--|--:|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {row.page} | {row.line} | {row.cold.painted / 1000:.2f} | {row.cold.data / 1000:.2f} "
        f"| {row.warm.painted / 1000:.2f} | {row.warm.data / 1000:.2f} "
        f"| {row.cold.script / 1000:.0f} | {row.cold.requests} "
        f"| {max(row.cold.shift, row.warm.shift):.3f} |"
        for row in rows
    ]
    lines += [
        "",
        f"| Seen ({FAST.name}), from the press or commit | p50 ms | p95 ms |",
        "|--|--:|--:|",
    ]
    lines += [f"| {one.what} | {one.at(50):.1f} | {one.at(95):.1f} |" for one in clicks]
    held = (
        f"{sockets.events:,.0f} events a second of one process with {CLICKING} customers clicking, "
        f"p50 {sockets.p50:.1f} ms, p95 {sockets.p95:.1f} ms; {sockets.kilobytes:.0f} kB a page."
    )
    lines += ["", held, "", TARGETS]
    return "\n".join(lines)
