"""devices that were let into an account before, and wrong codes of all others

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_devices",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("device_hash", sa.String(length=64), nullable=False),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_devices")),
        sa.UniqueConstraint(
            "subject", "device_hash", name=op.f("uq_known_devices_subject_device_hash")
        ),
    )
    for column in ("device_hash", "used_at"):
        op.create_index(f"ix_known_devices_{column}", "known_devices", [column])


def downgrade() -> None:
    op.drop_table("known_devices")
