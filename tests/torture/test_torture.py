"""The short part of `make torture`; and that it would see a loss."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from account_portal.core.db import Database
from account_portal.core.places import ROOT
from account_portal.models import User
from tests.torture.load import Book
from tests.torture.outside import Missing, OwnPostgres, SmallDisk
from tests.torture.portal import Answer
from tests.torture.shop import CANCEL, Deed, Shop


def torture(*words: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "tests.torture", "--kills", "2", "--times", "1", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Everything held." in result.stdout


@pytest.mark.timeout(600)
def test_nothing_is_lost_on_sqlite() -> None:
    torture("--databases", "sqlite", "--only", "kills", "workers", "races", "disk", "provider")


@pytest.mark.timeout(600)
def test_nothing_is_lost_on_postgresql() -> None:
    try:
        OwnPostgres().remove()
    except Missing as missing:
        pytest.skip(str(missing))
    torture("--databases", "postgresql", "--only", "kills", "restarts", "races")


def processes_with(word: str) -> list[str]:
    """Processes in whose environment it stands, but for those that ended meanwhile."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if word.encode() in (process / "environ").read_bytes():
                found.append(process.name)
    return found


@pytest.mark.timeout(120)
def test_whoever_ends_it_finds_nothing_left_behind(tmp_path: Path) -> None:
    """`timeout`, a supervisor or a closed terminal ends it: its servers and folders go along."""
    words = ["--kills", "50", "--only", "kills", "--databases", "sqlite"]
    run = subprocess.Popen(
        [sys.executable, "-m", "tests.torture", *words],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not list(tmp_path.glob("*/1/portal.db")) or len(processes_with(str(tmp_path))) < 3:
            assert run.poll() is None
            time.sleep(0.05)
        run.terminate()
        assert run.wait(60) == 128 + signal.SIGTERM
    finally:
        run.kill()
        run.wait()
    assert processes_with(str(tmp_path)) == []
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def deed() -> Deed:
    return Deed("cancel", "/", CANCEL, "token", "key", "order")


@pytest.mark.parametrize(
    ("answers", "is_wrong"),
    [
        ([Answer(200, b"one"), Answer(200, b"one")], False),
        ([Answer(200, b"one"), Answer(200, b"two")], True),
        ([Answer(503, b"{}", "5"), Answer(200, b"one")], False),
        ([Answer(503, b"{}")], True),
        ([Answer(500, b"{}")], True),
        ([Answer(409, b'{"code": "request_in_progress"}'), Answer(200, b"one")], False),
        ([Answer(409, b'{"code": "order_already_cancelled"}')], True),
    ],
)
def test_the_book_sees_what_is_wrong(deed: Deed, answers: list[Answer], is_wrong: bool) -> None:
    book = Book()
    for answer in answers:
        book.note(deed, answer)
    assert bool(book.wrong) is is_wrong


def test_an_effect_that_is_not_there_or_there_twice_is_seen(
    database: Database, owner: User, api: Any
) -> None:
    shop = Shop(database)
    deeds = shop.deeds(6)
    assert len(shop.faults(deeds)) >= 6  # nothing was done yet
    for deed in deeds:
        assert api.client.post(deed.path, json=deed.body, headers=deed.headers).status_code == 200
    assert shop.faults(deeds) == []
    assert shop.faults([deed for deed in deeds if deed.kind == "return"][:1])  # one too many


def test_a_small_disk_fills_and_has_room_again() -> None:
    disk = SmallDisk(megabytes=2)
    try:
        if not disk.is_mounted:
            pytest.skip("no file system may be mounted here")
        disk.fill([])
        with pytest.raises(OSError, match="No space"):
            (disk.folder / "more").write_bytes(b"x" * 8192)
        disk.free()
        (disk.folder / "more").write_bytes(b"x" * 8192)
    finally:
        disk.remove()
