"""The API: a shop is written and asked as fast as it answers.

Each figure stands beside the limit of the same run: a bare ASGI app that sends the same bytes from
the same server with as many workers. Absolute figures move with the machine, the ratio does not.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from account_portal.core.db import Database
from tests.bench.data import Shop, build_shop
from tests.bench.importing import measure_import
from tests.bench.questions import questions_for
from tests.bench.report import Row, Writing, write_report
from tests.bench.running import driver, measure, record, serve_api, serve_bare
from tests.bench.systems import measure_systems

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "")


def measure_api(chosen: argparse.Namespace) -> None:
    """Ask both databases, SQLite alone where there is no PostgreSQL, and print the table."""
    rows: list[Row] = []
    writing: list[Writing] = []
    print(f"Asked by {driver()}.", file=sys.stderr)
    for name, database_of in (("SQLite", sqlite), ("PostgreSQL", postgresql)):
        if name == "PostgreSQL" and not POSTGRES:
            print("TEST_POSTGRES_URL is not set: SQLite only.", file=sys.stderr)
            continue
        with tempfile.TemporaryDirectory() as folder, database_of(Path(folder)) as url:
            print(f"{name}: writing {chosen.orders:,} orders ...", file=sys.stderr)
            database = Database(url)
            shop = build_shop(database, chosen.orders)
            database.dispose()
            print(f"{shop.orders_per_second:,.0f} orders a second.", file=sys.stderr)
            if not chosen.systems:
                rows += ask(name, shop, Path(folder), url, chosen)
        with tempfile.TemporaryDirectory() as folder, database_of(Path(folder)) as url:
            print(f"{name}: importing {chosen.imported:,} orders ...", file=sys.stderr)
            imported = measure_import(Path(folder), url, chosen.imported)
        with tempfile.TemporaryDirectory() as folder, database_of(Path(folder)) as url:
            print(f"{name}: the shop's systems ...", file=sys.stderr)
            systems = measure_systems(Path(folder), url, chosen.imported)
            writing.append(Writing(name, shop.orders_per_second, imported, systems))
    write_report(rows, writing, chosen.orders, chosen.workers, chosen.connections)


def ask(name: str, shop: Shop, folder: Path, url: str, chosen: argparse.Namespace) -> Iterator[Row]:
    questions = [q for q in questions_for(shop, folder, url) if chosen.only in q.name]
    with serve_api(folder, url, chosen.workers) as api:
        answers = {q.name: record(api, q) for q in questions}
        own = {q.name: measure(api, q, chosen.seconds, chosen.connections) for q in questions}
        started, megabytes = api.start_seconds, api.peak
    with serve_bare(folder, answers, chosen.workers) as bare:
        limit = {q.name: measure(bare, q, chosen.seconds, chosen.connections) for q in questions}
    for question in questions:
        yield Row(
            database=name,
            question=question.name,
            bytes=len(next(iter(answers[question.name].values()))),
            own=own[question.name],
            limit=limit[question.name],
            megabytes=megabytes,
            start_seconds=started,
        )


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder}/portal.db"


@contextmanager
def postgresql(_folder: Path) -> Iterator[str]:
    admin = Database(POSTGRES.replace("postgresql://", "postgresql+psycopg://", 1))
    name = f"portal_bench_{os.getpid()}"
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    try:
        yield admin.engine.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()
