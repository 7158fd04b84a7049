"""amounts and points of 64 bits

Revision ID: 0008
Revises: 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COLUMNS = {
    "orders": (
        "promotion_discount_amount",
        "coupon_discount_amount",
        "promotion_savings",
        "coupon_savings",
        "other_savings",
        "subtotal",
        "item_total_tax",
        "shipping_estimated_cost",
        "shipping_discount_amount",
        "shipping_amount",
        "shipping_tax_amount",
        "handling_charge_excluding_tax",
        "handling_charge_tax_amount",
        "grand_total",
        "loyalty_point_earned",
        "loyalty_point_redeemed",
        "loyalty_amount",
        "credit_balance_used",
    ),
    "order_lines": (
        "selling_price",
        "listing_price",
        "selling_price_excluding_tax",
        "promotion_discount_amount",
        "coupon_discount_amount",
        "tax_amount",
        "line_total",
        "shipping_additional_cost",
    ),
    "shipments": (
        "total_weight",
        "shipping_amount",
        "shipping_tax_amount",
    ),
    "payments": ("amount",),
    "refunds": ("refund_amount",),
    "returns": (
        "subtotal",
        "shipping_amount",
        "total_tax",
        "grand_total",
    ),
    "return_items": (
        "refund_amount",
        "tax_amount",
    ),
    "loyalty_accounts": (
        "earned",
        "redeemed",
        "bonus",
        "savings",
    ),
    "loyalty_activities": ("loyalty_point",),
    "credit_activities": ("amount",),
    "products": (
        "selling_price",
        "listing_price",
        "rating_sum",
    ),
    "purchases": (
        "selling_price",
        "listing_price",
    ),
}


def _change(new: str) -> None:
    # SQLite keeps 64 bits whatever the column says. PostgreSQL writes a table anew for each
    # statement, so there is one a table.
    if op.get_bind().dialect.name == "sqlite":
        return
    for table, names in COLUMNS.items():
        changes = ", ".join(f"ALTER COLUMN {name} TYPE {new}" for name in names)
        op.execute(f"ALTER TABLE {table} {changes}")


def upgrade() -> None:
    _change("BIGINT")


def downgrade() -> None:
    # Refused, with nothing changed, once there are amounts that 32 bits do not hold.
    _change("INTEGER")
