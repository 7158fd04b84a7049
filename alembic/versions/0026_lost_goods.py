"""shipment_items: what goods cost that never came and are refunded

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import Minor

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("shipment_items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("written_off", Minor, nullable=True))
    items = sa.table(
        "shipment_items", *[sa.column(name) for name in ("id", "shipment_id", "written_off")]
    )
    refunds = sa.table(
        "refunds", *[sa.column(name) for name in ("shipment_id", "refund_amount", "status")]
    )
    other = items.alias()
    connection = op.get_bind()
    # Until now only the refunds of a parcel told: its first item stands for all that is in it.
    refunded = (
        sa.select(sa.func.coalesce(sa.func.sum(refunds.c.refund_amount), 0))
        .where(refunds.c.shipment_id == items.c.shipment_id, refunds.c.status != "failed")
        .scalar_subquery()
    )
    first = (
        sa.select(sa.func.min(other.c.id))
        .where(other.c.shipment_id == items.c.shipment_id)
        .scalar_subquery()
    )
    connection.execute(
        sa.update(items)
        .where(items.c.shipment_id.in_(sa.select(refunds.c.shipment_id).distinct()))
        .values(written_off=sa.case((items.c.id == first, refunded), else_=0))
    )


def downgrade() -> None:
    with op.batch_alter_table("shipment_items", schema=None) as batch_op:
        batch_op.drop_column("written_off")
