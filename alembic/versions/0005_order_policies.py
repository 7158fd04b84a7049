"""when money is collected, and the settings documents were derived with

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "order_policies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("return_window_days", sa.Integer(), nullable=False),
        sa.Column("cancel_scheduled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_policies")),
    )
    # Not in batch mode: SQLite would copy tables that need no more than a new column.
    op.add_column("payments", sa.Column("collection", sa.String(length=12), nullable=True))
    op.create_index(
        "ix_order_documents_customer_id_valid_until",
        "order_documents",
        ["customer_id", "valid_until"],
        sqlite_where=sa.text("valid_until IS NOT NULL"),
        postgresql_where=sa.text("valid_until IS NOT NULL"),
    )
    # The state is worked out from the orders themselves, no longer from a copy in the document.
    op.drop_column("order_documents", "remaining")


def downgrade() -> None:
    op.add_column(
        "order_documents",
        sa.Column("remaining", sa.JSON(), nullable=False, server_default="{}"),
    )
    op.drop_index("ix_order_documents_customer_id_valid_until", "order_documents")
    op.drop_column("payments", "collection")
    op.drop_table("order_policies")
