"""frames in storefronts

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("origin", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("opened_by", sa.String(length=26), nullable=True))
        batch_op.create_index(batch_op.f("ix_sessions_opened_by"), ["opened_by"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_opened_by"))
        batch_op.drop_column("opened_by")
        batch_op.drop_column("origin")
