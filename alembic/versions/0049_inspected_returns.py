"""what the shop found in returns that it received

Revision ID: 0049
Revises: 0048
"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import UtcDateTime

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def _columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("accepted_quantity", sa.Integer(), nullable=True),
        sa.Column("refused_quantity", sa.Integer(), nullable=True),
        sa.Column("refusal_code", sa.String(length=20), nullable=True),
        sa.Column("refusal_note", sa.String(length=500), nullable=True),
        sa.Column("refused_goods", sa.String(length=12), nullable=True),
        sa.Column("can_ask_again", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


_CHECKS = {
    "inspected_together": "(accepted_quantity IS NULL) = (refused_quantity IS NULL)",
    "received_at_most_asked": "accepted_quantity >= 0 AND refused_quantity >= 0 "
    "AND accepted_quantity + refused_quantity <= quantity",
    "refused_for_a_reason": "refused_quantity IS NULL OR refused_quantity = 0 "
    "OR refusal_code IS NOT NULL",
}


def upgrade() -> None:
    op.add_column("returns", sa.Column("inspected_at", UtcDateTime(), nullable=True))
    with op.batch_alter_table("return_items", schema=None) as batch_op:
        for column in _columns():
            batch_op.add_column(column)
        for name, condition in _CHECKS.items():
            batch_op.create_check_constraint(name, condition)
    documents = sa.table("order_documents", sa.column("valid_until", UtcDateTime()))
    # Facts that are kept beside them know nothing of inspections; they are derived anew.
    op.execute(sa.update(documents).values(valid_until=datetime(2000, 1, 1, tzinfo=UTC)))


def downgrade() -> None:
    with op.batch_alter_table("return_items", schema=None) as batch_op:
        for name in _CHECKS:
            batch_op.drop_constraint(op.f(f"ck_return_items_{name}"), type_="check")
        for column in _columns():
            batch_op.drop_column(column.name)
    op.drop_column("returns", "inspected_at")
