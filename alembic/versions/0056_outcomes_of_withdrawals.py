"""what a withdrawal names for programs, and what its customer is told came of it

Revision ID: 0056
Revises: 0055
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import JsonType

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "withdrawals",
        sa.Column("withdraw_items", JsonType, server_default=sa.text("'[]'"), nullable=False),
    )
    is_done = sa.Column("is_carried_out", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("withdrawals", is_done)
    op.add_column("withdrawals", sa.Column("answer", sa.String(500), nullable=True))
    op.create_index("ix_withdrawals_order_number", "withdrawals", ["order_number", "id"])
    names = ("status", "settled_by", "outcome")
    columns = [sa.column(name) for name in names]
    rows = sa.table("withdrawals", *columns, sa.column("is_carried_out", sa.Boolean()))
    # By itself, or by the shop's people: then its outcome names what was cancelled or the return.
    done = (
        rows.c.settled_by.is_(None)
        | rows.c.outcome.like("cancelled % x %")
        | rows.c.outcome.like("RET-%")
    )
    carried_out = sa.update(rows).where(rows.c.status == "settled", done)
    op.execute(carried_out.values(is_carried_out=sa.true()))


def downgrade() -> None:
    op.drop_index("ix_withdrawals_order_number", "withdrawals")
    for name in ("answer", "is_carried_out", "withdraw_items"):
        op.drop_column("withdrawals", name)
