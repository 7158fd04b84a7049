"""what customers type: search texts without accents, phone numbers without their trunk zero

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.text import folded
from account_portal.core.validation import national_number

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BATCH = 1000
_DOCUMENTS = sa.table("order_documents", sa.column("order_id"), sa.column("search"))
_USERS = sa.table("users", sa.column("id"), sa.column("country_code"), sa.column("phone"))


def upgrade() -> None:
    _fold_search_texts(op.get_bind())
    _drop_trunk_zeros(op.get_bind())


def _fold_search_texts(connection: sa.Connection) -> None:
    order_id, search = _DOCUMENTS.c.order_id, _DOCUMENTS.c.search
    statement = sa.select(order_id, search).order_by(order_id).limit(_BATCH)
    change = (
        sa.update(_DOCUMENTS)
        .where(order_id == sa.bindparam("of"))
        .values(search=sa.bindparam("text"))
    )
    last = ""
    while rows := connection.execute(statement.where(order_id > last)).all():
        texts = [{"of": row.order_id, "text": folded(row.search)} for row in rows]
        found = [new for new, row in zip(texts, rows, strict=True) if new["text"] != row.search]
        if found:
            connection.execute(change, found)
        last = rows[-1].order_id


def _drop_trunk_zeros(connection: sa.Connection) -> None:
    # Who has another account with the same number keeps both: nobody can tell which is meant.
    columns = _USERS.c
    known = sa.select(columns.id, columns.country_code, columns.phone)
    for row in connection.execute(known.where(columns.phone.like("0%"))).all():
        phone = national_number(row.phone, row.country_code or "")
        same = known.where(columns.country_code == row.country_code, columns.phone == phone)
        if phone != row.phone and connection.execute(same).first() is None:
            connection.execute(sa.update(_USERS).where(columns.id == row.id).values(phone=phone))


def downgrade() -> None:
    """Nothing: both were kept differently only by who typed them."""
