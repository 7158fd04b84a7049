"""policies, and by what they tell lines apart; documents say what may be done and why not

Revision ID: 0031
Revises: 0030
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import JsonType, UtcDateTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "policy_versions",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("in_force_from", UtcDateTime(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_versions")),
        sa.UniqueConstraint("number", name=op.f("uq_policy_versions_number")),
    )
    op.add_column("order_lines", sa.Column("category", sa.String(length=64), nullable=True))
    op.add_column(
        "order_lines", sa.Column("tags", JsonType, nullable=False, server_default=sa.text("'[]'"))
    )
    documents = sa.table("order_documents", sa.column("valid_until", UtcDateTime()))
    # They are derived anew before they are read: they say of returns and cancels why and until when.
    op.execute(sa.update(documents).values(valid_until=datetime(2000, 1, 1, tzinfo=UTC)))


def downgrade() -> None:
    op.drop_column("order_lines", "tags")
    op.drop_column("order_lines", "category")
    op.drop_table("policy_versions")
