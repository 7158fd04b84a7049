"""parcels of returns that customers send themselves

Revision ID: 0052
Revises: 0051
"""

import sqlalchemy as sa
from alembic import op

from account_portal.core.db import UtcDateTime

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

_COLUMNS = {
    "courier_company_name": sa.String(100),
    "awb_no": sa.String(64),
    "parcel_told_at": UtcDateTime(),
}


def upgrade() -> None:
    for name, kind in _COLUMNS.items():
        op.add_column("returns", sa.Column(name, kind, nullable=True))
    op.create_index("ix_returns_awb_no", "returns", ["awb_no"])


def downgrade() -> None:
    op.drop_index("ix_returns_awb_no", "returns")
    for name in reversed(_COLUMNS):
        op.drop_column("returns", name)
