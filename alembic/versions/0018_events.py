"""the event log, and what was last told of refunds

Revision ID: 0018
Revises: 0017
"""

import json

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import Minor, UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BATCH = 1000


def told() -> list[sa.Column]:
    return [
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("type", sa.String(length=30), nullable=False),
        sa.Column("customer_id", sa.String(length=26), nullable=True),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "event_queue",
        *told(),
        sa.Column("number", Minor, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_event_queue")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "events",
        *told(),
        sa.Column("position", Minor, nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_events")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_events_id", "events", ["id"], unique=True)
    op.create_index("ix_events_type_position", "events", ["type", "position"])
    op.add_column("order_documents", sa.Column("refunds", sa.Text(), nullable=True))
    tell_refunds()


def tell_refunds() -> None:
    """Only what changes from here on is told: what is there is taken as told."""
    refunds = sa.table(
        "refunds",
        *map(
            sa.column,
            ("id", "order_id", "request_number", "status", "refund_amount", "created_at"),
        ),
    )
    documents = sa.table("order_documents", sa.column("order_id"), sa.column("refunds"))
    connection = op.get_bind()
    last = ""
    while ids := list(
        connection.execute(
            sa.select(refunds.c.order_id)
            .where(refunds.c.order_id > last)
            .distinct()
            .order_by(refunds.c.order_id)
            .limit(BATCH)
        ).scalars()
    ):
        last = ids[-1]
        said: dict[str, dict[str, list]] = {}
        ours = refunds.c.order_id.in_(ids)
        for row in connection.execute(
            sa.select(refunds).where(ours).order_by("order_id", "created_at", "id")
        ):
            said.setdefault(row.order_id, {})[row.request_number] = [row.status, row.refund_amount]
        connection.execute(
            sa.update(documents)
            .where(documents.c.order_id == sa.bindparam("its_order"))
            .values(refunds=sa.bindparam("said")),
            [
                {"its_order": order, "said": json.dumps(what, separators=(",", ":"))}
                for order, what in said.items()
            ],
        )


def downgrade() -> None:
    # SQLite would copy the table in batch mode, and drops a column by itself.
    op.drop_column("order_documents", "refunds")
    op.drop_table("events")
    op.drop_table("event_queue")
