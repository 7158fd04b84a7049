"""orders that used store credit are found; the demo's copies of that go

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM credit_activities WHERE cause = 'order'")
    op.create_index(
        "ix_orders_customer_id_credit",
        "orders",
        ["customer_id"],
        sqlite_where=sa.text("credit_balance_used > 0"),
        postgresql_where=sa.text("credit_balance_used > 0"),
    )


def downgrade() -> None:
    op.drop_index("ix_orders_customer_id_credit", "orders")
