"""The faults, each caused for real while clients write; each gives figures and what was lost."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Barrier

from sqlalchemy import text

from account_portal.core.db import Database
from account_portal.core.places import ROOT
from account_portal.gateways.email import ANSWERS_WITHIN
from tests.torture.load import CLIENTS, Book, Load, settle
from tests.torture.outside import Missing, OwnPostgres, OwnRedis, SmallDisk, hanging_server
from tests.torture.portal import Line, Lost, Portal
from tests.torture.shop import Deed, Shop

DEEDS_A_ROUND = 30
ALSO_REPEATED = 50
"""Deeds of earlier rounds that are repeated at the end."""
WORKER_RESTS = 7.0
"""Seconds between two kills of a worker; one that dies sooner ends the server, by design."""
NOTICED_WITHIN = 30.0


@dataclass
class Result:
    """What one fault showed.

    Attributes:
        fault: what was done.
        times: how often.
        figures: numbers by name.
        wrong: what did not hold, one sentence each.
    """

    fault: str
    times: int
    figures: dict[str, float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


class Ground:
    """A folder and a database for one fault, and a portal on them."""

    def __init__(self, folder: Path, url: str, **portal: object) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.database = Database(url)
        self.shop = Shop(self.database)
        self.portal = Portal(folder, url, **portal)  # type: ignore[arg-type]
        self.book = Book()
        self.done: list[Deed] = []
        """Deeds that were settled: each has one effect."""

    def close(self) -> None:
        self.portal.remove()
        self.database.dispose()

    def settle(self, deeds: list[Deed]) -> None:
        """Repeat them with their keys until each is done."""
        settle(self.portal.port, deeds, self.book)
        self.done += deeds

    def judge(self, result: Result) -> Result:
        """Look at everything once more: some repeats, and one effect of each deed."""
        sample = random.sample(self.done, min(ALSO_REPEATED, len(self.done)))
        settle(self.portal.port, sample, self.book)
        missing = [deed for deed in self.done if deed.key not in self.book.answers]
        result.wrong += [f"{deed.kind}: never done" for deed in missing]
        result.wrong += self.book.wrong + self.shop.faults(self.done)
        if result.wrong:
            result.wrong += [f"the server logged {line}" for line in self.portal.errors()]
        result.figures |= {
            "deeds": len(self.done),
            "refused for a while": self.book.refused,
            "slowest, s": round(self.book.slowest, 2),
        }
        return result


@contextmanager
def ground(folder: Path, url: str, **portal: object) -> Iterator[Ground]:
    """A ground that is left clean."""
    made = Ground(folder, url, **portal)
    try:
        yield made
    finally:
        made.close()


def kills(folder: Path, url: str, times: int, say: Callable[[str], None]) -> Result:
    """The whole server is killed in the middle of writes, and started again."""
    result = Result("server killed", times)
    with ground(folder, url) as on:
        on.portal.start()
        acknowledged = lost_answers = 0
        for turn in range(times):
            deeds = on.shop.deeds(DEEDS_A_ROUND)
            before = len(on.book.answers)
            with Load(on.portal.port, deeds, on.book) as load:
                load.busy.wait(timeout=30)
                time.sleep(random.uniform(0, 0.5))
                on.portal.kill()
            acknowledged += len(on.book.answers) - before
            lost_answers += len(on.book.unsure)
            on.book.unsure.clear()
            on.portal.start()
            on.settle(deeds)
            if turn % 20 == 19:
                say(f"{turn + 1} kills, {acknowledged} acknowledged, {len(on.book.wrong)} wrong")
        result.figures = {"acknowledged before": acknowledged, "answers cut off": lost_answers}
        return on.judge(result)


def workers(folder: Path, url: str, times: int) -> Result:
    """One of two workers is killed; the server goes on and replaces it."""
    result = Result("worker killed", times)
    with ground(folder, url, command=("api", "--workers", "2")) as on:
        on.portal.start()
        for turn in range(times):
            if turn:
                time.sleep(WORKER_RESTS)
            deeds = on.shop.deeds(DEEDS_A_ROUND)
            with Load(on.portal.port, deeds, on.book) as load:
                load.busy.wait(timeout=30)
                victim = random.choice(on.portal.workers())
                subprocess.run(["kill", "-KILL", str(victim)], check=True)
                load.wait_until_done()
            on.book.unsure.clear()
            on.settle(deeds)
            _wait(lambda gone=victim: _has_two_workers(on.portal, gone), "no successor came")
        return on.judge(result)


def _has_two_workers(portal: Portal, gone: int) -> bool:
    present = portal.workers()
    return len(present) == 2 and gone not in present


def _wait(is_so: Callable[[], bool], otherwise: str, within: float = NOTICED_WITHIN) -> None:
    deadline = time.monotonic() + within
    while not is_so():
        if time.monotonic() > deadline:
            raise Lost(f"{otherwise} in {within:g} s")
        time.sleep(0.05)


def restarts(folder: Path, postgres: OwnPostgres, times: int) -> Result:
    """PostgreSQL is stopped, as planned or as by a crash, and comes back."""
    result = Result("PostgreSQL restarted", times)
    url = postgres.make_database(f"restarts_{random.randrange(10**9)}")
    with ground(folder, url) as on:
        on.portal.start()
        for turn in range(times):
            deeds = on.shop.deeds(DEEDS_A_ROUND)
            with Load(on.portal.port, deeds, on.book) as load:
                load.busy.wait(timeout=30)
                postgres.stop(("fast", "immediate")[turn % 2])
                told = on.portal.wait_for(503, NOTICED_WITHIN)
                if not told.retry_after:
                    result.wrong.append("/health/ready: a 503 without Retry-After")
                time.sleep(random.uniform(0, 1))
                postgres.start()
                began = time.monotonic()
                on.portal.wait_for(200, NOTICED_WITHIN)
                back = time.monotonic() - began
                load.wait_until_done()
            on.book.unsure.clear()
            on.settle(deeds)
            slowest = max(result.figures.get("ready again after, s", 0), round(back, 2))
            result.figures["ready again after, s"] = slowest
        return on.judge(result)


def full_disk(folder: Path, times: int) -> Result:
    """The disk of a SQLite portal is full, and has room again."""
    result = Result("disk full", times)
    disk = SmallDisk()
    try:
        with ground(disk.folder, f"sqlite:///{disk.folder}/portal.db") as on:
            on.portal.start()
            path, headers = on.shop.reading()
            for _ in range(times):
                deeds = on.shop.deeds(DEEDS_A_ROUND)
                with Load(on.portal.port, deeds, on.book) as load:
                    load.busy.wait(timeout=30)
                    disk.fill(on.portal.processes())
                    load.wait_until_done()
                read = Line(on.portal.port).ask("GET", path, headers=headers)
                if read.status != 200:
                    result.wrong.append(f"a read while the disk is full: {read.status}")
                disk.free()
                on.book.unsure.clear()
                on.settle(deeds)
            if not on.book.refused:
                result.wrong.append("nothing was refused: the disk was not full")
            return on.judge(result)
    finally:
        disk.remove()


def _wait_until_refused(book: Book, load: Load) -> None:
    """Until each client was refused, or there was room for all."""
    before = book.refused
    refused = "nothing was refused and not all was done"
    _wait(lambda: book.refused > before + CLIENTS or load.is_done, refused, 60)


def full_disk_of_postgres(folder: Path, times: int) -> Result:
    """The disk of the database's server is full, which may end it, and has room again."""
    result = Result("PostgreSQL's disk full", times)
    disk = SmallDisk(megabytes=256)
    try:
        if not disk.is_mounted:
            raise Missing("a small disk for PostgreSQL: only root may mount one")
        # What is written goes to new files soon, so that there is no room for it.
        server = OwnPostgres(disk.folder, "wal_recycle=off", "wal_init_zero=off")
        try:
            with ground(folder, server.make_database("disk")) as on:
                on.portal.start()
                for _ in range(times):
                    deeds = on.shop.deeds(DEEDS_A_ROUND * 10)
                    with Load(on.portal.port, deeds, on.book) as load:
                        load.busy.wait(timeout=30)
                        disk.fill(())
                        _wait_until_refused(on.book, load)
                        disk.free()
                        _wait(server.start_again, "PostgreSQL did not come back", 60)
                        on.portal.wait_for(200, NOTICED_WITHIN)
                        load.wait_until_done()
                    on.book.unsure.clear()
                    on.settle(deeds)
                if not on.book.refused:
                    result.wrong.append("nothing was refused: the disk was not full")
                return on.judge(result)
        finally:
            server.remove()
    finally:
        disk.remove()


