"""Prepared reads: what the databases make of them."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from account_portal.core.bulk import table_of
from account_portal.core.db import Database
from account_portal.core.reading import PreparedSelect, is_among, read_among
from account_portal.models import OrderDocument, OrderLine, Purchase


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("model", "column"),
    [(OrderDocument, "order_id"), (OrderLine, "order_id"), (Purchase, "order_id")],
)
def test_many_keys_are_found_by_an_index(
    database: Database, model: type[SQLModel], column: str
) -> None:
    """However many rows there are: a scan of a table would make each change cost its size."""
    read = PreparedSelect(select(table_of(model)).where(is_among(table_of(model).c[column])))
    with database.session(writes=False) as db:
        assert read_among(db, read, ["a", "b"]) == []
        text = read._words["sqlite"].text
        plan: Any = db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", ("[]",)).all()
    steps = [row[3] for row in plan if table_of(model).name in row[3]]
    assert steps
    assert all(step.startswith("SEARCH") for step in steps), steps
