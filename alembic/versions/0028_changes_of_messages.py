"""when messages and deliveries changed last, so that their lists can be followed

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import UtcDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

TABLES = {
    "outbox_messages": "UPDATE outbox_messages SET modified_at = COALESCE(sent_at, created_at)",
    "webhook_deliveries": (
        "UPDATE webhook_deliveries SET modified_at = COALESCE(settled_at, created_at)"
    ),
}
INDEXES = (
    ("ix_outbox_messages_modified_at", "outbox_messages", ["modified_at", "id"]),
    ("ix_outbox_messages_status_modified_at", "outbox_messages", ["status", "modified_at", "id"]),
    ("ix_webhook_deliveries_modified_at", "webhook_deliveries", ["modified_at", "id"]),
)


def upgrade() -> None:
    for table, dated in TABLES.items():
        op.add_column(table, sa.Column("modified_at", UtcDateTime(timezone=True), nullable=True))
        op.execute(dated)
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(
                "modified_at", existing_type=UtcDateTime(timezone=True), nullable=False
            )
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _columns in reversed(INDEXES):
        op.drop_index(name, table)
    for table in TABLES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("modified_at")
