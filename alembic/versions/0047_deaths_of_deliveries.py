"""workers that died over a delivery

Revision ID: 0047
Revises: 0046
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "webhook_deliveries",
        sa.Column("deaths", sa.Integer(), server_default="0", nullable=False),
    )


def downgrade() -> None:
    op.drop_column("webhook_deliveries", "deaths")
