"""addresses of digital goods

Revision ID: 0046
Revises: 0045
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("order_lines", sa.Column("download_url", sa.String(length=1000)))


def downgrade() -> None:
    op.drop_column("order_lines", "download_url")
