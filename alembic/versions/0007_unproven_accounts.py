"""accounts in which nobody proved a contact; first use of a pair of tokens

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in batch mode: SQLite would copy the tables, which need no more than new columns.
    op.add_column(
        "users",
        sa.Column("is_unproven", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("sessions", sa.Column("pair_used_at", UtcDateTime(), nullable=True))
    # Pairs of before are taken as used when they were made: their grace is over.
    op.execute("UPDATE sessions SET pair_used_at = rotated_at")
    # Registered here with a password: what the shop brought has its key, the demo is nobody's.
    op.execute(
        "UPDATE users SET is_unproven = true WHERE password_hash IS NOT NULL "
        "AND external_id IS NULL AND NOT is_demo "
        "AND NOT is_email_verified AND NOT is_phone_verified"
    )


def downgrade() -> None:
    op.drop_column("sessions", "pair_used_at")
    op.drop_column("users", "is_unproven")
