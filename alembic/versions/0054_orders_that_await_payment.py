"""whether money of an order is to come before its goods are sent

Revision ID: 0054
Revises: 0053
"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("awaits_payment", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("order_documents", column)
    flag = sa.column("awaits_payment", sa.Boolean())
    documents = sa.table("order_documents", sa.column("order_id"), flag)
    orders = sa.table("orders", *(sa.column(name) for name in ("id", "status", "payment_status")))
    names = ("order_id", "payment_status", "collection")
    payments = sa.table("payments", *(sa.column(name) for name in names))
    is_arranged = sa.exists().where(
        payments.c.order_id == orders.c.id,
        payments.c.payment_status == "pending",
        payments.c.collection.is_not(None),
    )
    unpaid = sa.select(orders.c.id).where(
        orders.c.status != "cancelled", orders.c.payment_status != "success", ~is_arranged
    )
    awaiting = sa.update(documents).where(documents.c.order_id.in_(unpaid))
    op.execute(awaiting.values(awaits_payment=sa.true()))


def downgrade() -> None:
    op.drop_column("order_documents", "awaits_payment")
