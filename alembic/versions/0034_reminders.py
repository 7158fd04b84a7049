"""messages that time brings: what was sent, and how what is due is found

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import UtcDateTime

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminders",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_reminders")),
    )
    op.create_index("ix_reminders_sent_at", "reminders", ["sent_at"])
    op.create_index(
        "ix_orders_delivered_at",
        "orders",
        ["delivered_at", "id"],
        sqlite_where=sa.text("delivered_at IS NOT NULL"),
        postgresql_where=sa.text("delivered_at IS NOT NULL"),
    )
    op.create_index(
        "ix_shipments_eta_delivery",
        "shipments",
        ["eta_delivery", "id"],
        sqlite_where=sa.text("delivered_date IS NULL"),
        postgresql_where=sa.text("delivered_date IS NULL"),
    )
    op.create_index(
        "ix_loyalty_accounts_modified_at", "loyalty_accounts", ["modified_at", "customer_id"]
    )


def downgrade() -> None:
    op.drop_index("ix_loyalty_accounts_modified_at", "loyalty_accounts")
    op.drop_index("ix_shipments_eta_delivery", "shipments")
    op.drop_index("ix_orders_delivered_at", "orders")
    op.drop_table("reminders")
