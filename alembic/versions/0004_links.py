"""addresses that no browser may open are taken out

Revision ID: 0004
Revises: 0003
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LINKS = {
    "products": ("image_url",),
    "purchases": ("product_image_url",),
    "order_lines": ("product_image_url",),
    "shipments": ("shipping_label_url", "tracking_url"),
    "payments": ("redirect_url", "icon_url"),
}


def _is_good(value: Any) -> bool:
    """Whether some setting would let it be shown."""
    if not isinstance(value, str):
        return value is None
    if value.startswith("/"):
        return not value.startswith("//") and "\\" not in value
    return value.lower().startswith(("https://", "http://")) and "\\" not in value


def _cleaned(value: Any) -> Any:
    if isinstance(value, list):
        return [_cleaned(inner) for inner in value]
    if isinstance(value, dict):
        return {
            name: None if name.endswith("_url") and not _is_good(inner) else _cleaned(inner)
            for name, inner in value.items()
        }
    return value


def upgrade() -> None:
    db = op.get_bind()
    for name, columns in LINKS.items():
        for column in columns:
            table = sa.table(name, sa.column(column, sa.Text()))
            found = sa.select(table.c[column]).where(table.c[column].is_not(None)).distinct()
            for value in db.execute(found).scalars().all():
                if not _is_good(value):
                    db.execute(
                        table.update().where(table.c[column] == value).values({column: None})
                    )
    documents = sa.table(
        "order_documents",
        *(sa.column(column, sa.Text()) for column in ("order_id", "summary", "detail")),
    )
    last = ""
    while rows := db.execute(
        sa.select(documents)
        .where(documents.c.order_id > last)
        .order_by(documents.c.order_id)
        .limit(500)
    ).all():
        last = rows[-1].order_id
        for row in rows:
            kept = {name: json.loads(getattr(row, name)) for name in ("summary", "detail")}
            clean = {name: _cleaned(value) for name, value in kept.items()}
            if clean != kept:
                db.execute(
                    documents.update()
                    .where(documents.c.order_id == row.order_id)
                    .values(
                        {
                            name: json.dumps(value, ensure_ascii=False, separators=(",", ":"))
                            for name, value in clean.items()
                        }
                    )
                )


def downgrade() -> None:
    """What was taken out is of no use to any version."""
