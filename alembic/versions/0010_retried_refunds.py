"""which failed refund another one tries again

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("refunds", sa.Column("retries_id", sa.String(length=26), nullable=True))


def downgrade() -> None:
    op.drop_column("refunds", "retries_id")
