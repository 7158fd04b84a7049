"""withdrawals: what of a statement was not carried out, and whether nothing was left of it

Revision ID: 0059
Revises: 0058
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import JsonType

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "withdrawals",
        sa.Column("not_carried_out", JsonType, server_default=sa.text("'[]'"), nullable=False),
    )
    op.add_column(
        "withdrawals",
        sa.Column("nothing_left", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("withdrawals", "nothing_left")
    op.drop_column("withdrawals", "not_carried_out")
