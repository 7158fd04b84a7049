"""copies of customers' data, and whom messages tell something

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import Minor, UtcDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

OUTBOX = "outbox_messages"


def upgrade() -> None:
    op.create_table(
        "data_exports",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("customer_id", sa.String(length=26), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ready_at", UtcDateTime(), nullable=True),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.Column("byte_count", Minor, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_exports")),
    )
    op.create_index(
        "ix_data_exports_customer_id_created_at",
        "data_exports",
        ["customer_id", "created_at", "id"],
    )
    op.create_index("ix_data_exports_status", "data_exports", ["status", "id"])
    op.create_index("ix_data_exports_ends_at", "data_exports", ["ends_at"])
    op.add_column(OUTBOX, sa.Column("customer_id", sa.String(length=26), nullable=True))
    for name in ("customer_id", "recipient"):
        op.create_index(f"ix_{OUTBOX}_{name}", OUTBOX, [name, "id"])


def downgrade() -> None:
    for name in ("recipient", "customer_id"):
        op.drop_index(f"ix_{OUTBOX}_{name}", OUTBOX)
    with op.batch_alter_table(OUTBOX, schema=None) as batch_op:
        batch_op.drop_column("customer_id")
    op.drop_table("data_exports")
