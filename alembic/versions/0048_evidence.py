"""photos and videos of items of returns and claims

Revision ID: 0048
Revises: 0047
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import UtcDateTime

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

_IS_UNUSED = sa.text("return_item_id IS NULL AND claim_item_id IS NULL")


def upgrade() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("customer_id", sa.String(length=26), nullable=False),
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("media_id", sa.String(length=26), nullable=False),
        sa.Column("return_item_id", sa.String(length=26), nullable=True),
        sa.Column("claim_item_id", sa.String(length=26), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "return_item_id IS NULL OR claim_item_id IS NULL", name=op.f("ck_evidence_of_one_item")
        ),
        sa.ForeignKeyConstraint(
            ["claim_item_id"], ["claim_items.id"], name=op.f("fk_evidence_claim_item_id")
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_evidence_media_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_evidence_order_id")),
        sa.ForeignKeyConstraint(
            ["return_item_id"], ["return_items.id"], name=op.f("fk_evidence_return_item_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    for column in ("customer_id", "media_id", "return_item_id", "claim_item_id"):
        op.create_index(op.f(f"ix_evidence_{column}"), "evidence", [column])
    op.create_index("ix_evidence_order_id", "evidence", ["order_id", "id"])
    op.create_index(
        "ix_evidence_unused",
        "evidence",
        ["created_at"],
        sqlite_where=_IS_UNUSED,
        postgresql_where=_IS_UNUSED,
    )


def downgrade() -> None:
    op.drop_table("evidence")
