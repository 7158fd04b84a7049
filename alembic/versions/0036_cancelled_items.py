"""units that were cancelled while their order goes on

Revision ID: 0036
Revises: 0035
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import Minor, UtcDateTime

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cancelled_items",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("line_id", sa.String(length=26), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("free_quantity", sa.Integer(), nullable=False),
        sa.Column("amount", Minor, nullable=False),
        sa.Column("charge", Minor, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "quantity >= 1 AND free_quantity BETWEEN 0 AND quantity",
            name=op.f("ck_cancelled_items_units_add_up"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_cancelled_items_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["order_lines.id"], name=op.f("fk_cancelled_items_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cancelled_items")),
    )
    op.create_index("ix_cancelled_items_order_id", "cancelled_items", ["order_id"])
    op.create_index("ix_cancelled_items_line_id", "cancelled_items", ["line_id"])
    documents = sa.table("order_documents", sa.column("valid_until", UtcDateTime()))
    # They are derived anew before they are read: they say of each line what can be cancelled.
    op.execute(sa.update(documents).values(valid_until=datetime(2000, 1, 1, tzinfo=UTC)))


def downgrade() -> None:
    op.drop_table("cancelled_items")
