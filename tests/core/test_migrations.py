"""Migrations that change rows: what older versions wrote is as if this one had written it."""

from alembic.script import ScriptDirectory
from sqlalchemy import select, update
from sqlmodel import col

from account_portal.core.db import Database
from account_portal.core.migrations import SCRIPTS, downgrade, upgrade
from account_portal.models import OrderDocument, User
from tests.factories.orders import make_order
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
