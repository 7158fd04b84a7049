"""Staff see what somebody stated, match it with its order, and it is done once."""

import re
from typing import Any

import pytest

from account_portal.console.rules import Role
from account_portal.core.db import Database
from account_portal.models import OrderReturn, ReturnItem, User, Withdrawal
from account_portal.withdrawals import service
from account_portal.withdrawals.schemas import StateWithdrawal
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows


def test_a_statement_is_matched(
    database: Database, signed_in: Any, acting: Any, owner: User
) -> None:
    order = make_order(database, owner, status="delivered", parcels=[{}])
    said = {"name": "Asha <i>", "order": "last week's", "contact": "asha@example.com"}
    said["goods"] = "1 mug\n2 lamps"
    with acting(None) as ctx:
        made = service.state_withdrawal(ctx, StateWithdrawal.model_validate(said))
    support = signed_in(Role.SUPPORT)
    shown = support.get("/withdrawals?status=open").text
    assert made.reference in shown
    assert "Asha &lt;i&gt;" in shown
    assert "Not proven" in shown
    assert "1 mug, 2 lamps of" in shown
    wanted = {"number": made.reference, "order_number": order.order_number}
    support.post("/do/withdrawal.carry_out", wanted)
    assert rows(database, OrderReturn) == []  # which units the words mean, is to be said
    wanted |= {"sku": "SKU-0", "quantity": "2"}
    support.post("/do/withdrawal.carry_out", wanted)
    support.post("/do/withdrawal.carry_out", wanted)
    [request] = rows(database, OrderReturn)
    [row] = rows(database, Withdrawal)
    assert (row.outcome, row.status) == (request.request_number, "settled")
    assert made.reference not in support.get("/withdrawals?status=open").text
    assert request.request_number in support.get("/withdrawals?status=settled").text


@pytest.mark.parametrize(
    ("said", "prefilled"),
    [
        ({}, {"A": 2, "B": 1}),
        ({"withdraw_items": [{"sku": "A", "quantity": 1}]}, {"A": 1, "B": 0}),
        ({"goods": "the blue one"}, {"A": 0, "B": 0}),
    ],
    ids=["all of it", "units of a line", "in words"],
)
def test_nobody_types_again_what_was_stated(
    database: Database, signed_in: Any, acting: Any, owner: User, said: Any, prefilled: Any
) -> None:
    order = make_order(
        database,
        owner,
        lines=[make_line(0, sku="A", quantity=2), make_line(1, sku="B", quantity=1)],
        status="delivered",
        parcels=[{}],
    )
    asked = {"name": "Asha", "order": order.order_number, "contact": "asha@example.com", **said}
    with acting(owner) as ctx:
        made = service.state_withdrawal(ctx, StateWithdrawal.model_validate(asked))
    support = signed_in(Role.SUPPORT)
    here = f"/withdrawals/{made.reference}"
    assert here in support.get("/withdrawals").text
    page = support.get(here).text
    fields = re.findall(
        r'name="sku" value="(\w+)">.*?name="quantity".*?value="(\d+)"', page, re.DOTALL
    )
    assert {sku: int(count) for sku, count in fields} == prefilled
    form = {"number": made.reference, "order_number": order.order_number, "back": here}
    support.post("/do/withdrawal.carry_out", {**form, "sku": ["A", "B"], "quantity": ["0", "0"]})
    assert rows(database, OrderReturn) == []
    part = {**form, "sku": ["A", "B"], "quantity": ["1", "0"], "answer": "Worn."}
    support.post("/do/withdrawal.carry_out", part)
    assert "To the customer: Worn." in support.get(here).text
    assert [row.quantity for row in rows(database, ReturnItem)] == [1]
    assert "Cancel and return" not in support.get(here).text


def test_the_order_is_looked_for_by_its_number(
    database: Database, signed_in: Any, acting: Any, owner: User
) -> None:
    order = make_order(database, owner, lines=[make_line(sku="A")], parcels=[{}])
    asked = {"name": "Asha", "order": "last week's", "contact": "asha@example.com"}
    with acting(None) as ctx:
        made = service.state_withdrawal(ctx, StateWithdrawal.model_validate(asked))
    support = signed_in(Role.SUPPORT)
    here = f"/withdrawals/{made.reference}"
    assert "No order of this number" in support.get(here).text
    assert "Cancel and return" not in support.get(here).text
    assert "Cancel and return" in support.get(f"{here}?order={order.order_number}").text


def test_a_word_to_the_customer_goes_with_the_outcome(
    database: Database, signed_in: Any, acting: Any
) -> None:
    asked = {"name": "Asha", "order": "last week's", "contact": "asha@example.com"}
    with acting(None) as ctx:
        made = service.state_withdrawal(ctx, StateWithdrawal.model_validate(asked))
    said = {"number": made.reference, "outcome": "Too late", "answer": "It came too late, sorry."}
    signed_in(Role.SUPPORT).post("/do/withdrawal.settle", said)
    [row] = rows(database, Withdrawal)
    assert (row.outcome, row.answer) == ("Too late", "It came too late, sorry.")
    assert not row.is_carried_out
