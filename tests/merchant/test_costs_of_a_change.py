"""What a change costs that the shop's systems push all day: statements, and how they are sent.

Times depend on the machine; what makes most of them can be counted. A statement that SQLAlchemy
works out anew, for a row of the session or one made on the spot, costs what five prepared ones do.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from account_portal.core.db import Database
from tests.merchant.systems import Systems

NUMBERS = ("A-1", "A-2")
"""With the first of them statements are compiled, and the key's use is noted."""


@pytest.fixture
def worked_out(database: Database) -> Iterator[list[str]]:
    """Statements that SQLAlchemy worked out anew, savepoints left out; clear it to count anew."""
    seen: list[str] = []

    def note(_conn: object, statement: object, *_rest: object) -> None:
        if "SAVEPOINT" not in str(statement):
            seen.append(str(statement))

    event.listen(database.engine, "before_execute", note)
    yield seen
    event.remove(database.engine, "before_execute", note)


def done(answer: Any) -> None:
    assert answer.status_code == 200, answer.text


def order_of(number: str, note: str = "Ring once") -> dict[str, object]:
    """A paid order of two lines whose one parcel is packed."""
    place = {"address_line1": "1 MG Road", "city": "Bengaluru", "country": "India"}
    return {
        "order_number": number,
        "customer_email": "asha@x.example",
        "order_date": "2026-11-20T10:00:00Z",
        "shipping_address": place,
        "billing_address": place,
        "customer_note": note,
        "lines": [
            {"sku": sku, "product_id": sku, "quantity": 2, "selling_price": 10} for sku in "MN"
        ],
        "payments": [{"request_number": f"P-{number}", "amount": 40}],
        "shipments": [{"reference_number": number, "status": "packed"}],
    }


@pytest.mark.parametrize(("status", "most"), [("shipped", 30), ("delivered", 31)])
def test_a_parcel_moves_by_prepared_statements(
    systems: Systems,
    statements: list[str],
    worked_out: list[str],
    status: str,
    most: int,
) -> None:
    for number in NUMBERS:
        done(systems.put(f"/orders/{number}", order_of(number)))
    for number in NUMBERS:
        statements.clear()
        worked_out.clear()
        done(systems.post(f"/shipments/{number}/move", {"status": status}))
    assert worked_out == []
    assert len(statements) <= most, "\n".join(statements)


def test_an_order_is_told_anew_by_prepared_statements(
    systems: Systems, statements: list[str], worked_out: list[str]
) -> None:
    for number in NUMBERS:
        done(systems.put(f"/orders/{number}", order_of(number)))
    for number in NUMBERS:
        statements.clear()
        worked_out.clear()
        done(systems.put(f"/orders/{number}", order_of(number, "Ring twice")))
    assert worked_out == []
    assert len(statements) <= 43, "\n".join(statements)
