"""addresses say what the courier should know

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

TABLES = ("addresses", "address_copies")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("delivery_instructions", sa.String(length=255)))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "delivery_instructions")
