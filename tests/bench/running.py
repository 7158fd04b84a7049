"""Servers, and what drives them: wrk where it is installed, else a generator in Python."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from account_portal.core.settings import get_settings
from account_portal.security import tokens
from tests.bench.generator import generate
from tests.portal_server import free_port, plain_environment

if TYPE_CHECKING:
    from tests.bench.questions import Question

ROOT = Path(__file__).resolve().parents[2]
WARM_UP = 1.0  # seconds
START_WITHIN = 60  # seconds
TICKS = os.sysconf("SC_CLK_TCK")
SCRIPT = """
local requests = {%s}
local turn = 0
request = function()
  turn = turn %% #requests + 1
  return requests[turn]
end
done = function(summary, latency)
  local failed = summary.errors.status + summary.errors.read + summary.errors.timeout
  io.write(string.format('{"requests": %%d, "seconds": %%f, "p50": %%f, "p99": %%f, "failed": %%d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, failed))
end
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one measurement found. Times are milliseconds."""

    per_second: float
    p50: float
    p99: float
    cpu: float
    """Time on a processor for one answer."""


class Server:
    """A server that runs, and what it uses."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, start_seconds: float) -> None:
        self.process = process
        self.port = port
        self.start_seconds = start_seconds
        self.peak = 0.0
        """The most megabytes seen while it was asked."""

    def note_memory(self) -> None:
        """Look how much memory it holds just now."""
        self.peak = max(self.peak, self.megabytes())

    def _processes(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [self.process.pid, *map(int, children.read_text().split())]

    def cpu_seconds(self) -> float:
        """Time on a processor since the start, of the server and its workers."""
        fields = [
            Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            for pid in self._processes()
        ]
        return sum(int(found[11]) + int(found[12]) for found in fields) / TICKS

    def megabytes(self) -> float:
        """Memory that would be free without it: what is shared counts once."""
        kilobytes = 0
        for pid in self._processes():
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    kilobytes += int(line.split()[1])
        return kilobytes / 1000


def environment(folder: Path, url: str) -> dict[str, str]:
    """The settings of the server that is measured; those not named are the defaults."""
    return {
        "PORTAL_DATA_DIR": str(folder),
        "PORTAL_DATABASE_URL": url,
        "PORTAL_SECRET_KEY": "a key for the measured portal, long enough",
    }


@contextmanager
def with_environment(folder: Path, url: str) -> Iterator[None]:
    """Let this process sign tokens as the measured server does."""
    before = dict(os.environ)
    os.environ.update(environment(folder, url))
    for cached in (get_settings, tokens.derived_keys):
        cached.cache_clear()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def serve_api(
    folder: Path, url: str, workers: int, settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """The API as `python -m account_portal api` runs it."""
    command = ["-m", "account_portal", "api", "--workers", str(workers), "--port"]
    wanted = {**environment(folder, url), **(settings or {})}
    with _serve(command, folder / "api.log", wanted) as server:
        yield server


@contextmanager
def serve_pages(folder: Path, url: str) -> Iterator[Server]:
    """Pages and API as `make run` serves them: one process."""
    command = ["-m", "account_portal", "serve", "--port"]
    with _serve(command, folder / "pages.log", environment(folder, url)) as server:
        yield server


@contextmanager
def serve_bare(
    folder: Path, answers: Mapping[str, Mapping[str, bytes]], workers: int
) -> Iterator[Server]:
    """The same server and the same bytes, with nothing in between."""
    recorded = folder / "answers.json"
    found = {path: body.decode() for paths in answers.values() for path, body in paths.items()}
    recorded.write_text(json.dumps(found))
    command = ["-m", "granian", "--interface", "asgi", "--no-ws", "--workers", str(workers)]
    command += ["--log-level", "warning", "tests.bench.bare:app", "--port"]
    with _serve(command, folder / "bare.log", {"BENCH_ANSWERS": str(recorded)}) as server:
        yield server


@contextmanager
def _serve(command: list[str], log: Path, settings: dict[str, str]) -> Iterator[Server]:
    port = free_port()
    began = time.monotonic()
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, *command, str(port)],
            cwd=ROOT,
            env={**plain_environment(), **settings},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(process, port, log)
        yield Server(process, port, time.monotonic() - began)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=2).close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"the server did not start:\n{log.read_text()[-3000:]}")


def record(server: Server, question: "Question") -> dict[str, bytes]:
    """The answers to a question, by path; refuses to measure anything but success."""
    answers = {}
    for path, token in question.requests:
        request = urllib.request.Request(
            f"http://127.0.0.1:{server.port}{path}", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(request) as response:
            answers[path] = response.read()
    return answers


def measure(server: Server, question: "Question", seconds: float, connections: int) -> Figures:
    """Ask as fast as it answers."""
    _drive(server.port, question, WARM_UP, connections)
    before = server.cpu_seconds()
    found = _drive(server.port, question, seconds, connections)
    server.note_memory()
    used = server.cpu_seconds() - before
    if found["failed"]:
        raise RuntimeError(f"{found['failed']} answers to '{question.name}' were no success")
    return Figures(
        per_second=found["requests"] / found["seconds"],
        p50=found["p50"],
        p99=found["p99"],
        cpu=used / max(1, found["requests"]) * 1000,
    )


def driver() -> str:
    """What asks; the generator in Python takes a core for itself, so that servers have less."""
    return "wrk" if shutil.which("wrk") else "the generator in Python"


def _drive(port: int, question: "Question", seconds: float, connections: int) -> dict[str, Any]:
    raw = [
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
        for path, token in question.requests
    ]
    wrk = shutil.which("wrk")
    if wrk is None:
        return generate(port, [text.encode() for text in raw], seconds, connections)
    script = Path(os.environ.get("TMPDIR", "/tmp")) / f"portal-bench-{os.getpid()}.lua"
    script.write_text(SCRIPT % ", ".join(json.dumps(text) for text in raw))
    try:
        output = subprocess.run(
            [wrk, "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "-s", str(script),
             f"http://127.0.0.1:{port}"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout  # fmt: skip
    finally:
        script.unlink()
    found: dict[str, Any] = json.loads(output[output.index("{") :])
    return found
