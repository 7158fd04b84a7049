"""The API alone, as a process of its own, with the demo data; real HTTP, real files."""

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from account_portal.core.places import ROOT
from tests.portal_server import free_port, plain_environment


@dataclass(frozen=True)
class Server:
    """A running API, and how to run commands on its data."""

    url: str
    data_dir: Path
    environment: dict[str, str]

    def command(self, *words: str) -> str:
        """What `python -m account_portal …` prints; fails the test when it fails."""
        result = subprocess.run(
            [sys.executable, "-m", "account_portal", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        return result.stdout.strip()


@contextmanager
def serving(data_dir: Path, **settings: str) -> Iterator[Server]:
    """`python -m account_portal api` on a free port."""
    port = free_port()
    environment = {
        **plain_environment(),
        "PORTAL_DATA_DIR": str(data_dir),
        "PORT": str(port),
        "PORTAL_PASSWORD_MEMORY_KIB": "64",
        **settings,
    }
    with (data_dir / "server.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "account_portal", "api", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            with suppress(OSError):
                urllib.request.urlopen(f"{url}/health/ready", timeout=2).close()
                break
            assert process.poll() is None, (data_dir / "server.log").read_text()
            time.sleep(0.1)
        yield Server(url, data_dir, environment)
    finally:
        process.terminate()
        process.wait(15)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the usual settings."""
    with serving(tmp_path_factory.mktemp("api")) as found:
        yield found
