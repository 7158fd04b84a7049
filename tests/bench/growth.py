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


def measure_growth(chosen: argparse.Namespace) -> None:
    """Print for each question how many times the small shop's p99 the large one's is."""
    with ExitStack() as stack:
        shops = [_open(stack, orders, chosen) for orders in (SMALL, chosen.orders)]
        names = [q.name for q in shops[1][1]]
        places = [place for place, name in enumerate(names) if chosen.only in name]
        found: dict[int, tuple[list[Figures], list[Figures]]] = {p: ([], []) for p in places}
        for number in range(ROUNDS):
            for place in places:
                for side in (0, 1) if number % 2 else (1, 0):  # who comes first takes turns, too
                    server, questions = shops[side]
                    found[place][side].append(
                        measure(server, questions[place], chosen.seconds, chosen.connections)
                    )
    lines = [
        f"{SMALL:,} and {chosen.orders:,} orders on SQLite, asked in turn by {driver()};",
        f"medians of {ROUNDS} rounds, p99 in ms.",
        "",
        "| Question | small | large | ratio |",
        "|--|--:|--:|--:|",
    ]
    for place, sides in found.items():
        small, large = (median(one.p99 for one in side) for side in sides)
        lines.append(f"| {names[place]} | {small:.1f} | {large:.1f} | {large / small:.2f} |")
    table = "\n".join(lines) + "\n"
    print(table)
    figures = {names[p]: [list(map(asdict, side)) for side in found[p]] for p in places}
    keep(f"growth-{chosen.orders}", table, json.dumps(figures, indent=1))


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
