"""fingerprints of what an import said before its last statements

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import_statements", sa.Column("earlier", sa.String(length=400), nullable=True))
    op.add_column("import_statements", sa.Column("held_in", sa.String(length=26), nullable=True))


def downgrade() -> None:
    for name in ("held_in", "earlier"):
        op.drop_column("import_statements", name)