def hanging_provider(folder: Path, url: str, times: int) -> Result:
    """A mail server takes connections and says nothing; nobody waits for it, nothing is lost."""
    result = Result("mail server hangs", times)
    with hanging_server() as port:
        settings = {
            "PORTAL_SMTP_URL": f"smtp://shop:secret@127.0.0.1:{port}",
            "PORTAL_MAIL_FROM": "shop@example.com",
        }
        with ground(folder, url, settings=settings) as on:
            on.portal.start()
            for _ in range(times):
                deeds = on.shop.deeds(DEEDS_A_ROUND)
                with Load(on.portal.port, deeds, on.book) as load:
                    load.wait_until_done()
                on.settle(deeds)
            # On a machine with other work a write takes seconds; who waits for mail takes this.
            if on.book.slowest >= ANSWERS_WITHIN:
                result.wrong.append(f"a write waited {on.book.slowest:.1f} s")
            on.portal.kill()
            queued = _messages(on.database)
            with on.database.session(writes=True) as db:
                # The lease of a killed process: as if its minutes were over.
                db.execute(text("UPDATE outbox_messages SET due_at = created_at, attempts = 0 "
                                "WHERE status IN ('sending', 'queued')"))  # fmt: skip
                db.commit()
            del on.portal.settings["PORTAL_SMTP_URL"]
            on.portal.start()
            _wait(lambda: _messages(on.database, "sent") == queued, "messages were lost", 120)
            result.figures["messages that waited"] = queued
            return on.judge(result)


