"""what a call with an Idempotency-Key began before it asked the outside world

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("idempotency_keys", sa.Column("attempt", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("idempotency_keys", "attempt")
