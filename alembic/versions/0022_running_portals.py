"""processes that serve pages just now

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "running_portals",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("page_store", sa.String(length=64), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_running_portals")),
    )
    op.create_index("ix_running_portals_seen_at", "running_portals", ["seen_at"])


def downgrade() -> None:
    op.drop_table("running_portals")
