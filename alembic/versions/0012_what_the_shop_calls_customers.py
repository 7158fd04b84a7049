"""the e-mail address by which a shop's imports know a customer

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("shop_email", sa.String(length=254), nullable=True))
    op.create_index(op.f("ix_users_shop_email"), "users", ["shop_email"])


def downgrade() -> None:
    op.drop_index(op.f("ix_users_shop_email"), "users")
    op.drop_column("users", "shop_email")
