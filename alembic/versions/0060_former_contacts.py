"""users: contacts that were replaced, which open no order any more

Revision ID: 0060
Revises: 0059
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import JsonType

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "users",
        sa.Column("former_contacts", JsonType, server_default=sa.text("'[]'"), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("users", "former_contacts")
