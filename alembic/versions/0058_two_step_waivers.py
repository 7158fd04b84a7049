"""who may turn two-step sign-in on anew by one proof, as the shop has let them

Revision ID: 0058
Revises: 0057
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import UtcDateTime

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("two_step_waived_at", UtcDateTime, nullable=True))


def downgrade() -> None:
    op.drop_column("users", "two_step_waived_at")
