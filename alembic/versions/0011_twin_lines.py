"""lines of one sku in one order

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("order_lines", sa.Column("twin_of", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("order_lines", "twin_of")
