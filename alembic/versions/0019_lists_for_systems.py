"""lists for the shop's systems: by state and by change, however long they are

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

DOCUMENTS = (
    ("ix_order_documents_changed_at", "order_documents", ["changed_at", "order_id"]),
    ("ix_order_documents_status", "order_documents", ["status", "order_id"]),
    (
        "ix_order_documents_status_changed_at",
        "order_documents",
        ["status", "changed_at", "order_id"],
    ),
)
STATES = {
    "shipments": "status",
    "payments": "payment_status",
    "refunds": "status",
    "returns": "status",
    "reviews": "status",
    "bank_accounts": "verification_status",
}
INDEXES = (
    *DOCUMENTS,
    *((f"ix_{table}_modified_at", table, ["modified_at", "id"]) for table in (*STATES, "users")),
    *((f"ix_{table}_{state}", table, [state, "id"]) for table, state in STATES.items()),
    *(
        (f"ix_{table}_{state}_modified_at", table, [state, "modified_at", "id"])
        for table, state in STATES.items()
    ),
    ("ix_outbox_messages_status", "outbox_messages", ["status", "id"]),
)


def upgrade() -> None:
    op.add_column(
        "order_documents", sa.Column("changed_at", UtcDateTime(timezone=True), nullable=True)
    )
    op.execute(
        "UPDATE order_documents SET changed_at = "
        "(SELECT modified_at FROM orders WHERE orders.id = order_documents.order_id)"
    )
    with op.batch_alter_table("order_documents", schema=None) as batch_op:
        batch_op.alter_column(
            "changed_at", existing_type=UtcDateTime(timezone=True), nullable=False
        )
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _columns in reversed(INDEXES):
        op.drop_index(name, table)
    with op.batch_alter_table("order_documents", schema=None) as batch_op:
        batch_op.drop_column("changed_at")
