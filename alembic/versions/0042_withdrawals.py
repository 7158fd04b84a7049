"""withdrawals: statements by which customers withdraw from a contract

Revision ID: 0042
Revises: 0041
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import UtcDateTime

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "withdrawals",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("order_text", sa.String(length=200), nullable=False),
        sa.Column("contact", sa.String(length=254), nullable=False),
        sa.Column("items_text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("repeat_key", sa.String(length=64), nullable=False),
        sa.Column("is_proven", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("customer_id", sa.String(length=26), nullable=True),
        sa.Column("order_number", sa.String(length=40), nullable=True),
        sa.Column("outcome", sa.String(length=500), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("settled_by", sa.String(length=254), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("reference"),
    )
    op.create_index("ix_withdrawals_status", "withdrawals", ["status", "id"])
    op.create_index("ix_withdrawals_customer_id", "withdrawals", ["customer_id"])
    op.create_index("ix_withdrawals_repeat_key", "withdrawals", ["repeat_key", "received_at"])


def downgrade() -> None:
    op.drop_table("withdrawals")
