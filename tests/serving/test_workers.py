"""A killed worker has a successor, and a killed server leaves nobody on its port.

Pages and API as they run for customers, on each database.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from account_portal.app import app
from account_portal.core.places import ROOT
from tests.portal_server import START_WITHIN, free_port, plain_environment

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def children(pid: int) -> set[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(child) for child in found}


def kilobytes(pid: int, kind: str) -> int:
    """What a process holds of a kind of memory, as Linux names it."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{kind}:"))


def answers(port: int) -> bool:
    with contextlib.suppress(OSError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=2).close()
        return True
    return False


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False


@pytest.fixture
def server(tmp_path: Path, database_url: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "account_portal", "serve", "--port", str(port)],
        cwd=ROOT,
        env={
            **plain_environment(),
            "PORTAL_DATA_DIR": str(tmp_path),
            "PORTAL_DATABASE_URL": database_url,
            "PORTAL_DEMO": "false",
            "PORTAL_SECRET_KEY": "a key for tests only, long enough",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert within(START_WITHIN, lambda: answers(port))
        yield process, port
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def test_a_killed_worker_has_a_successor_and_a_killed_server_leaves_the_port(
    server: tuple[subprocess.Popen[bytes], int],
) -> None:
    process, port = server
    before = children(process.pid)
    for worker in before:
        os.kill(worker, signal.SIGKILL)
    assert within(20, lambda: bool(children(process.pid) - before) and answers(port))
    assert process.poll() is None
    workers = children(process.pid)
    assert workers
    process.kill()
    process.wait()
    assert within(15, lambda: not answers(port))
    assert within(15, lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))


def test_a_worker_shares_the_code_it_runs(
    server: tuple[subprocess.Popen[bytes], int],
) -> None:
    """Made anew in each, it would be there as often as there are workers."""
    process, _ = server
    (worker,) = children(process.pid)
    assert kilobytes(worker, "Shared_Dirty") > 2 * kilobytes(worker, "Private_Dirty")


def test_workers_of_one_app_do_not_take_each_other_for_themselves() -> None:
    """Who waits for a tab's lock in Redis is known by its manager's id."""

    async def begin() -> object:
        async with app._setup_event_processor():
            return app.state_manager

    assert asyncio.run(begin()) is not asyncio.run(begin())
