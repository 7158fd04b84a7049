"""What time does by itself, and the shop's commands."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event, Thread
from typing import Any

from click.testing import CliRunner
from sqlalchemy import select

from account_portal.cli import main
from account_portal.core.db import Database
from account_portal.merchant import housekeeping
from account_portal.models import Order, OrderPolicy, RateEvent, User
from tests.factories.orders import make_order
from tests.factories.records import rows


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["shop", *words])
    return result.exit_code, result.output.strip()


def status_of(database: Database, order: Order) -> str:
    with database.session(writes=False) as db:
        return db.get_one(Order, order.id).status


def test_return_windows_close_by_themselves(database: Database, owner: User, clock: Any) -> None:
    orders = [make_order(database, owner, at=clock.now, parcels=[{}]) for _ in range(3)]
    assert housekeeping.close_return_windows() == 0
    clock.advance(days=30, seconds=1)
    assert housekeeping.close_return_windows() == 3
    assert {status_of(database, order) for order in orders} == {"complete"}
    assert housekeeping.close_return_windows() == 0


def test_what_is_over_is_removed_and_what_counts_stays(database: Database, clock: Any) -> None:
    with database.session(writes=True) as db:
        db.add(RateEvent(bucket="old", created_at=clock.now - timedelta(days=2)))
        db.add(RateEvent(bucket="new", created_at=clock.now))
        db.commit()
    housekeeping.remove_what_is_over()
    with database.session(writes=False) as db:
        assert [row.bucket for row in db.execute(select(RateEvent)).scalars()] == ["new"]


def test_the_loop_ends_when_told(database: Database) -> None:
    stop = Event()
    thread = Thread(target=housekeeping.run_housekeeping_loop, args=(stop,))
    thread.start()
    stop.set()
    thread.join(5)
    assert not thread.is_alive()


def test_an_orders_whole_way_by_commands(database: Database, owner: User) -> None:
    order = make_order(database, owner, status="awaiting_approval")
    assert run("order", "approve", order.order_number)[0] == 0
    code, parcel = run("shipment", "create", order.order_number, "SKU-0=2")
    assert code == 0
    for step in ("packed", "shipped", "delivered"):
        assert run("shipment", "move", parcel, step, "--courier", "Speedy")[0] == 0
    assert status_of(database, order) == "delivered"


def test_refusals_are_sentences(database: Database, owner: User) -> None:
    order = make_order(database, owner)
    assert run("order", "approve", order.order_number) == (
        1,
        f"Error: Order {order.order_number} is confirmed; there is nothing to approve.",
    )
    assert run("order", "approve", "ORD-0")[0] == 1
    assert run("shipment", "create", order.order_number, "SKU-0=3")[0] == 1
    assert run("shipment", "create", order.order_number, "nonsense")[0] == 2
    assert run("points", "grant", "nobody@example.com", "5")[0] == 1
    assert run("points", "grant", owner.email or "", "-5")[0] != 0
    for words in [
        ("return", "approve", "RET-0"),
        ("refund", "settle", "RFD-0", "success"),
        ("payment", "settle", "PAY-0", "success"),
        ("review", "approve", "0"),
        ("bank-account", "verify", "0"),
    ]:
        code, output = run(*words)
        assert code == 1, words
        assert output.startswith("Error: "), output


def test_many_processes_may_be_the_first_to_apply_settings(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(housekeeping.apply_settings) for _ in range(8)]:
            done.result()
    assert len(rows(database, OrderPolicy)) == 1
