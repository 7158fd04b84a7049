"""claims: what went wrong with goods of an order

Revision ID: 0045
Revises: 0044
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import Minor, UtcDateTime

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_claims_modified_at": ["modified_at", "id"],
    "ix_claims_status": ["status", "id"],
    "ix_claims_status_modified_at": ["status", "modified_at", "id"],
    "ix_claims_customer_id_created_at": ["customer_id", "created_at", "id"],
    "ix_claims_order_id_created_at": ["order_id", "created_at", "id"],
    "ix_claims_shipment_id": ["shipment_id"],
}


def upgrade() -> None:
    op.create_table(
        "claims",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("modified_at", UtcDateTime(), nullable=False),
        sa.Column("customer_id", sa.String(length=26), nullable=False),
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("claim_number", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("wish", sa.String(length=12), nullable=False),
        sa.Column("shipment_id", sa.String(length=26), nullable=True),
        sa.Column("resolution", sa.String(length=12), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("replacement_order_id", sa.String(length=26), nullable=True),
        sa.Column("resent_shipment_id", sa.String(length=26), nullable=True),
        sa.Column("return_id", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_claims_order_id")),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name=op.f("fk_claims_shipment_id")
        ),
        sa.ForeignKeyConstraint(
            ["replacement_order_id"], ["orders.id"], name=op.f("fk_claims_replacement_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["resent_shipment_id"], ["shipments.id"], name=op.f("fk_claims_resent_shipment_id")
        ),
        sa.ForeignKeyConstraint(["return_id"], ["returns.id"], name=op.f("fk_claims_return_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
        sa.UniqueConstraint("claim_number", name=op.f("uq_claims_claim_number")),
    )
    for name, columns in _INDEXES.items():
        op.create_index(name, "claims", columns)
    op.create_table(
        "claim_items",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("claim_id", sa.String(length=26), nullable=False),
        sa.Column("line_id", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=16), nullable=False),
        sa.Column("details", sa.String(length=500), nullable=True),
        sa.Column("amount", Minor, nullable=False),
        sa.Column("tax_amount", Minor, nullable=False),
        sa.Column("refunded", Minor, nullable=False),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_claim_items_quantity_positive")),
        sa.CheckConstraint(
            "refunded BETWEEN 0 AND amount", name=op.f("ck_claim_items_refunded_at_most_amount")
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_claim_items_claim_id")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["order_lines.id"], name=op.f("fk_claim_items_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_items")),
    )
    op.create_index("ix_claim_items_claim_id", "claim_items", ["claim_id"])
    op.create_index("ix_claim_items_line_id", "claim_items", ["line_id"])
    with op.batch_alter_table("orders") as table:
        table.add_column(sa.Column("replaces_claim_id", sa.String(length=26), nullable=True))
    with op.batch_alter_table("refunds") as table:
        table.add_column(sa.Column("claim_id", sa.String(length=26), nullable=True))
        table.create_foreign_key(op.f("fk_refunds_claim_id"), "claims", ["claim_id"], ["id"])
        table.create_index("ix_refunds_claim_id", ["claim_id"])


def downgrade() -> None:
    with op.batch_alter_table("refunds") as table:
        table.drop_index("ix_refunds_claim_id")
        table.drop_constraint(op.f("fk_refunds_claim_id"), type_="foreignkey")
        table.drop_column("claim_id")
    # Natively: SQLite would make the table anew, and others refer to it.
    op.drop_column("orders", "replaces_claim_id")
    op.drop_table("claim_items")
    op.drop_table("claims")
