"""when a session ends however much it is used, and when its customer last proved who they are

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

DAYS = 90
"""What `PORTAL_SESSION_DAYS` is unless it is set: sessions from before count from their begin."""


def upgrade() -> None:
    op.add_column("sessions", sa.Column("ends_at", UtcDateTime(), nullable=True))
    op.add_column("sessions", sa.Column("proven_at", UtcDateTime(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        ends_at = f"created_at + INTERVAL '{DAYS} days'"
    else:  # a text; its fraction of a second stays as it is
        ends_at = (
            f"strftime('%Y-%m-%d %H:%M:%S', created_at, '+{DAYS} days') || substr(created_at, 20)"
        )
    sessions = sa.table("sessions", sa.column("expires_at"), sa.column("ends_at"))
    op.execute(sa.update(sessions).values(ends_at=sa.text(ends_at)))
    later = sa.update(sessions).where(sessions.c.expires_at > sessions.c.ends_at)
    op.execute(later.values(expires_at=sessions.c.ends_at))
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.alter_column("ends_at", nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_column("proven_at")
        batch_op.drop_column("ends_at")
