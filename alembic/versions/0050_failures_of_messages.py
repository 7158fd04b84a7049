"""tries that count against a message

Revision ID: 0050
Revises: 0049
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import UtcDateTime

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "outbox_messages",
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
    )
    op.add_column("outbox_messages", sa.Column("tried_at", UtcDateTime(), nullable=True))
    op.create_index("ix_outbox_messages_sent", "outbox_messages", ["channel", "sent_at"])


def downgrade() -> None:
    op.drop_index("ix_outbox_messages_sent", table_name="outbox_messages")
    op.drop_column("outbox_messages", "tried_at")
    op.drop_column("outbox_messages", "failures")
