"""groups of a customer, as the order's record names them

Revision ID: 0044
Revises: 0043
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import JsonType

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "orders",
        sa.Column("customer_groups", JsonType, nullable=False, server_default=sa.text("'[]'")),
    )


def downgrade() -> None:
    op.drop_column("orders", "customer_groups")
