"""two-step sign-in: whose sign-in asks for two proofs, and what counts as the second

Revision ID: 0057
Revises: 0056
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import JsonType, UtcDateTime

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("two_step_at", UtcDateTime, nullable=True))
    op.add_column(
        "users",
        sa.Column("recovery_codes", JsonType, server_default=sa.text("'[]'"), nullable=False),
    )
    op.add_column("sign_ins", sa.Column("second_method", sa.String(20), nullable=True))
    op.add_column("known_devices", sa.Column("trusted_at", UtcDateTime, nullable=True))


def downgrade() -> None:
    op.drop_column("known_devices", "trusted_at")
    op.drop_column("sign_ins", "second_method")
    for name in ("recovery_codes", "two_step_at"):
        op.drop_column("users", name)
