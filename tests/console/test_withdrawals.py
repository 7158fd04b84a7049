"""Staff see what somebody stated, match it with its order, and it is done once."""

from typing import Any

from account_portal.console.rules import Role
from account_portal.core.db import Database
from account_portal.models import OrderReturn, User, Withdrawal
from account_portal.withdrawals import service
from account_portal.withdrawals.schemas import StateWithdrawal
from tests.factories.orders import make_order
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
    support.post("/do/withdrawal.carry_out", wanted)
    [request] = rows(database, OrderReturn)
    [row] = rows(database, Withdrawal)
    assert (row.outcome, row.status) == (request.request_number, "settled")
    assert made.reference not in support.get("/withdrawals?status=open").text
    assert request.request_number in support.get("/withdrawals?status=settled").text
