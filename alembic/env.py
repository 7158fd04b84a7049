"""Runs migrations on the connection that `account_portal.core.migrations` hands over."""

from alembic import context
from sqlmodel import SQLModel

import account_portal.models  # noqa: F401  (declares the tables)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    compare_type=True,
    render_as_batch=True,
    user_module_prefix="",
)
with context.begin_transaction():
    context.run_migrations()
