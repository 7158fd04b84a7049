"""facts of orders beside their documents

Revision ID: 0043
Revises: 0042
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import UtcDateTime

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("order_documents") as batch_op:
        batch_op.add_column(sa.Column("facts", sa.Text(), nullable=True))
    documents = sa.table("order_documents", sa.column("valid_until", UtcDateTime()))
    # They are derived anew before they are read, or by a worker, and then have their facts.
    op.execute(sa.update(documents).values(valid_until=datetime(2000, 1, 1, tzinfo=UTC)))


def downgrade() -> None:
    with op.batch_alter_table("order_documents") as batch_op:
        batch_op.drop_column("facts")
