"""what a shop's import last said

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_statements",
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_import_statements")),
    )


def downgrade() -> None:
    op.drop_table("import_statements")
