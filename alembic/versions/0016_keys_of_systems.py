"""keys of the shop's systems: expiry, rotation, who made and used them, calls a minute

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NOT_REVOKED = sa.text("revoked_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.add_column(sa.Column("old_key_hash", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("old_until", UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("created_by", sa.String(length=100), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("expires_at", UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("last_used_from", sa.String(length=45), nullable=True))
        batch_op.add_column(sa.Column("revoked_by", sa.String(length=100), nullable=True))
        batch_op.alter_column(
            "scopes",
            existing_type=sa.String(length=200),
            type_=sa.String(length=1000),
            existing_nullable=False,
        )
        batch_op.create_unique_constraint("uq_api_keys_old_key_hash", ["old_key_hash"])
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.alter_column("created_by", server_default=None)
    op.create_index(
        "uq_api_keys_name",
        "api_keys",
        ["name"],
        unique=True,
        sqlite_where=NOT_REVOKED,
        postgresql_where=NOT_REVOKED,
    )
    op.create_table(
        "api_key_usage",
        sa.Column("key_id", sa.String(length=26), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", "minute", name=op.f("pk_api_key_usage")),
    )


def downgrade() -> None:
    op.drop_table("api_key_usage")
    op.drop_index("uq_api_keys_name", "api_keys")
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.drop_constraint("uq_api_keys_old_key_hash", type_="unique")
        batch_op.alter_column(
            "scopes",
            existing_type=sa.String(length=1000),
            type_=sa.String(length=200),
            existing_nullable=False,
        )
        for name in (
            "revoked_by", "last_used_from", "expires_at", "created_by", "old_until", "old_key_hash",
        ):  # fmt: skip
            batch_op.drop_column(name)
