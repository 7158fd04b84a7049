"""what of an order's delivery a withdrawal gives back

Revision ID: 0055
Revises: 0054
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import Minor

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Of withdrawals from before, shops were told to give delivery back by hand.
    name = "asked_shipping_amount"
    op.add_column("returns", sa.Column(name, Minor, server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("returns", "asked_shipping_amount")
