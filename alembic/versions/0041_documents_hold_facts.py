"""documents hold facts: whether scheduled orders can be cancelled is asked when they are read

Revision ID: 0041
Revises: 0040
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("order_policies") as batch_op:
        batch_op.drop_column("cancel_scheduled")


def downgrade() -> None:
    with op.batch_alter_table("order_policies") as batch_op:
        batch_op.add_column(
            sa.Column("cancel_scheduled", sa.Boolean(), nullable=False, server_default=sa.false())
        )
