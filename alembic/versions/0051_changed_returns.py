"""when customers changed their returns, and which of them a withdrawal asked for

Revision ID: 0051
Revises: 0050
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import UtcDateTime

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    by_law = sa.Column("by_law", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("returns", by_law)
    op.add_column("returns", sa.Column("changed_at", UtcDateTime(), nullable=True))
    returns = sa.table("returns", sa.column("id"), sa.column("by_law"))
    items = sa.table("return_items", sa.column("return_id"), sa.column("return_reason"))
    # The words by which a withdrawal asked for a return so far.
    stated = sa.select(items.c.return_id).where(items.c.return_reason.like("Withdrawal %"))
    op.execute(sa.update(returns).where(returns.c.id.in_(stated)).values(by_law=sa.true()))


def downgrade() -> None:
    op.drop_column("returns", "changed_at")
    op.drop_column("returns", "by_law")
