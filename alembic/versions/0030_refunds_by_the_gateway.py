"""refunds that the payment gateway sends back, and payments found by its reference

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import UtcDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

COLUMNS = (
    ("payment_id", sa.String(length=26)),
    ("handed_over_at", UtcDateTime()),
    ("due_at", UtcDateTime()),
    ("tries", sa.Integer()),
    ("gateway_error", sa.String(length=300)),
)


def upgrade() -> None:
    for name, kind in COLUMNS:
        op.add_column("refunds", sa.Column(name, kind, nullable=True))
    op.create_index(
        "ix_refunds_due_at",
        "refunds",
        ["due_at", "id"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_payments_payment_reference_number", "payments", ["payment_reference_number"]
    )


def downgrade() -> None:
    op.drop_index("ix_payments_payment_reference_number", "payments")
    op.drop_index("ix_refunds_due_at", "refunds")
    for name, _kind in reversed(COLUMNS):
        op.drop_column("refunds", name)
