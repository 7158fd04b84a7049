"""Migrations that change rows: what older versions wrote is as if this one had written it."""

import json

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from account_portal.core.db import Database
from account_portal.core.migrations import SCRIPTS, differences, downgrade, is_current, upgrade
from account_portal.models import Order, OrderDocument, User
from tests.factories.orders import make_line, make_order
from tests.factories.users import make_user


def before(revision: str) -> str:
    return str(ScriptDirectory(str(SCRIPTS)).get_revision(revision).down_revision)


def test_what_customers_type_finds_what_was_written_before(database: Database, owner: User) -> None:
    for number in ("A-1", "A-2"):
        make_order(database, owner, order_number=number)
    zero = make_user(database, email=None, country_code="+44", phone="07911123456")
    rome = make_user(database, email=None, country_code="+39", phone="0669812345")
    twice = make_user(database, email=None, country_code="+91", phone="09876543210")
    make_user(database, email=None, country_code="+91", phone="9876543210")
    downgrade(database, before("0006"))
    number = col(OrderDocument.order_number)
    with database.session(writes=True) as db:
        old = update(OrderDocument).where(number == "A-1")
        db.execute(old.values(search="a-1\n\u00e9clair\ni\u0307stanbul \u00e7ay"))
        db.commit()
    upgrade(database)
    with database.session(writes=False) as db:
        texts = dict(db.execute(select(number, col(OrderDocument.search))).all())
        phones = dict(db.execute(select(col(User.id), col(User.phone))).all())
    assert texts["A-1"] == "a-1\neclair\nistanbul cay"
    assert texts["A-2"].startswith("a-2\n")
    assert phones[zero.id] == "7911123456"
    assert phones[rome.id] == "0669812345"
    assert phones[twice.id] == "09876543210"


BIG, SMALL = 10**15, 2**31 - 1


def test_amounts_outlive_the_way_down_and_up(database: Database, owner: User) -> None:
    line = make_line(quantity=1, selling_price=SMALL)
    made = make_order(database, owner, lines=[line], currency="KWD", loyalty_point_earned=SMALL)
    downgrade(database, before("0008"))
    upgrade(database)
    assert differences(database) == []
    with database.session(writes=True) as db:
        order = db.get_one(Order, made.id)
        assert (order.grand_total, order.loyalty_point_earned) == (SMALL, SMALL)
        order.grand_total = BIG
        db.commit()
    with database.session(writes=False) as db:
        assert db.get_one(Order, made.id).grand_total == BIG


def test_long_amounts_are_never_cut(database: Database, owner: User) -> None:
    """PostgreSQL refuses the way down whole, SQLite keeps 64 bits whatever a column is called."""
    made = make_order(
        database, owner, lines=[make_line(quantity=1, selling_price=BIG)], currency="KWD"
    )
    if database.is_sqlite:
        downgrade(database, before("0008"))
        upgrade(database)
    else:
        with pytest.raises(DBAPIError, match="out of range"):
            downgrade(database, before("0008"))
    assert is_current(database)
    with database.session(writes=False) as db:
        assert db.get_one(Order, made.id).grand_total == BIG


def test_each_table_is_rewritten_once(database: Database, statements: list[str]) -> None:
    downgrade(database, before("0008"))
    statements.clear()
    upgrade(database)
    widened = [one.split()[2] for one in statements if "TYPE BIGINT" in one]
    assert len(widened) == len(set(widened)) == (0 if database.is_sqlite else 12)


def test_refunds_that_are_there_are_taken_as_told(database: Database, owner: User) -> None:
    refunds = [{"request_number": "R-1", "refund_amount": 5000}, {"request_number": "R-2"}]
    make_order(database, owner, order_number="A-1", refunds=refunds)
    make_order(database, owner, order_number="A-2")
    number, said = col(OrderDocument.order_number), col(OrderDocument.refunds)
    with database.session(writes=False) as db:
        written = dict(db.execute(select(number, said)).all())
    assert json.loads(written["A-1"])["R-1"] == ["pending", 5000]
    downgrade(database, before("0018"))
    upgrade(database)
    with database.session(writes=False) as db:
        assert dict(db.execute(select(number, said)).all()) == written


def test_orders_that_wait_for_money_are_known(database: Database, owner: User) -> None:
    failed, pending = {"payment_status": "failed"}, {"payment_status": "pending"}
    make_order(database, owner, order_number="A-1")
    make_order(database, owner, order_number="A-2", payments=[failed], **failed)
    arranged = [pending | {"collection": "on_delivery"}]
    make_order(database, owner, order_number="A-3", payments=arranged, **pending)
    make_order(database, owner, order_number="A-4", payments=[failed], **failed, status="cancelled")
    number, said = col(OrderDocument.order_number), col(OrderDocument.awaits_payment)
    with database.session(writes=False) as db:
        written = dict(db.execute(select(number, said)).all())
    assert written == {"A-1": False, "A-2": True, "A-3": False, "A-4": False}
    downgrade(database, before("0054"))
    upgrade(database)
    with database.session(writes=False) as db:
        assert dict(db.execute(select(number, said)).all()) == written
