"""what items of returns cost before they were inspected, and when an inspection was corrected

Revision ID: 0053
Revises: 0052
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import Minor, UtcDateTime

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

_BEFORE = {"asked_amount": "refund_amount", "asked_tax": "tax_amount", "asked_fee": "fee"}


def upgrade() -> None:
    op.add_column("returns", sa.Column("inspection_corrected_at", UtcDateTime(), nullable=True))
    for name in _BEFORE:
        op.add_column("return_items", sa.Column(name, Minor, nullable=True))
    names = (*_BEFORE, *_BEFORE.values(), "quantity", "accepted_quantity")
    items = sa.table("return_items", *(sa.column(name) for name in names))
    # Of what was accepted whole, nothing was taken off; of the rest nobody knows any more.
    whole = items.c.accepted_quantity == items.c.quantity
    values = {name: items.c[before] for name, before in _BEFORE.items()}
    op.execute(sa.update(items).where(whole).values(values))


def downgrade() -> None:
    for name in reversed(_BEFORE):
        op.drop_column("return_items", name)
    op.drop_column("returns", "inspection_corrected_at")
