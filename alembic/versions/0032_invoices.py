"""invoices and the series of their numbers

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import JsonType, UtcDateTime

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invoices",
        sa.Column("id", sa.String(length=26), primary_key=True),
        sa.Column("order_id", sa.String(length=26), sa.ForeignKey("orders.id"), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("year", sa.String(length=4), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("content", JsonType, nullable=False),
        sa.UniqueConstraint("order_id"),
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("year", "sequence"),
    )
    op.create_table(
        "invoice_series",
        sa.Column("year", sa.String(length=4), primary_key=True),
        sa.Column("last", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("invoice_series")
    op.drop_table("invoices")
