"""A process that is told to stop gives back what its mail server will not let go of."""

import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from account_portal.core.db import Database
from account_portal.core.places import ROOT
from account_portal.models import OutboxMessage
from account_portal.notifications.delivery import LEASE
from tests.factories.auth import messages
from tests.mail_servers import silent_server
from tests.portal_server import plain_environment


def within(seconds: float, database: Database, status: str) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if messages(database)[0].status == status:
            return True
        time.sleep(0.05)
    return False


def test_a_worker_that_is_stopped_gives_back_what_hangs(tmp_path: Path, database_url: str) -> None:
    database = Database(database_url)
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
    with silent_server() as port:
        worker = subprocess.Popen(
            [sys.executable, "-m", "account_portal", "worker"],
            cwd=ROOT,
            env={
                **plain_environment(),
                "PORTAL_DATA_DIR": str(tmp_path),
                "PORTAL_DATABASE_URL": database_url,
                "PORTAL_SMTP_URL": f"smtp://127.0.0.1:{port}",
                "PORTAL_MAIL_FROM": "shop@shop.example",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert within(60, database, "sending")
            worker.send_signal(signal.SIGTERM)
            _, said = worker.communicate(timeout=15)
        finally:
            worker.kill()
            worker.wait()
    assert (worker.returncode, "Traceback" in said) == (0, False)
    held, untouched = messages(database)
    assert held.due_at - datetime.now(UTC) < timedelta(seconds=11) < LEASE
    assert (held.attempts, untouched.attempts, untouched.status) == (1, 0, "queued")
    database.dispose()
