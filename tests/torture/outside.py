"""What is around a portal and can fail: PostgreSQL, Redis, a mail server, a disk; all our own."""

import os
import resource
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from tests.portal_server import free_port

PROGRAMS = "/usr/lib/postgresql"


class Missing(Exception):
    """A program is not on this machine; the text says which."""


class OwnPostgres:
    """A server of this run alone: in a temporary folder, or a given one, on a free port."""

    def __init__(self, folder: Path | None = None, *settings: str) -> None:
        self._bin = _programs_of_postgres()
        self._folder = folder or Path(tempfile.mkdtemp(prefix="portal-torture-", dir="/tmp"))
        self._settings = settings
        self._port = free_port()
        self._as: list[str] = []
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(self._folder, "postgres")
            self._as = ["runuser", "-u", "postgres", "--"]
        # With fsync: what was acknowledged has to be there after its crash too.
        self._run("initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-E", "UTF8")
        self.start()

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    @property
    def _server(self) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self._port}"

    def _run(self, program: str, *words: str) -> None:
        result = subprocess.run(
            [*self._as, str(self._bin / program), *words],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if result.returncode:
            raise Missing(f"{program} failed: {result.stderr.strip()}")

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-p {self._port} -k {self._folder} -c listen_addresses=127.0.0.1"
        options += "".join(f" -c {setting}" for setting in self._settings)
        log = str(self._folder / "log")
        self._run("pg_ctl", "-D", self._data, "-w", "-l", log, "-o", options, "start")

    def start_again(self) -> bool:
        """Start it if it gave up; whether it answers."""
        with suppress(Missing):
            self._run("pg_ctl", "-D", self._data, "status")
            return self.answers()
        with suppress(Missing):  # it may be giving up just now
            self.start()
        return self.answers()

    def answers(self) -> bool:
        """Whether somebody can connect."""
        engine = create_engine(f"{self._server}/postgres")
        try:
            with engine.connect():
                return True
        except OperationalError:
            return False
        finally:
            engine.dispose()

    def stop(self, mode: str) -> None:
        """Stop it: `fast` ends what runs, `immediate` is as a crash."""
        self._run("pg_ctl", "-D", self._data, "-m", mode, "-w", "stop")

    def make_database(self, name: str) -> str:
        """A new database; returns its address."""
        engine = create_engine(f"{self._server}/postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        engine.dispose()
        return f"{self._server}/{name}"

    def remove(self) -> None:
        """Stop it for good and remove its data."""
        with suppress(Missing):
            self.stop("immediate")
        shutil.rmtree(self._folder, ignore_errors=True)


def _programs_of_postgres() -> Path:
    folders = sorted(Path(PROGRAMS).glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    for folder in [*folders, *([Path(found).parent] if found else [])]:
        if (folder / "initdb").exists():
            return folder
    raise Missing("initdb: install PostgreSQL's server programs")


class OwnRedis:
    """A Redis of this run alone."""

    def __init__(self) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise Missing("redis-server: install Redis")
        self._program = program
        self._port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start it, with nothing in it."""
        self.process = subprocess.Popen(
            [self._program, "--port", str(self._port), "--save", "", "--appendonly", "no"],
            cwd="/tmp",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1):
                return
            time.sleep(0.05)

    def kill(self) -> None:
        """End it without a word."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def hanging_server() -> Iterator[int]:
    """A port that takes connections and never says a word; yields it."""
    listener = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def take() -> None:
        with suppress(OSError):
            while True:
                held.append(listener.accept()[0])

    Thread(target=take, daemon=True).start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.close()
        for connection in held:
            connection.close()


class SmallDisk:
    """A disk of a few megabytes that can be filled: a file system in memory.

    Where none may be mounted, the portal's processes are forbidden to let a file grow instead.
    """

    def __init__(self, megabytes: int = 24) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="portal-torture-"))
        self._filler = self.folder / "filler"
        self._limited: list[int] = []
        mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(self.folder)]
        self.is_mounted = (
            os.geteuid() == 0
            and subprocess.run(mount, capture_output=True, check=False).returncode == 0
        )

    def fill(self, processes: Iterable[int]) -> None:
        """Leave no room for what these processes write."""
        if not self.is_mounted:
            self._limited = list(processes)
            self._limit(0)
            return
        for piece in (65536, 512):
            with suppress(OSError), self._filler.open("ab", buffering=0) as file:
                while True:
                    file.write(b"\0" * piece)

    def free(self) -> None:
        """Make room again."""
        if self.is_mounted:
            self._filler.unlink()
        else:
            self._limit(resource.RLIM_INFINITY)

    def _limit(self, largest: int) -> None:
        for process in self._limited:
            resource.prlimit(process, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))

    def remove(self) -> None:
        """Take it away."""
        if self.is_mounted:
            subprocess.run(["umount", "-l", str(self.folder)], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)
