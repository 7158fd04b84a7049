"""Cost as histories grow: a small and a large shop on SQLite, asked in turn by the same client.

In turn, because what a machine does besides moves a figure more than the size of a shop does: of
figures taken minutes apart the ratio says nothing.
"""

import argparse
import json
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from statistics import median

from account_portal.core.db import Database
from tests.bench.data import build_shop
from tests.bench.questions import Question, questions_for
from tests.bench.report import keep
from tests.bench.running import Figures, Server, driver, measure, record, serve_api

SMALL = 20_000
ROUNDS = 5
MOST = 1.3
"""How many times the small shop's p99 the large one's may be."""

Pair = tuple[Figures, Figures]


def measure_growth(chosen: argparse.Namespace) -> bool:
    """Print the ratio of the medians for each question; whether none is above `MOST`."""
    with ExitStack() as stack:
        (small, questions), (large, large_questions) = (
            _open(stack, orders, chosen) for orders in (SMALL, chosen.orders)
        )
        pairs = [
            (q, other)
            for q, other in zip(questions, large_questions, strict=True)
            if chosen.only in q.name
        ]
        found: list[list[Pair]] = [[] for _ in pairs]
        for number in range(ROUNDS):
            for place, (question, other) in enumerate(pairs):
                asked = [(small, question), (large, other)]
                # Who comes first takes turns, too.
                figures = [
                    measure(server, one, chosen.seconds, chosen.connections)
                    for server, one in (asked if number % 2 else reversed(asked))
                ]
                first, second = figures if number % 2 else reversed(figures)
                found[place].append((first, second))
    ratios = [_ratio(each) for each in found]
    lines = [
        f"{SMALL:,} and {chosen.orders:,} orders on SQLite, asked in turn by {driver()};",
        f"medians of {ROUNDS} rounds, p99 in ms.",
        "",
        "| Question | small | large | ratio |",
        "|--|--:|--:|--:|",
    ]
    for (_, other), each, ratio in zip(pairs, found, ratios, strict=True):
        one, two = (median(pair[place].p99 for pair in each) for place in (0, 1))
        lines.append(f"| {other.name} | {one:.1f} | {two:.1f} | {ratio:.2f} |")
    table = "\n".join(lines) + "\n"
    print(table)
    figures_of = [[list(map(asdict, pair)) for pair in each] for each in found]
    keep(f"growth-{chosen.orders}", table, json.dumps(figures_of, indent=1))
    return max(ratios) <= MOST


def _open(
    stack: ExitStack, orders: int, chosen: argparse.Namespace
) -> tuple[Server, list[Question]]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    url = f"sqlite:///{folder}/portal.db"
    print(f"Writing {orders:,} orders ...", file=sys.stderr)
    database = Database(url)
    shop = build_shop(database, orders)
    database.dispose()
    questions = questions_for(shop, folder, url)
    server = stack.enter_context(serve_api(folder, url, chosen.workers))
    for question in questions:  # what is read from the disk the first time only
        record(server, question)
        measure(server, question, 1, chosen.connections)
    return server, questions


def _ratio(each: list[Pair]) -> float:
    return median(large.p99 for _, large in each) / median(small.p99 for small, _ in each)
