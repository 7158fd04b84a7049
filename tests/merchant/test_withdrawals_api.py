"""Withdrawals over both APIs and by command: stated by anybody, settled once by the shop."""

from typing import Any

import pytest
from click.testing import CliRunner

from account_portal.cli import main
from account_portal.core.db import Database
from account_portal.models import Order, OrderReturn, User, Withdrawal
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows
from tests.merchant.systems import Systems

SAID = {"name": "Asha Rao", "order": "last week's", "contact": "asha@example.com"}


def items(**counts: int) -> list[dict[str, Any]]:
    return [{"sku": sku, "quantity": count} for sku, count in counts.items()]


@pytest.fixture
def delivered(database: Database, owner: User) -> Order:
    lines = [make_line(0, sku="A", quantity=2), make_line(1, sku="B")]
    place = {"country": "Germany"}
    return make_order(database, owner, lines=lines, status="delivered", parcels=[{}], place=place)


def test_anybody_states_one_and_gets_its_receipt(api: Any, database: Database) -> None:
    answer = api.post("/withdrawals", json={**SAID, "goods": "the mug", "language": "de"})
    assert answer.status_code == 200, answer.text
    receipt = answer.json()["content"]
    assert "the mug" in receipt["receipt"]
    assert "Widerruf" in receipt["receipt"]
    file = api.client.get("/withdraw/receipt", params={"key": receipt["receipt_key"]})
    assert receipt["reference"] in file.text
    again = api.post("/withdrawals", json={**SAID, "goods": "the mug", "language": "de"})
    assert again.json()["content"]["reference"] == receipt["reference"]
    [row] = rows(database, Withdrawal)
    assert (row.is_proven, row.customer_id) == (False, None)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": " "}, "name"),
        ({"contact": "asha"}, "contact"),
        ({"order": "x" * 201}, "order"),
        ({"language": "deutsch"}, "language"),
        ({"withdraw_items": []}, "withdraw_items"),
        ({"withdraw_items": [{"sku": "A", "quantity": 0}]}, "withdraw_items.0.quantity"),
    ],
)
def test_what_cannot_be_received_is_named(
    api: Any, database: Database, said: Any, field: str
) -> None:
    refused = api.post("/withdrawals", json={**SAID, **said})
    assert (refused.status_code, list(refused.json()["error"])) == (400, [field])
    assert rows(database, Withdrawal) == []


def test_it_moves_an_order_of_the_callers_only(
    api: Any, database: Database, owner: User, stranger: User, delivered: Order
) -> None:
    wanted = {
        **SAID,
        "order": delivered.order_number,
        "withdraw_items": [{"sku": "A", "quantity": 1}],
    }
    for user in (None, stranger):
        answer = api.post("/withdrawals", json=wanted, user=user)
        assert answer.status_code == 200
        assert rows(database, OrderReturn) == []
    api.post("/withdrawals", json=wanted, user=owner)
    [request] = rows(database, OrderReturn)
    # Each stated their own, though all said the same words.
    assert [row.status for row in rows(database, Withdrawal)] == ["open", "open", "settled"]
    assert rows(database, Withdrawal)[2].outcome == request.request_number


def test_the_shops_systems_settle_it_once(
    api: Any, systems: Systems, database: Database, delivered: Order
) -> None:
    reference = api.post("/withdrawals", json=SAID).json()["content"]["reference"]
    other = api.post("/withdrawals", json={**SAID, "order": "?"}).json()["content"]["reference"]
    waiting = systems.get("/withdrawals?status=open").json()["content"]["withdrawals"]
    assert {one["reference"] for one in waiting} == {reference, other}
    for body, status in (
        ({"order_number": "NOBODYS-1"}, 400),
        ({"order_number": delivered.order_number, "withdraw_items": items(A=9)}, 409),
        ({"order_number": delivered.order_number, "withdraw_items": items(A=0)}, 400),
        ({"order_number": delivered.order_number, "withdraw_items": items(A=1)}, 400),
    ):
        assert systems.post(f"/withdrawals/{reference}/carry-out", body).status_code == status
    assert rows(database, OrderReturn) == []
    body = {
        "order_number": delivered.order_number,
        "withdraw_items": items(A=1, B=1),
        "answer": "One had been worn.",
    }
    done = systems.post(f"/withdrawals/{reference}/carry-out", body).json()["content"]
    [request] = rows(database, OrderReturn)
    assert (done["status"], done["outcome"]) == ("settled", request.request_number)
    assert done["settled_by"] == "everything"
    assert done["not_carried_out"] == ["1 x Product 0", "1 x Product 1"]
    assert done["answer"] == "One had been worn."
    assert systems.get(f"/withdrawals/{reference}").json()["content"] == done
    again = systems.post(f"/withdrawals/{reference}/carry-out", body)
    assert (again.status_code, again.json()["code"]) == (409, "withdrawal_settled")
    said = {"outcome": " No such order ", "answer": " We know no such order. "}
    told = systems.post(f"/withdrawals/{other}/settle", said).json()["content"]
    assert (told["outcome"], told["answer"]) == ("No such order", "We know no such order.")
    assert (told["is_carried_out"], done["is_carried_out"]) == (False, True)
    assert systems.post(f"/withdrawals/{other}/settle", {"outcome": " "}).status_code == 400


def test_commands_settle_it_too(api: Any, database: Database, delivered: Order) -> None:
    run = CliRunner().invoke
    reference = api.post("/withdrawals", json=SAID).json()["content"]["reference"]
    assert reference in run(main, ["shop", "withdrawals", "--state", "open"]).output
    carry_out = ["shop", "withdrawal", "carry-out", reference]
    assert run(main, [*carry_out, "NOBODYS-1"]).exit_code == 1
    assert run(main, [*carry_out, delivered.order_number, "A"]).exit_code == 2
    part = [*carry_out, delivered.order_number, "A=1"]
    assert "Tell the customer why" in run(main, part).output
    done = run(main, [*part, "--answer", "The rest had been worn."])
    [request] = rows(database, OrderReturn)
    assert done.output.strip() == request.request_number
    again = run(main, ["shop", "withdrawal", "settle", reference, "By hand"])
    assert (again.exit_code, "settled already" in again.output) == (1, True)
    assert rows(database, Withdrawal)[0].settled_by == "command"
