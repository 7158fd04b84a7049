"""messages wait by channel, codes before everything else

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

WAITING = sa.text("status IN ('queued', 'sending')")


def upgrade() -> None:
    op.drop_index("ix_outbox_messages_status_due_at", "outbox_messages")
    op.add_column(
        "outbox_messages", sa.Column("priority", sa.Integer(), nullable=False, server_default="1")
    )
    op.execute(
        "UPDATE outbox_messages SET priority = 0 "
        "WHERE kind IN ('one_time_code', 'device_link') AND status IN ('queued', 'sending')"
    )
    with op.batch_alter_table("outbox_messages", schema=None) as batch_op:
        batch_op.alter_column("priority", existing_type=sa.Integer(), server_default=None)
    op.create_index(
        "ix_outbox_messages_waiting",
        "outbox_messages",
        ["channel", "priority", "due_at", "id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_messages_waiting", "outbox_messages")
    with op.batch_alter_table("outbox_messages", schema=None) as batch_op:
        batch_op.drop_column("priority")
    op.create_index("ix_outbox_messages_status_due_at", "outbox_messages", ["status", "due_at"])
