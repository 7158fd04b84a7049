"""Starting and stopping the server process."""

import errno
import gc
import multiprocessing
import os
import signal
import socket
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from tempfile import TemporaryDirectory
from typing import Any

from granian._internal import load_target
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from account_portal.core.settings import get_settings

PAGES_AND_API = "account_portal.app:app"
API_ALONE = "account_portal.api.app:make_wrapped_app"


STOPS_WITHIN = 10
"""Seconds for the requests under way when the server ends."""
LOOKS_EVERY = 0.5
"""Seconds between two looks of a worker whether its server is still there."""


class CannotStart(Exception):
    """The server cannot start; the text says why and what to do, in one sentence."""


def require_free_port(host: str, port: int) -> None:
    """Raise `CannotStart` if nothing could listen there.

    Granian shares its port with others that agree to, so it would not notice a second server.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStart(_why(error, host, port)) from None


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken by another program; stop that one, or choose another port "
            f"with PORT={port + 1}."
        )
    if error.errno == errno.EACCES:
        return f"Port {port} needs special rights; choose one above 1023 with PORT=8000."
    return f"Nothing can listen on {host}:{port}: {error.strerror or error}."


class _AnnouncedServer(MPServer):
    """Granian, telling when the first request was answered."""

    announce: Callable[[], None] | None = None

    def startup(self, spawn_target: Any, target_loader: Any) -> None:
        super().startup(spawn_target, target_loader)  # type: ignore[no-untyped-call]
        # After the workers were forked: a fork with threads around is asking for trouble.
        if self.announce:
            threading.Thread(target=self._wait_and_announce, daemon=True).start()

    def _wait_and_announce(self) -> None:
        # A server that listens on all addresses is asked on this machine's own.
        host = {"::": "[::1]", "0.0.0.0": "127.0.0.1"}.get(self.bind_addr, self.bind_addr)  # noqa: S104
        url = f"http://{host}:{self.bind_port}/health/ready"
        while not self.interrupt_signal:
            try:
                with urllib.request.urlopen(url, timeout=5):
                    break
            except OSError:
                time.sleep(0.05)
        else:
            return
        if self.announce:
            self.announce()


def run_server(
    target: str,
    *,
    host: str,
    port: int,
    workers: int,
    announce: Callable[[], None] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        target: a function that makes the app, as `module:name`.
        host: address to listen on.
        port: port to listen on.
        workers: processes.
        announce: called once, when the first answer came.
    """
    server = _AnnouncedServer(
        target,
        address=host,
        port=port,
        workers=workers,
        interface=Interfaces.ASGI,
        factory=True,
        log_level=LogLevels.warning,
        workers_kill_timeout=STOPS_WITHIN,
        # One that was killed has a successor; one that dies again within seconds ends the server.
        respawn_failed_workers=True,
    )
    server.announce = announce
    with _folder_of_metrics():
        if multiprocessing.get_start_method() == "fork":
            _make(target)
        server.serve(target_loader=partial(_load, target, os.getpid()), wrap_loader=False)


@contextmanager
def _folder_of_metrics() -> Iterator[None]:
    """Where the workers of this server add up what they count, for as long as it runs."""
    settings = get_settings()
    if not settings.metrics:
        yield
        return
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="metrics-", dir=settings.data_dir) as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        yield


def _load(target: str, parent: int) -> Any:
    """The app in a worker, which ends when the server that started it does.

    A server that is killed tells its workers nothing; they would keep the port, with old code.
    """
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    return _make(target)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOKS_EVERY)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOPS_WITHIN)
    os._exit(1)


@cache
def _make(target: str) -> Any:
    """The app, made once: workers that are forked with it hold it together and begin at once.

    Args:
        target: what makes it, as `module:name`; it opens no connection and starts no thread.
    """
    gc.disable()  # nothing that is loaded here ever goes
    app = load_target(target, factory=True)
    # What the collector never visits stays unwritten, and so shared.
    gc.freeze()
    # A call makes thousands of objects, few of them in cycles: to look for these after each 700
    # takes a twentieth of the time.
    gc.set_threshold(20_000, 10, 10)
    gc.enable()
    return app


def serve_built_pages() -> None:
    """Make Reflex serve the build that is there: no compiling, pages and events on one port."""
    os.environ["REFLEX_ENV_MODE"] = "prod"
    os.environ["__REFLEX_SKIP_COMPILE"] = "true"
    os.environ["__REFLEX_MOUNT_FRONTEND_COMPILED_APP"] = "true"
