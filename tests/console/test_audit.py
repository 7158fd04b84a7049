"""The audit log: everything is in it, and it can't be changed unnoticed."""

from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, text

from account_portal.cli import main
from account_portal.console.rules import Role
from account_portal.console.service import audit
from account_portal.context import SHOP, enter
from account_portal.core.db import Database
from account_portal.models import AuditEntry, User
from tests.console.conftest import Browser
from tests.factories.orders import make_order
from tests.factories.records import rows

SignedIn = Callable[..., Browser]


def write(database: Database, count: int) -> None:
    for at in range(count):
        with enter(writes=True, actor=SHOP, database=database) as ctx:
            audit.record(ctx, "tests", "look", f"order {at}", details={"ä": at})


def verify(database: Database) -> audit.Head | audit.Broken:
    with database.session(writes=False) as db:
        return audit.verify(db)


def test_a_whole_log_is_whole(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "READ_AT_ONCE", 2)
    assert verify(database) == audit.Head(0, audit.BEGINNING)
    write(database, 5)
    last = rows(database, AuditEntry)[-1]
    assert verify(database) == audit.Head(5, last.hash)


@pytest.mark.parametrize(
    ("change", "number"),
    [
        ("UPDATE audit_entries SET actor = 'somebody else' WHERE number = 2", 2),
        ("UPDATE audit_entries SET outcome = 'refused' WHERE number = 2", 2),
        ("UPDATE audit_entries SET ip_address = '192.0.2.9' WHERE number = 2", 2),
        ("UPDATE audit_entries SET details = '{}' WHERE number = 1", 1),
        ("DELETE FROM audit_entries WHERE number = 2", 2),
        ("DELETE FROM audit_entries WHERE number = 1", 1),
        ("UPDATE audit_entries SET hash = previous_hash WHERE number = 3", 3),
    ],
)
def test_a_changed_log_is_noticed(database: Database, change: str, number: int) -> None:
    write(database, 4)
    with database.session(writes=True) as db:
        db.execute(text(change))
        db.commit()
    found = verify(database)
    assert isinstance(found, audit.Broken)
    assert found.number == number
    told = CliRunner().invoke(main, ["doctor"])
    assert told.exit_code == 1
    assert f"wrong  Audit log: entry {number}" in told.output


def test_doctor_names_the_newest_entry(database: Database) -> None:
    write(database, 2)
    last = rows(database, AuditEntry)[-1]
    told = CliRunner().invoke(main, ["doctor"]).output
    assert f"2 entries, whole; the newest is 2:{last.hash[:16]}" in told


