"""accounts that were deleted, and what finds what was told of a customer

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import UtcDateTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

FOUND = (
    ("ix_events_customer_id", "events", ["customer_id", "position"]),
    ("ix_webhook_deliveries_customer_id", "webhook_deliveries", ["customer_id", "id"]),
)


def upgrade() -> None:
    op.create_table(
        "deleted_accounts",
        sa.Column("customer_id", sa.String(length=26), nullable=False),
        sa.Column("deleted_at", UtcDateTime(), nullable=False),
        sa.Column("deleted_by", sa.String(length=10), nullable=False),
        sa.Column("books_until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_deleted_accounts")),
    )
    op.create_index("ix_deleted_accounts_books_until", "deleted_accounts", ["books_until"])
    op.create_table(
        "deleted_names",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("customer_id", sa.String(length=26), nullable=False),
        sa.Column("deleted_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["deleted_accounts.customer_id"],
            name=op.f("fk_deleted_names_customer_id_deleted_accounts"),
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_deleted_names")),
    )
    op.create_index("ix_deleted_names_customer_id", "deleted_names", ["customer_id"])
    for name, table, columns in FOUND:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _columns in FOUND:
        op.drop_index(name, table)
    op.drop_table("deleted_names")
    op.drop_table("deleted_accounts")
