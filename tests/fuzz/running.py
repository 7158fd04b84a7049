"""Starts the API on fresh data of a demo and sends schemathesis at it.

That of the shop's systems is the API of a real shop, outside demo mode.
"""

import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from string import Template

from sqlalchemy import create_engine, text

from tests.portal_server import free_port, plain_environment

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).parent
CUSTOMERS = "storefront"
SYSTEMS = "merchant"
DOCUMENTS = {CUSTOMERS: "/api/openapi.json", SYSTEMS: "/api/merchant/openapi.json"}
CONFIGS = {CUSTOMERS: "schemathesis.toml", SYSTEMS: "schemathesis-merchant.toml"}
MODES = {CUSTOMERS: {"PORTAL_DEBUG_OTP": "1"}, SYSTEMS: {"PORTAL_DEMO": "false"}}
START_WITHIN = 60  # seconds


def fuzz(
    folder: Path,
    *,
    examples: int,
    seed: int,
    api: str = CUSTOMERS,
    schema: Path | None = None,
    database_url: str = "",
    deterministic: bool = False,
    capture: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Run all phases and all checks; the result's return code is 0 if nothing failed.

    Args:
        folder: where the database, the logs and the report go.
        examples: cases per call in each phase.
        seed: of the random choices.
        api: whose calls, the customers' or those of the shop's systems.
        schema: a document to hold the API to; its own unless given.
        database_url: an empty database; one of SQLite unless given.
        deterministic: the same cases each time.
        capture: keep the output instead of showing it.
    """
    port = free_port()
    database_url = database_url or f"sqlite:///{folder}/portal.db"
    environment = {
        **plain_environment(),
        "PORTAL_DATA_DIR": str(folder),
        "PORTAL_DATABASE_URL": database_url,
        "PORTAL_SECRET_KEY": "a key for the fuzzed portal, long enough",
        "PORTAL_PASSWORD_MEMORY_KIB": "64",
        "PORT": str(port),
        "SCHEMATHESIS_HOOKS": "tests.fuzz.hooks",
        "PYTHONPATH": str(ROOT),
        "FUZZED_API": api,
    }
    subprocess.run(
        [sys.executable, "-m", "account_portal", "demo"], cwd=ROOT, env=environment, check=True
    )
    environment |= MODES[api]
    with _api(folder, port, environment) as address:
        config = folder / "schemathesis.toml"
        config.write_text(
            Template((FOLDER / CONFIGS[api]).read_text()).substitute(_ids(database_url))
        )
        return subprocess.run(
            [
                str(Path(sys.executable).with_name("st")),
                f"--config-file={config}",
                "run",
                str(schema or address + DOCUMENTS[api]),
                f"--url={address}/api/v1/main/{api}",
                f"--max-examples={examples}",
                f"--seed={seed}",
                *(["--generation-deterministic"] if deterministic else []),
            ],
            cwd=folder,
            env=environment,
            capture_output=capture,
            text=True,
            check=False,
        )


@contextmanager
def _api(folder: Path, port: int, environment: dict[str, str]) -> Iterator[str]:
    address = f"http://127.0.0.1:{port}"
    log = folder / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "account_portal", "api", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(process, f"{address}/health/ready", log)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError):
            urllib.request.urlopen(address, timeout=2).close()
            return
        time.sleep(0.1)
    raise RuntimeError(f"the API did not start:\n{log.read_text()}")


def _ids(database_url: str) -> dict[str, str]:
    """Things of the demo customer that exist, for paths that would otherwise lead nowhere."""
    engine = create_engine(database_url)
    questions = {
        "ORDERS": "SELECT order_number FROM orders WHERE customer_id = :user LIMIT 40",
        "ADDRESSES": "SELECT id FROM addresses WHERE customer_id = :user",
        "BANK_ACCOUNTS": "SELECT id FROM bank_accounts WHERE customer_id = :user",
        "RETURNS": "SELECT r.request_number FROM returns r WHERE r.customer_id = :user",
        "PRODUCTS": "SELECT id FROM products LIMIT 40",
        "ALL_ORDERS": "SELECT order_number FROM orders ORDER BY id DESC LIMIT 60",
        "SHIPMENTS": "SELECT reference_number FROM shipments ORDER BY id DESC LIMIT 60",
        "PAYMENTS": "SELECT request_number FROM payments ORDER BY id DESC LIMIT 60",
        "REFUNDS": "SELECT request_number FROM refunds LIMIT 60",
        "ALL_RETURNS": "SELECT request_number FROM returns LIMIT 60",
        "CUSTOMERS": "SELECT customer_id FROM users LIMIT 20",
        "REVIEWS": "SELECT id FROM reviews LIMIT 60",
        "ALL_BANK_ACCOUNTS": "SELECT id FROM bank_accounts LIMIT 20",
    }
    with engine.connect() as connection:
        user = connection.execute(
            text("SELECT id FROM users WHERE email = 'demo@example.com'")
        ).scalar_one()
        found = {
            name: [
                str(row[0])
                for row in connection.execute(
                    text(question), {"user": user} if ":user" in question else {}
                )
            ]
            for name, question in questions.items()
        }
    engine.dispose()
    assert all(found.values()), f"the demo lacks something: {found}"
    return {"USER": user, **{name: repr(values) for name, values in found.items()}}
