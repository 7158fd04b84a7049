"""refunds: what they are for, and the parcel that did not arrive

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

OVERPAID = "More was paid than the order cost"
"""What the remark said of refunds made here until now."""


def upgrade() -> None:
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("purpose", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("shipment_id", sa.String(length=26), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_refunds_shipment_id_shipments"), "shipments", ["shipment_id"], ["id"]
        )
        batch_op.create_index(op.f("ix_refunds_shipment_id"), ["shipment_id"], unique=False)
    refunds = sa.table(
        "refunds",
        *[
            sa.column(name)
            for name in ("purpose", "shipment_id", "return_id", "order_id", "refund_remarks")
        ],
    )
    shipments = sa.table(
        "shipments", *[sa.column(name) for name in ("id", "order_id", "reference_number")]
    )
    parcel = (
        sa.select(sa.func.min(shipments.c.id))
        .where(
            shipments.c.order_id == refunds.c.order_id,
            refunds.c.refund_remarks
            == sa.literal("Parcel ") + shipments.c.reference_number + " did not arrive",
        )
        .scalar_subquery()
    )
    connection = op.get_bind()
    of_parcels = refunds.c.refund_remarks.like("Parcel % did not arrive")
    connection.execute(sa.update(refunds).where(of_parcels).values(shipment_id=parcel))
    for known, purpose in (
        (refunds.c.return_id.is_not(None), "return"),
        (refunds.c.shipment_id.is_not(None), "parcel"),
        (refunds.c.refund_remarks == OVERPAID, "overpaid"),
    ):
        connection.execute(
            sa.update(refunds).where(known, refunds.c.purpose.is_(None)).values(purpose=purpose)
        )


def downgrade() -> None:
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_refunds_shipment_id"))
        batch_op.drop_constraint(op.f("fk_refunds_shipment_id_shipments"), type_="foreignkey")
        batch_op.drop_column("shipment_id")
        batch_op.drop_column("purpose")