def test_who_writes_at_once_makes_one_chain(database: Database) -> None:
    threads = [Thread(target=write, args=(database, 5)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = verify(database)
    assert isinstance(found, audit.Head)
    assert found.number == 20


@given(one=st.text(max_size=20), other=st.text(max_size=20))
def test_no_two_entries_share_a_hash(one: str, other: str) -> None:
    def made(actor: str, action: str) -> AuditEntry:
        from datetime import UTC, datetime

        return AuditEntry(
            number=1, created_at=datetime(2026, 1, 1, tzinfo=UTC), actor=actor, action=action,
            outcome="done", previous_hash=audit.BEGINNING, hash="",
        )  # fmt: skip

    same = audit.hash_of(made(one, other)) == audit.hash_of(made(other, one))
    assert same == (one == other)


def test_looks_are_written_down(database: Database, signed_in: SignedIn, owner: User) -> None:
    order = make_order(database, owner)
    viewer, admin = signed_in(Role.VIEWER), signed_in()
    viewer.page(f"/orders/{order.order_number}")
    viewer.page(f"/customers/{owner.customer_id}")
    viewer.page("/orders")
    looks = [entry.about for entry in rows(database, AuditEntry) if entry.action == "look"]
    assert looks == [f"order {order.order_number}", f"customer {owner.customer_id}"]
    shown = admin.page(f"/audit?about=order {order.order_number}").text
    assert "viewer@shop.example" in shown
    assert f"customer {owner.customer_id}" not in shown
    assert admin.get("/audit?cursor=x").status_code == 400


def test_commands_are_written_down(database: Database) -> None:
    runner = CliRunner()
    made = runner.invoke(main, ["staff", "create", "Mira@shop.example", "--role", "admin"])
    assert made.exit_code == 0, made.output
    assert "/console/invitation?token=" in made.output
    phrase = "a long enough phrase of ours"
    asked = ["staff", "create", "omar@shop.example", "--role", "admin", "--password"]
    assert runner.invoke(main, asked, input=f"{phrase}\n{phrase}\n").exit_code == 0
    weak = ["staff", "reset", "omar@shop.example", "--password"]
    refused = runner.invoke(main, weak, input="short\nshort\n")
    assert refused.exit_code == 1
    assert "must have 12 to 128 characters" in refused.output
    for arguments in (["role", "mira@shop.example", "viewer"], ["disable", "mira@shop.example"],
                      ["enable", "mira@shop.example"]):  # fmt: skip
        assert runner.invoke(main, ["staff", *arguments]).exit_code == 0
    assert "mira@shop.example  viewer  invited" in runner.invoke(main, ["staff", "list"]).output
    unknown = runner.invoke(main, ["staff", "disable", "nobody@shop.example"])
    assert (unknown.exit_code, "Nobody of the staff" in unknown.output) == (1, True)
    last = runner.invoke(main, ["staff", "disable", "omar@shop.example"])
    assert (last.exit_code, "only admin" in last.output) == (1, True)
    actions = [entry.action for entry in rows(database, AuditEntry)]
    assert actions == [
        "staff.invite", "staff.invite", "staff.password", "staff.reset", "staff.role",
        "staff.disable", "staff.enable",
    ]  # fmt: skip
    assert all(entry.actor.startswith("command line: ") for entry in rows(database, AuditEntry))


def aged(database: Database, days: int) -> None:
    """Let all entries that are there be so many days old, hashes and all."""
    with database.session(writes=True) as db:
        last = audit.BEGINNING
        for entry in db.execute(select(AuditEntry).order_by(AuditEntry.number)).scalars().all():
            entry.created_at -= timedelta(days=days)
            entry.previous_hash = last
            entry.hash = last = audit.hash_of(entry)
        db.commit()


def trim(database: Database) -> int:
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        return audit.trim(ctx)


def test_old_entries_go_and_the_rest_is_whole(database: Database, set_settings: Any) -> None:
    set_settings(PORTAL_AUDIT_KEPT_DAYS="100")
    write(database, 4)
    aged(database, 131)
    write(database, 2)
    assert trim(database) == 4
    assert trim(database) == 0
    assert verify(database) == audit.Head(7, head_of(database))
    aged_before = verify(database)
    write(database, 1)
    assert isinstance(aged_before, audit.Head)
    assert isinstance(verify(database), audit.Head)


def head_of(database: Database) -> str:
    with database.session(writes=False) as db:
        return audit.head(db).hash


def test_what_is_not_old_enough_stays(database: Database, set_settings: Any) -> None:
    set_settings(PORTAL_AUDIT_KEPT_DAYS="100")
    write(database, 3)
    aged(database, 129)
    assert trim(database) == 0


@pytest.mark.parametrize("number", [5, 7])
def test_more_taken_from_the_beginning_is_noticed(
    database: Database, set_settings: Any, number: int
) -> None:
    """Up to an entry that no removal tells of, even the entry of the removal itself."""
    set_settings(PORTAL_AUDIT_KEPT_DAYS="100")
    write(database, 4)
    aged(database, 131)
    write(database, 2)
    trim(database)
    write(database, 2)
    with database.session(writes=True) as db:
        db.execute(delete(AuditEntry).where(AuditEntry.number <= number))
        db.commit()
    assert verify(database) == audit.Broken(number, "is missing")
