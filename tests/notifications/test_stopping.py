"""A mail server that hangs holds up no code by SMS, and what it holds is given back at a stop."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from account_portal import notifications
from account_portal.context import NOBODY, enter
from account_portal.core.db import Database
from account_portal.core.places import ROOT
from account_portal.models import OutboxMessage
from account_portal.notifications import CodeMessage
from account_portal.notifications.delivery import LEASE
from tests.factories.auth import messages
from tests.mail_servers import silent_server
from tests.portal_server import START_WITHIN, free_port, plain_environment


def within(seconds: float, is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.05)
    return False


@contextmanager
def sms_provider() -> Iterator[tuple[str, list[str]]]:
    """The address of somebody who sends SMS, and what came there."""
    told: list[str] = []

    class Takes(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"result": {"message_id": "1", "status": "ok"}}')

        def log_message(self, *_: object) -> None:
            """Nothing: the test says what came."""

    with HTTPServer(("127.0.0.1", 0), Takes) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"smseagle://token@127.0.0.1:{server.server_port}", told
        finally:
            server.shutdown()
            thread.join()


def queue_news(database: Database) -> None:
    now = datetime.now(UTC)
    with database.session(writes=True) as db:
        for name in ("slow", "next"):
            waiting = {"status": "queued", "due_at": now, "created_at": now}
            words = {"words": {"store": "Northwind"}}
            db.add(
                OutboxMessage(
                    channel="email",
                    recipient=f"{name}@shop.example",
                    kind="password_changed",
                    payload=words,
                    **waiting,
                )
            )
        db.commit()


@pytest.mark.parametrize("command", ["worker", "serve"])
def test_codes_go_out_beside_a_mail_server_that_hangs_and_a_stop_gives_back(
    tmp_path: Path, database_url: str, command: str
) -> None:
    database = Database(database_url)
    queue_news(database)
    port = ["--port", str(free_port())] if command == "serve" else []
    with silent_server() as mail, sms_provider() as (provider, told):
        process = subprocess.Popen(
            [sys.executable, "-m", "account_portal", command, *port],
            cwd=ROOT,
            env={
                **plain_environment(),
                "PORTAL_DEMO": "false",
                "PORTAL_SECRET_KEY": os.environ["PORTAL_SECRET_KEY"],
                "PORTAL_DATA_DIR": str(tmp_path),
                "PORTAL_DATABASE_URL": database_url,
                "PORTAL_SMTP_URL": f"smtp://127.0.0.1:{mail}",
                "PORTAL_MAIL_FROM": "shop@shop.example",
                "PORTAL_SMS_URL": provider,
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            has_ended = process.poll
            assert within(
                START_WITHIN,
                lambda: has_ended() is not None or messages(database)[0].status == "sending",
            )
            assert has_ended() is None, process.communicate()[1]
            words = CodeMessage(code="271828", purpose="sign in", store="Northwind", minutes=10)
            with enter(writes=True, actor=NOBODY, database=database) as ctx:
                notifications.enqueue_secret(ctx, words, channel="sms", recipient="+919845012345")
            assert within(30, lambda: "271828" in "".join(told))
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=15)
        finally:
            process.kill()
            process.wait()
    assert (process.returncode, "Traceback" in said) == (0, False)
    held, untouched, code = messages(database)
    assert held.due_at - datetime.now(UTC) < timedelta(seconds=11) < LEASE
    assert (held.attempts, untouched.attempts, untouched.status) == (1, 0, "queued")
    assert (code.status, len(told)) == ("sent", 1)
    database.dispose()
