"""The real server for tests: the one production build, a port and data of the test's own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from account_portal.core.places import ROOT

_LOGS: dict[str, Path] = {}
"""Of the servers that run, by address."""
CLOCK = "moved-clock"
START_WITHIN = 180  # seconds, a build and demo data included


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def portal_server(
    data_dir: Path,
    *,
    port: int | None = None,
    root: Path = ROOT,
    module: str = "account_portal",
    **settings: str,
) -> Iterator[str]:
    """Serve pages and API as `make run` does and give their address, `http://localhost:PORT`.

    The build in the project's folder is made if it isn't current, and shared by all servers: they
    differ in port and data only. `settings` are environment variables; none is taken over from the
    tests, and those that change the pages (the store's name, say) would cause a build of their own:
    `root` is a copy of the project for it. `module` is what is run.
    """
    port = port or free_port()
    data_dir.mkdir(parents=True, exist_ok=True)
    log = data_dir / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", module, "serve", "--port", str(port)],
            cwd=root,
            env={
                **plain_environment(),
                "PORTAL_DATA_DIR": str(data_dir.resolve()),
                "PORTAL_STOREFRONT_PORT": "-1",
                **settings,
            },
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_ready(process, port, log)
        _LOGS[f"localhost:{port}"] = log
        yield f"http://localhost:{port}"
    finally:
        _LOGS.pop(f"localhost:{port}", None)
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def moved_server(data_dir: Path, **settings: str) -> Iterator[str]:
    """The server by a clock that is moved by writing seconds into `CLOCK` in its folder."""
    clock = data_dir / CLOCK
    clock.write_text("0")
    module = "tests.moved_server"
    with portal_server(data_dir, module=module, MOVED_CLOCK=str(clock), **settings) as url:
        yield url


def show_errors_of(url: str) -> None:
    """Print what the server at an address has logged as errors: why it answered 500."""
    if log := _LOGS.get(urlsplit(url).netloc):
        print("\n".join(errors_in(log)))


def errors_in(log: Path) -> list[str]:
    """The errors of a server's log, with the way through the code, readable."""
    lines = log.read_text(errors="replace").splitlines()
    # What is no line of ours comes from the server below us, or is a crash.
    ours = ("{", "Ready: ")
    told = [line for line in lines if '"level":"error"' in line or not line.startswith(ours)]
    return [line.replace("\\n", "\n") for line in told[-20:]]


def plain_environment() -> dict[str, str]:
    ours = ("PORTAL_", "REFLEX_", "__REFLEX_")
    return {
        name: value
        for name, value in os.environ.items()
        if name not in ("PORT", "HOST") and not name.startswith(ours)
    }


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}:\n{log.read_text()}")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=2).close()
            return
        time.sleep(0.1)
    raise RuntimeError(f"the server was not ready in {START_WITHIN} s:\n{log.read_text()}")
