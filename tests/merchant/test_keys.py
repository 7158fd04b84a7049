"""Keys of the shop's systems: made once, told apart, limited, ended."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from account_portal.cli import main
from account_portal.core.db import Database
from account_portal.models import ApiKey
from account_portal.security import api_keys
from tests.conftest import Clock, forget_singletons
from tests.factories.orders import make_order
from tests.merchant.systems import Systems, make_key

Run = Callable[..., Result]
GHOST = "/shipments/SHP-GHOST/move"
STEP = {"status": "packed"}


@pytest.fixture
def run(database: Database) -> Run:
    assert database
    return lambda *words: CliRunner().invoke(main, ["keys", *words])


def row(database: Database, name: str) -> ApiKey:
    with database.session(writes=False) as db:
        return db.execute(select(ApiKey).where(ApiKey.name == name)).scalar_one()


def test_a_key_is_shown_once_and_kept_as_a_digest(run: Run, database: Database) -> None:
    made = run("create", "erp", "--scope", "orders:write", "--scope", "records:write")
    assert made.exit_code == 0
    secret = made.output.strip()
    assert secret.startswith("apk_")
    assert len(secret) >= 4 + 32
    kept = row(database, "erp")
    assert secret not in str(kept.model_dump())
    assert kept.scopes == "orders:write records:write"
    listed = run("list").output
    assert secret not in listed
    assert "erp" in listed
    assert secret[:12] in listed
    assert "never" in listed


@pytest.mark.parametrize(
    "words",
    [
        ("create", "erp"),
        ("create", "erp", "--scope", "orders"),
        ("create", "erp", "--scope", "nothing:*"),
        ("create", " ", "--scope", "*"),
        ("revoke", "erp"),
        ("rotate", "erp"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(run: Run, words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.exit_code != 0
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_a_name_is_one_living_key(run: Run) -> None:
    assert run("create", "erp", "--scope", "*").exit_code == 0
    assert run("create", "erp", "--scope", "*").exit_code == 1
    assert run("revoke", "erp").exit_code == 0
    assert run("create", "erp", "--scope", "*").exit_code == 0


def test_a_revoked_key_opens_nothing(run: Run, systems: Systems) -> None:
    secret = run("create", "erp", "--scope", "*").output.strip()
    assert systems.post(GHOST, STEP, key=secret).status_code == 404
    run("revoke", "erp")
    refused = systems.post(GHOST, STEP, key=secret)
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthorized")
    assert "revoked" in run("list").output


def test_a_rotated_key_has_another_secret(run: Run, systems: Systems, clock: Clock) -> None:
    old = run("create", "erp", "--scope", "*").output.strip()
    new = run("rotate", "erp").output.strip()
    assert systems.post(GHOST, STEP, key=old).status_code == 401
    assert systems.post(GHOST, STEP, key=new).status_code == 404
    newest = run("rotate", "erp", "--overlap", "2").output.strip()
    assert systems.post(GHOST, STEP, key=new).status_code == 404
    assert systems.post(GHOST, STEP, key=newest).status_code == 404
    clock.advance(hours=3)
    assert systems.post(GHOST, STEP, key=new).status_code == 401
    assert systems.post(GHOST, STEP, key=newest).status_code == 404


def test_a_key_ends_when_its_time_is_over(
    database: Database, systems: Systems, clock: Clock
) -> None:
    secret = make_key(database, lives=timedelta(days=1))
    assert systems.post(GHOST, STEP, key=secret).status_code == 404
    clock.advance(days=2)
    assert systems.post(GHOST, STEP, key=secret).status_code == 401


def test_customers_tokens_and_keys_open_different_doors(api: Any, owner: Any, systems: Any) -> None:
    order = make_order(api._database, owner)
    token = api.token(owner)
    assert systems.post(f"/orders/{order.order_number}/approve", key=token).status_code == 401
    assert api.get(f"/orders/{order.order_number}", token=systems.key).status_code == 401
    assert api.get(f"/orders/{order.order_number}", user=owner).status_code == 200


def test_scopes_say_what_a_key_may(database: Database, systems: Systems) -> None:
    for scope, status in (
        ("orders:write", 404),
        ("orders:*", 404),
        ("orders:read", 403),
        ("returns:*", 403),
    ):
        answer = systems.post(GHOST, STEP, key=make_key(database, scope))
        assert answer.status_code == status, scope
        if status == 403:
            assert answer.json()["code"] == "insufficient_scope"


def test_every_scope_is_one() -> None:
    assert all(api_keys.is_scope(scope) for scope in (*api_keys.SCOPES, "*", "events:*"))
    assert not any(map(api_keys.is_scope, ("", ":", ":*", "orders", "orders:", "order:*")))


def test_use_is_noted_once_a_day_and_address(
    database: Database, systems: Systems, clock: Clock, statements: list[str]
) -> None:
    systems.post(GHOST, STEP)
    noted = row(database, "everything")
    assert noted.last_used_at == clock.now
    assert noted.last_used_from == "testclient"
    clock.advance(minutes=3)
    statements.clear()
    systems.post(GHOST, STEP)
    assert not any("UPDATE api_keys" in one for one in statements)
    assert row(database, "everything").last_used_at == noted.last_used_at
    clock.advance(days=1)
    systems.post(GHOST, STEP)
    assert row(database, "everything").last_used_at == clock.now


def test_a_key_has_so_many_calls_a_minute(
    database: Database, systems: Systems, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_MERCHANT_CALLS_PER_MINUTE", "3")
    forget_singletons()
    other = make_key(database, name="other")
    left = [systems.post(GHOST, STEP).headers["RateLimit-Remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    refused = systems.post(GHOST, STEP)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert refused.headers["RateLimit-Limit"] == "3"
    assert refused.headers["Retry-After"] == refused.headers["RateLimit-Reset"]
    assert systems.post(GHOST, STEP, key=other).status_code == 404
    clock.advance(minutes=1)
    assert systems.post(GHOST, STEP).status_code == 404


def test_processes_share_the_calls_of_a_key(
    systems: Systems, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from account_portal.api.router import systems as door

    monkeypatch.setenv("PORTAL_MERCHANT_CALLS_PER_MINUTE", "3")
    forget_singletons()
    assert clock.now
    statuses = []
    for _ in range(5):
        monkeypatch.setattr(door, "_allowance", door._Allowance())  # as in another process
        statuses.append(systems.post(GHOST, STEP).status_code)
    assert statuses == [404, 404, 404, 429, 429]


def test_no_line_of_the_log_holds_a_key(
    systems: Systems, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = run("create", "erp", "--scope", "orders:read").output.strip()
    systems.post(GHOST, STEP, key=secret)
    systems.post(GHOST, STEP, key=secret + "x")
    assert secret[4:] not in caplog.text
