"""addresses say what the courier should know

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

TABLES = ("addresses", "address_copies")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("delivery_instructions", sa.String(length=255)))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "delivery_instructions")
