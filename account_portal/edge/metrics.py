"""`/metrics` for Prometheus: what this server was asked, how long it took, and what waits.

Off unless the settings turn it on; whoever asks shows the token. The workers of a server write
into one folder, and each answers for all of them.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

from account_portal.core.engine import waits
from account_portal.edge.asgi import ASGIApp, Message, Receive, Scope, Send, header
from account_portal.edge.envelope import send_failure
from account_portal.edge.kinds import kind_of_path, method_of
from account_portal.edge.logs import OWN
from account_portal.edge.measured import Measured
from account_portal.security.tokens import same

PATH = "/metrics"
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""What the library calls the variable that names the folder of a server's workers."""
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

log = logging.getLogger("account_portal.metrics")


class Metrics:
    """Counts what is asked, and tells who shows the token.

    Args:
        app: what is inside.
        token: what `Authorization: Bearer` has to show.
        measure: counts what waits in the database; it may be slow, and it may fail.
    """

    def __init__(self, app: ASGIApp, token: str, measure: Callable[[], Iterable[Measured]]) -> None:
        self.app, self.token, self.measure = app, token, measure
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "portal_requests",
            "Requests answered.",
            ["kind", "method", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "portal_request_seconds",
            "Seconds from a request to the end of its answer.",
            ["kind"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.sockets = Gauge(
            "portal_sockets",
            "Open pages that are connected.",
            registry=self.registry,
            multiprocess_mode="livesum",
        )
        self.events = Counter(
            "portal_page_messages", "Messages of open pages.", registry=self.registry
        )
        self.waited = Histogram(
            "portal_database_wait_seconds",
            "Seconds a call waited for a connection to the database.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.failures = Counter(
            "portal_failures",
            "Lines of the log that tell of a failure.",
            ["logger", "level"],
            registry=self.registry,
        )
        waits.append(self.waited.observe)
        logging.getLogger(OWN).addHandler(_Counting(self.failures))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] == "websocket":
            await self._converse(scope, receive, send)
        elif scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["path"] == PATH:
            await self._tell(scope, send)
        else:
            await self._count(scope, receive, send)

    async def _count(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind, began, status = kind_of_path(scope["path"]), time.perf_counter(), 0

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, seen)
        finally:
            self.requests.labels(kind, method_of(scope), str(status or 500)).inc()
            self.seconds.labels(kind).observe(time.perf_counter() - began)

    async def _converse(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def hear() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive":
                self.events.inc()
            return message

        self.sockets.inc()
        try:
            await self.app(scope, hear, send)
        finally:
            self.sockets.dec()

    async def _tell(self, scope: Scope, send: Send) -> None:
        kind, _, shown = (header(scope["headers"], b"authorization") or "").partition(" ")
        if kind.lower() != "bearer" or not same(shown.strip(), self.token):
            log.warning("somebody asked for metrics without the token")
            await send_failure(send, 401, [(b"www-authenticate", b"Bearer")])
            return
        body = await asyncio.to_thread(self._written)
        headers = [
            (b"content-type", CONTENT_TYPE_PLAIN_0_0_4.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _written(self) -> bytes:
        shown = self.registry
        folder = os.environ.get(FOLDER)
        if folder:
            _forget_dead_workers(Path(folder))
            shown = CollectorRegistry()
            MultiProcessCollector(shown, folder)  # type: ignore[no-untyped-call]
        queues = CollectorRegistry()
        queues.register(_Queues(self.measure))
        return generate_latest(shown) + generate_latest(queues)


class _Queues:
    """What waits in the database, and whether that could be counted."""

    def __init__(self, measure: Callable[[], Iterable[Measured]]) -> None:
        self._measure = measure

    def collect(self) -> Iterator[Metric]:
        """One family for each thing that is counted."""
        answers = GaugeMetricFamily("portal_database_up", "Whether the database answers.")
        try:
            found = list(self._measure())
        except Exception:  # noqa: BLE001 - the rest is told all the same
            log.warning("what waits could not be counted")
            found = []
            answers.add_metric([], 0)
        else:
            answers.add_metric([], 1)
        yield answers
        for measured in found:
            family = GaugeMetricFamily(measured.name, measured.meaning, labels=measured.labels)
            for labels, value in measured.values.items():
                family.add_metric(labels, value)
            yield family


class _Counting(logging.Handler):
    """Counts warnings and what is worse."""

    def __init__(self, counter: Counter) -> None:
        super().__init__(logging.WARNING)
        self._counter = counter

    def emit(self, record: logging.LogRecord) -> None:
        self._counter.labels(record.name, record.levelname.lower()).inc()


def _forget_dead_workers(folder: Path) -> None:
    """Let the sockets of workers that died count no more."""
    for path in folder.glob("gauge_live*_*.db"):
        pid = path.stem.rpartition("_")[2]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists() and Path("/proc/self").exists():
            path.unlink(missing_ok=True)
