"""The portal under torture: real server processes that can be killed and started again."""

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from account_portal.core.places import ROOT
from tests.portal_server import errors_in, free_port, plain_environment

BASE = "/api/v1/main/storefront"
START_WITHIN = 120.0  # seconds
ANSWER_WITHIN = 60.0


class Lost(Exception):
    """Something that must hold did not; the text says what."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    retry_after: str | None = None
    seconds: float = 0.0

    @property
    def code(self) -> str:
        """The contract's code of an error."""
        return str(json.loads(self.body).get("code", "")) if self.status >= 400 else ""


class Line:
    """One client's connection; opened anew when it was lost."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection: http.client.HTTPConnection | None = None

    def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send one request; OSError or HTTPException when no answer came."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                "127.0.0.1", self._port, timeout=ANSWER_WITHIN
            )
        began = time.monotonic()
        try:
            self._connection.request(
                method,
                path,
                None if body is None else json.dumps(body),
                {"Content-Type": "application/json", **(headers or {})},
            )
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        waited = time.monotonic() - began
        return Answer(response.status, content, response.getheader("Retry-After"), waited)

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@dataclass
class Portal:
    """A server on data of its own: `with Portal(folder, url) as portal`."""

    folder: Path
    database_url: str
    command: tuple[str, ...] = ("api",)
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        # Not in the folder: a full disk is for the data alone.
        handle, name = tempfile.mkstemp(prefix="portal-torture-", suffix=".log")
        os.close(handle)
        self._log = Path(name)

    def errors(self) -> list[str]:
        """What it has logged as errors since it was made."""
        return errors_in(self._log)

    def lines(self) -> list[dict[str, Any]]:
        """What it has logged since it was made; what is no line of a log is left out."""
        lines = self._log.read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def remove(self) -> None:
        """End it for good."""
        self.kill()
        self._log.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def environment(self) -> dict[str, str]:
        """What the server is started with."""
        return {
            **plain_environment(),
            "PORTAL_DATA_DIR": str(self.folder),
            "PORTAL_DATABASE_URL": self.database_url,
            "PORTAL_SECRET_KEY": os.environ["PORTAL_SECRET_KEY"],
            "PORTAL_PASSWORD_MEMORY_KIB": "64",
            "PORTAL_STOREFRONT_PORT": "-1",
            "PORTAL_DEMO": "true",
            **self.settings,
        }

    def start(self, *, wait: bool = True) -> None:
        """Start it, and wait until it is ready."""
        with self._log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "account_portal", *self.command, "--port", str(self.port)],
                cwd=ROOT,
                env=self.environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if wait:
            self.wait_for(200)

    def wait_for(self, status: int, within: float = START_WITHIN) -> Answer:
        """Wait until `/health/ready` answers so."""
        deadline = time.monotonic() + within
        seen: object = "nothing"
        while time.monotonic() < deadline:
            if self.process is not None and self.process.poll() is not None:
                raise Lost(f"the server ended by itself with {self.process.returncode}")
            line = Line(self.port)
            try:
                answer = line.ask("GET", "/health/ready")
            except (OSError, http.client.HTTPException) as error:
                seen = error
            else:
                line.close()
                if answer.status == status:
                    return answer
                seen = answer
            time.sleep(0.05)
        raise Lost(f"not {status} in {within:g} s, but {seen}")

    def workers(self) -> list[int]:
        """Process ids of its workers."""
        assert self.process is not None
        pid = self.process.pid
        return [int(child) for child in
                Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]  # fmt: skip

    def processes(self) -> list[int]:
        """Process ids of the server and its workers."""
        assert self.process is not None
        return [self.process.pid, *self.workers()]

    def kill(self) -> None:
        """End all of its processes at once, in the middle of whatever they do."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def stop(self) -> None:
        """End it as a supervisor does."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                raise Lost("SIGTERM did not end the server in 20 s") from None
            finally:
                self.kill()
