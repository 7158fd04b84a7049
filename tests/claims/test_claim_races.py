"""Claims and returns that several ask for, or decide on, at one time."""

from collections.abc import Callable
from typing import Any

from account_portal.claims import rules, service
from account_portal.claims.schemas import AcceptClaim, CreateClaim
from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.core.errors import PortalError
from account_portal.models import Claim, Order, OrderReturn, Refund, Shipment, User
from account_portal.orders import service as orders
from account_portal.returns import service as returns
from account_portal.returns.schemas import CreateOrderReturn
from tests.factories.claims import claim_body, make_claim
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows
from tests.factories.returns import return_body
from tests.returns.test_return_races import run_together

Call = Callable[..., Any]


def test_the_last_unit_is_claimed_or_returned_once(
    call: Call, database: Database, owner: User
) -> None:
    order = make_order(database, owner, lines=[make_line(quantity=1)], parcels=[{}])
    claim = CreateClaim.model_validate(claim_body())
    back = CreateOrderReturn.model_validate(return_body())
    jobs: list[Callable[[], Any]] = [
        lambda: call(service.create_claim, order.order_number, claim),
        lambda: call(returns.create_return, order.order_number, back),
    ]
    results = run_together(jobs * 5)
    assert len([one for one in results if not isinstance(one, PortalError)]) == 1
    assert len(rows(database, Claim)) + len(rows(database, OrderReturn)) == 1


def test_a_claim_is_decided_once(call: Call, database: Database, owner: User) -> None:
    order = make_order(database, owner, parcels=[{}])
    number = make_claim(database, owner, order).claim_number
    refund = AcceptClaim.model_validate({"resolution": "refund"})
    replacement = AcceptClaim.model_validate({"resolution": "replacement"})
    jobs: list[Callable[[], Any]] = [
        lambda: call(service.accept_claim, number, refund, actor=SHOP),
        lambda: call(service.accept_claim, number, replacement, actor=SHOP),
        lambda: call(service.reject_claim, number, "No", actor=SHOP),
        lambda: call(service.withdraw_claim, number),
    ]
    results = run_together(jobs * 2)
    refused = [one for one in results if isinstance(one, PortalError)]
    assert {type(one) for one in refused} == {rules.ClaimNotOpen}
    assert len(refused) == 7
    [claim] = rows(database, Claim)
    made = len(rows(database, Refund)), len(rows(database, Order))
    assert made == {"refund": (1, 1), "replacement": (0, 2), None: (0, 1)}[claim.resolution]


def test_a_parcel_is_settled_once_whoever_does_it(
    call: Call, database: Database, owner: User
) -> None:
    order = make_order(database, owner, parcels=[{"status": "lost"}])
    parcel = rows(database, Shipment)[0].reference_number
    number = make_claim(database, owner, order, reference_number=parcel).claim_number
    refund = AcceptClaim.model_validate({"resolution": "refund"})
    jobs: list[Callable[[], Any]] = [
        lambda: call(service.accept_claim, number, refund, actor=SHOP),
        lambda: call(orders.refund_shipment, parcel, actor=SHOP),
        lambda: call(orders.resend_shipment, parcel, actor=SHOP),
    ]
    run_together(jobs * 2)
    made = len(rows(database, Refund)), len(rows(database, Shipment))
    assert made in ((1, 1), (0, 2)), "it is refunded or sent again, not both"