def _messages(database: Database, status: str | None = None) -> int:
    which = "" if status is None else f"WHERE status = '{status}'"
    with database.session(writes=False) as db:
        found: int = db.execute(text(f"SELECT count(*) FROM outbox_messages {which}")).scalar_one()
    return found


def races(folder: Path, url: str, times: int) -> Result:
    """Twins of one key at once have one effect and one answer; of several keys one wins."""
    result = Result("races of two processes", times)
    with (
        ground(folder, url, command=("api", "--workers", "2")) as on,
        ThreadPoolExecutor(6) as pool,
    ):
        on.portal.start()
        for turn in range(times):
            [deed] = on.shop.deeds(3)[turn % 3 :][:1]
            _race(pool, on, [deed] * CLIENTS)
            on.book.unsure.clear()
            on.settle([deed])
            [first] = on.shop.cancels(1)
            rivals = [Deed(first.kind, first.path, first.body, first.token, f"rival {turn} {n}",
                           first.order_id) for n in range(CLIENTS)]  # fmt: skip
            answers = _race(pool, on, rivals, are_rivals=True)
            won = [deed for deed, status in zip(rivals, answers, strict=True) if status == 200]
            if len(won) != 1 or set(answers) - {200, 409}:
                result.wrong.append(f"cancelled by rivals: {sorted(answers)}")
            on.done += won[:1]
        return on.judge(result)


def _race(
    pool: ThreadPoolExecutor, on: Ground, deeds: list[Deed], *, are_rivals: bool = False
) -> list[int]:
    barrier = Barrier(len(deeds))

    def run(deed: Deed) -> int:
        line = Line(on.portal.port)
        barrier.wait()
        answer = line.ask("POST", deed.path, deed.body, deed.headers)
        line.close()
        if answer.status == 200 or not are_rivals:
            on.book.note(deed, answer)
        return answer.status

    return list(pool.map(run, deeds))


def lost_redis(folder: Path, times: int) -> Result:
    """Redis goes while pages are served, and comes back; without it no start."""
    result = Result("Redis lost", times)
    redis = OwnRedis()
    url = f"sqlite:///{folder}/portal.db"
    settings = {"PORTAL_REDIS_URL": redis.url}
    with ground(folder, url, command=("serve",), settings=settings) as on:
        try:
            start = subprocess.run(
                [sys.executable, "-m", "account_portal", "serve", "--port", str(on.portal.port)],
                cwd=ROOT,
                env=on.portal.environment(),
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            if start.returncode != 1 or "Redis" not in start.stderr:
                result.wrong.append(f"a start without Redis: {start.returncode} {start.stderr!r}")
            redis.start()
            on.portal.start()
            for _ in range(times):
                deeds = on.shop.deeds(DEEDS_A_ROUND)
                with Load(on.portal.port, deeds, on.book) as load:
                    load.busy.wait(timeout=30)
                    redis.kill()
                    told = on.portal.wait_for(503, NOTICED_WITHIN)
                    if b'"redis": "no answer"' not in told.body or not told.retry_after:
                        result.wrong.append(f"/health/ready says {told.body!r}")
                    load.wait_until_done()
                on.settle(deeds)
                redis.start()
                on.portal.wait_for(200, NOTICED_WITHIN)
            if on.book.refused:
                result.wrong.append("the API refused calls for want of Redis")
            return on.judge(result)
        finally:
            redis.kill()


def stops(folder: Path, url: str, times: int) -> Result:
    """A planned stop in the middle of writes finishes what is under way."""
    result = Result("server stopped", times)
    with ground(folder, url) as on:
        on.portal.start()
        for _ in range(times):
            deeds = on.shop.deeds(DEEDS_A_ROUND)
            with Load(on.portal.port, deeds, on.book) as load:
                load.busy.wait(timeout=30)
                assert on.portal.process is not None
                on.portal.process.send_signal(signal.SIGTERM)
                on.portal.process.wait(timeout=30)
            on.portal.kill()
            on.book.unsure.clear()
            on.portal.start()
            on.settle(deeds)
        return on.judge(result)
