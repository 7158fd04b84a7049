"""what webhook endpoints may be shown

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Endpoints that are there were set up by whoever could read everything through them.
    scopes = sa.Column("scopes", sa.String(length=400), nullable=False, server_default="*")
    op.add_column("webhook_endpoints", scopes)
    with op.batch_alter_table("webhook_endpoints") as table:
        table.alter_column("scopes", server_default=None)


def downgrade() -> None:
    op.drop_column("webhook_endpoints", "scopes")
