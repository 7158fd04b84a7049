"""units in parcels: at least one, of which no more are free than there are

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    items = sa.table("shipment_items", sa.column("quantity"), sa.column("free_quantity"))
    connection = op.get_bind()
    connection.execute(sa.delete(items).where(items.c.quantity < 1))
    for wrong, right in (
        (items.c.free_quantity > items.c.quantity, items.c.quantity),
        (items.c.free_quantity < 0, sa.literal(0)),
    ):
        connection.execute(sa.update(items).where(wrong).values(free_quantity=right))
    with op.batch_alter_table("shipment_items", schema=None) as batch_op:
        batch_op.create_check_constraint(
            "units_add_up", "quantity >= 1 AND free_quantity BETWEEN 0 AND quantity"
        )


def downgrade() -> None:
    with op.batch_alter_table("shipment_items", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_shipment_items_units_add_up"), type_="check")
