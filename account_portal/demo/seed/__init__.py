"""The demo: three customers whose data shows every state the portal knows.

Everything is written in one transaction and is the same at every seeding, but for the reference
day that all dates are counted back from.
"""

from datetime import UTC, datetime, time

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, SQLModel, col

from account_portal.core.clock import utc_now
from account_portal.core.db import Database
from account_portal.core.settings import get_settings
from account_portal.demo.seed.evidence import evidence_rows
from account_portal.demo.seed.ids import seeded_id
from account_portal.demo.seed.loyalty import Extra, Ledger, credit_rows
from account_portal.demo.seed.orders import OrderWriter, Written
from account_portal.demo.seed.past import past_orders, subscription_orders
from account_portal.demo.seed.people import DEMO, PASSWORD, PEOPLE, SAM, joined_at, people_rows
from account_portal.demo.seed.plan import Planned
from account_portal.demo.seed.policies import policy_row
from account_portal.demo.seed.present import PRESENT
from account_portal.demo.seed.reviews import product_rows, review_rows
from account_portal.demo.seed.sams import SAMS
from account_portal.demo.seed.staff import staff_rows
from account_portal.demo.seed.subscriptions import subscription_rows
from account_portal.gateways import get_gateways
from account_portal.models import ApiKey, ConsentChange, User, WaitingEvent
from account_portal.orders.service import refresh_orders
from account_portal.security.passwords import hash_password

__all__ = ["DemoRefused", "seed_demo", "seed_if_empty"]

_DEMOS_ORDERS: tuple[Planned, ...] = (
    *past_orders("past", 28, newest=152),
    *subscription_orders("NW-COFF-250", 6, newest=33),
    *PRESENT,
)
_DEMOS_EXTRAS: tuple[Extra, ...] = (
    ("Welcome", "signup", 100, 1_094),
    ("Thank you for a review", "review", 20, 117),
    ("Thank you for a review", "review", 20, 20),
    ("Festival bonus", "bonus", 250, 395),
    ("Points of last year lapsed", "expiry", -60, 327),
)
_SAMS_EXTRAS: tuple[Extra, ...] = (("Welcome", "signup", 100, 399),)
_FIRST_NUMBER = 20_400


class DemoRefused(Exception):
    """The database is not the demo's; nothing was changed."""


def seed_if_empty(database: Database) -> bool:
    """Write the demo into a database without customers; whether it did."""
    with database.session(writes=False) as db:
        if db.execute(select(col(User.id)).limit(1)).first() is not None:
            return False
    return seed_demo(database)


def seed_demo(database: Database, *, fresh: bool = False) -> bool:
    """Write the demo, unless it is there; `fresh` deletes it first, and all that was done with it.

    Returns:
        Whether anything was written.

    Raises:
        DemoRefused: outside demo mode, or when the database holds other customers.
    """
    if not get_settings().demo:
        raise DemoRefused("Demo data exists in demo mode only (PORTAL_DEMO=1).")
    with database.session(writes=False) as db:
        if not fresh and _customers(db)[0]:
            return False
    password_hash = hash_password(PASSWORD)
    with database.session(writes=True) as db:
        demo, others = _customers(db)
        if demo and not fresh:
            return False
        if others:
            raise DemoRefused(
                f"The database holds {others} customers who are not of the demo. Nothing was "
                "changed. Point PORTAL_DATABASE_URL or PORTAL_DATA_DIR elsewhere."
            )
        _clear(db)
        _write(db, _today(), password_hash)
        db.commit()
    return True


def _customers(db: Session) -> tuple[int, int]:
    """How many users of the demo there are, and how many others."""
    rows = db.execute(
        select(col(User.is_demo), func.count().label("users")).group_by(col(User.is_demo))
    )
    counts = {row.is_demo: row.users for row in rows}
    return counts.get(True, 0), counts.get(False, 0)


def _today() -> datetime:
    return datetime.combine(utc_now().date(), time(), UTC)


def _clear(db: Session) -> None:
    """Empty all tables but the shop's keys: nobody but the demo is in them."""
    for table in reversed(SQLModel.metadata.sorted_tables):
        if table.name != ApiKey.__tablename__:
            db.execute(delete(table))


def _write(db: Session, today: datetime, password_hash: str) -> None:
    orders = [
        *_orders(OrderWriter(DEMO, today, _FIRST_NUMBER), _DEMOS_ORDERS),
        *_orders(OrderWriter(SAM, today, _FIRST_NUMBER + 50_000), SAMS),
    ]
    demos = Ledger(DEMO, today)
    sams = Ledger(SAM, today)
    for extra in _DEMOS_EXTRAS:
        demos.add_extra(extra)
    for extra in _SAMS_EXTRAS:
        sams.add_extra(extra)
    for written in orders:
        ledger = demos if written.order.customer_id == DEMO.id else sams
        ledger.add_order(written)
    rows: list[SQLModel] = [
        *product_rows(today),
        *people_rows(today, password_hash),
        *staff_rows(today, password_hash),
        policy_row(today),
        *(row for written in orders for row in written.rows),
        *demos.rows(),
        *sams.rows(),
        *credit_rows(DEMO, today),
        *review_rows(today, orders),
        *evidence_rows(orders, get_gateways().storage),
        *subscription_rows(DEMO, today),
    ]
    _insert(db, rows)
    refresh_orders(db, [written.order.id for written in orders], today)
    _date_opt_ins(db, today)
    db.execute(delete(WaitingEvent))  # none of it happened


def _date_opt_ins(db: Session, today: datetime) -> None:
    """Let customers have turned their switches when they came, whenever the demo is written."""
    joined = {person.id: joined_at(person, today) for person in PEOPLE}
    for row_id, user_id, name in db.execute(
        select(col(ConsentChange.id), col(ConsentChange.user_id), col(ConsentChange.name))
    ).all():
        db.execute(
            update(ConsentChange)
            .where(col(ConsentChange.id) == row_id)
            .values(
                id=seeded_id("opt-in", f"{user_id} {name}"),
                created_at=joined[user_id],
                source="customer",
            )
        )


def _orders(writer: OrderWriter, planned: tuple[Planned, ...]) -> list[Written]:
    return [writer.write(order) for order in sorted(planned, key=lambda order: -order.placed)]


def _insert(db: Session, rows: list[SQLModel]) -> None:
    """Add rows table by table, so that what is pointed at is there first."""
    by_table: dict[str, list[SQLModel]] = {}
    for row in rows:
        by_table.setdefault(str(row.__tablename__), []).append(row)
    for table in SQLModel.metadata.sorted_tables:
        db.add_all(by_table.pop(table.name, []))
        db.flush()
    assert not by_table
