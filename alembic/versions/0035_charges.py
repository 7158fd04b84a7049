"""what the shop keeps of cancels and refunds by its policy; reasons of returns as codes

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import Minor

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    none = sa.text("0")
    op.add_column(
        "orders", sa.Column("cancellation_charge", Minor, nullable=False, server_default=none)
    )
    op.add_column("return_items", sa.Column("fee", Minor, nullable=False, server_default=none))
    op.add_column("return_items", sa.Column("reason_code", sa.String(length=20), nullable=True))


def downgrade() -> None:
    op.drop_column("return_items", "reason_code")
    op.drop_column("return_items", "fee")
    op.drop_column("orders", "cancellation_charge")
