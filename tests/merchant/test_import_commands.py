"""The commands as they are typed."""

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from account_portal.cli import main
from account_portal.core.db import Database
from account_portal.models import Order, User
from tests.factories.records import order, rows, write
from tests.portal_server import plain_environment

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., Result]


@pytest.fixture
def run(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    assert database
    before = gc.get_threshold()

    def type_in(*arguments: str) -> Result:
        monkeypatch.chdir(tmp_path)
        return CliRunner().invoke(main, arguments)

    yield type_in
    gc.unfreeze()
    gc.set_threshold(*before)


def test_import_counts_names_faults_and_fails(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "shop.ndjson", order("A-1"), "{", order("A-2", colour="red"))
    result = run("import", "shop.ndjson")
    assert result.exit_code == 1
    assert result.stdout.split() == ["2", "orders", "2", "created", "1", "refused"]
    fault, note = result.stderr.splitlines()
    assert fault.startswith("shop.ndjson:2: is not valid JSON: ")
    assert note == "note: order.colour is not known and was left out (1 times)"


def test_strict_is_all_or_nothing(run: Run, tmp_path: Path, database: Database) -> None:
    write(tmp_path / "good.ndjson", order("A-1"))
    write(tmp_path / "bad.ndjson", "{")
    refused = run("import", "--strict", "good.ndjson", "bad.ndjson")
    assert refused.exit_code == 1
    assert refused.stdout == "1 refused, nothing was written (--strict).\n"
    assert rows(database, Order) == []
    result = run("import", "--strict", "good.ndjson")
    assert (result.exit_code, result.stdout.split(), result.stderr) == (
        0,
        ["1", "orders", "1", "created"],
        "",
    )
    assert len(rows(database, Order)) == 1


def test_a_file_that_is_not_there_is_said_before_anything_happens(
    run: Run, tmp_path: Path, database: Database
) -> None:
    write(tmp_path / "good.ndjson", order("A-1"))
    result = run("import", "good.ndjson", "gone.ndjson")
    assert result.exit_code == 2
    assert "'gone.ndjson' does not exist" in result.stderr
    assert rows(database, Order) == []


def test_demo_again_and_again(run: Run, database: Database) -> None:
    first = run("demo")
    ids = {row.id for row in rows(database, Order)}
    second, third = run("demo"), run("demo", "--fresh")
    assert [result.exit_code for result in (first, second, third)] == [0, 0, 0]
    assert "demo@example.com / demo-portal-2026" in first.stdout
    assert "is there already" in second.stdout
    assert third.stdout == first.stdout
    assert {row.id for row in rows(database, Order)} == ids


def test_demo_beside_other_customers_is_refused_in_a_sentence(
    run: Run, database: Database, owner: User
) -> None:
    result = run("demo")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: The database holds 1 customers")
    assert len(result.stderr.splitlines()) == 1
    assert [user.id for user in rows(database, User)] == [owner.id]


@pytest.mark.parametrize("command", [["migrate"], ["demo"], ["import", "shop.ndjson"]])
def test_a_newer_database_is_refused_not_damaged(
    run: Run, tmp_path: Path, database: Database, command: list[str]
) -> None:
    write(tmp_path / "shop.ndjson", order("A-1"))
    assert run("migrate").stdout == "The tables are up to date.\n"
    with database.writing_engine.begin() as connection:
        known = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        result = run(*command)
    finally:
        with database.writing_engine.begin() as connection:
            connection.execute(
                text("UPDATE alembic_version SET version_num = :known"), {"known": known}
            )
    assert result.exit_code == 1
    assert "made by a newer version" in result.stderr
    assert rows(database, User) == []


def test_as_a_process_of_its_own(tmp_path: Path) -> None:
    write(tmp_path / "shop.ndjson", order("A-1"))
    result = subprocess.run(
        [sys.executable, "-m", "account_portal", "import", "shop.ndjson"],
        cwd=tmp_path,
        env={
            **plain_environment(),
            "PYTHONPATH": os.fspath(ROOT),
            "PORTAL_DATA_DIR": os.fspath(tmp_path / "data"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout.split(), result.stderr) == (
        0,
        ["1", "orders", "1", "created"],
        "",
    )
    assert (tmp_path / "data" / "portal.db").exists()


def test_import_counts_what_was_left_alone(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "shop.ndjson", order("A-1"))
    run("import", "shop.ndjson")
    result = run("import", "shop.ndjson")
    assert result.stdout.split() == ["1", "orders", "1", "unchanged"]
