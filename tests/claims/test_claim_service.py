"""The life of a claim: what it holds, what comes back, and what it never gives twice."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from account_portal.claims import rules, service
from account_portal.claims.schemas import AcceptClaim, CreateClaim
from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.core.errors import Forbidden, InvalidInput, NotFound, PortalError
from account_portal.models import (
    Claim,
    ClaimItem,
    Order,
    OutboxMessage,
    Refund,
    Shipment,
    User,
)
from account_portal.notifications.messages.claims import ClaimMoved
from account_portal.orders import rules as order_rules
from account_portal.orders import service as orders
from account_portal.orders.facts import facts_of
from account_portal.orders.service.refunds import RefundTooHigh
from account_portal.returns import rules as return_rules
from account_portal.returns import service as returns
from account_portal.returns.schemas import CreateOrderReturn
from account_portal.states import ShipmentStatus
from tests.factories.claims import claim_body, claim_item
from tests.factories.loyalty import spend_points
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows
from tests.factories.returns import return_body, return_item

Call = Callable[..., Any]


def open_claim(call: Call, order: Order, *items: dict[str, Any], **values: Any) -> Any:
    actor = values.pop("actor", None)
    data = CreateClaim.model_validate(claim_body(*items, **values))
    return call(service.create_claim, order.order_number, data, actor=actor)


def accept(call: Call, claim: Any, resolution: str = "refund", **values: Any) -> Any:
    data = AcceptClaim.model_validate({"resolution": resolution, **values})
    call(service.accept_claim, claim.claim_number, data, actor=SHOP)
    return call(service.get_claim, claim.order_number, claim.claim_number)


def claimable(call: Call, order: Order) -> list[int]:
    """Units of each line, as the order shows them and as its claim page does."""
    found = call(orders.get_order, order.order_number).view().claim_eligibility
    shown = [line.claimable_quantity for line in found.lines]
    page = call(service.list_claimable, order.order_number)
    assert [item.claimable_quantity for item in page.lines] == shown
    assert [item.reason is None for item in page.lines] == [units > 0 for units in shown]
    return shown


def codes(call: Call, order: Order, what: str = "claim_eligibility") -> list[str | None]:
    lines = getattr(call(orders.get_order, order.order_number).view(), what).lines
    return [line.reasons[0].code if line.reasons else None for line in lines]


def returnable(call: Call, order: Order) -> list[int]:
    shown = call(orders.get_order, order.order_number).view()
    return [item.returnable_quantity for item in shown.order_items]


def account(database: Database, order: Order) -> order_rules.OrderAccount:
    with database.session(writes=False) as db:
        return order_rules.account_of(facts_of(db, db.get_one(Order, order.id)).money())


def test_an_open_claim_holds_its_units(call: Call, database: Database, owner: User) -> None:
    lines = [make_line(quantity=3, line_total=20000)]
    order = make_order(database, owner, lines=lines, parcels=[{}])
    assert (claimable(call, order), returnable(call, order)) == ([3], [3])
    made = open_claim(call, order, claim_item(quantity=2, details="  The rims are bent "))
    assert (made.status, made.amount, made.agreed_amount) == ("open", Decimal("133.33"), None)
    assert made.claim_items[0].details == "The rims are bent"
    assert (claimable(call, order), returnable(call, order)) == ([1], [1])
    with pytest.raises(rules.QuantityNotClaimable):
        open_claim(call, order, claim_item(quantity=2))
    data = CreateOrderReturn.model_validate(return_body(return_item(quantity=2)))
    with pytest.raises(return_rules.QuantityNotReturnable):
        call(returns.create_return, order.order_number, data)
    open_claim(call, order, claim_item(problem="wrong_item"))
    assert codes(call, order) == codes(call, order, "return_eligibility") == ["in_claim"]
    kinds = [row.kind for row in rows(database, OutboxMessage)]
    assert kinds == ["claim_moved", "claim_moved"]


def test_a_return_holds_them_too(call: Call, database: Database, owner: User) -> None:
    order = make_order(database, owner, parcels=[{}])
    data = CreateOrderReturn.model_validate(return_body(return_item(quantity=2)))
    call(returns.create_return, order.order_number, data)
    assert (claimable(call, order), codes(call, order)) == ([0], ["in_return"])
    with pytest.raises(rules.QuantityNotClaimable):
        open_claim(call, order)


@pytest.mark.parametrize("end", ["withdrawn", "rejected"])
def test_what_came_to_nothing_lets_go(
    call: Call, database: Database, owner: User, end: str
) -> None:
    order = make_order(database, owner, parcels=[{}])
    made = open_claim(call, order, claim_item(quantity=2))
    if end == "withdrawn":
        call(service.withdraw_claim, made.claim_number)
    else:
        call(service.reject_claim, made.claim_number, " It is as it should be ", actor=SHOP)
    found = call(service.get_claim, order.order_number, made.claim_number)
    assert found.status == end
    assert found.answer == (None if end == "withdrawn" else "It is as it should be")
    assert (claimable(call, order), returnable(call, order)) == ([2], [2])
    for deed in (
        lambda: call(service.withdraw_claim, made.claim_number),
        lambda: accept(call, made),
        lambda: call(service.reject_claim, made.claim_number, "No", actor=SHOP),
    ):
        with pytest.raises(rules.ClaimNotOpen):
            deed()


def test_money_goes_back_and_the_goods_stay(call: Call, database: Database, owner: User) -> None:
    lines = [make_line(quantity=3, line_total=20000), make_line(1)]
    order = make_order(database, owner, lines=lines, parcels=[{}])
    made = open_claim(call, order, claim_item(quantity=1))
    done = accept(call, made, answer="Sorry!")
    assert (done.status, done.resolution, done.answer) == ("accepted", "refund", "Sorry!")
    [noted] = call(orders.shown_refunds, order.order_number)
    assert noted.refund_remarks == f"Report {done.claim_number}", "as its page calls it"
    assert done.agreed_amount == done.amount == Decimal("66.67")
    assert [one.refund_amount for one in done.refund] == [Decimal("66.67")]
    assert (claimable(call, order), returnable(call, order)) == ([2, 2], [2, 2])
    found = account(database, order)
    assert (found.promised, found.owed_back, found.unpaid) == (6667, 0, 0)
    # What is left of the line is worth what is left of its price.
    last = open_claim(call, order, claim_item(quantity=2))
    assert last.amount == Decimal("133.33")
    assert accept(call, last).agreed_amount == Decimal("133.33")
    assert codes(call, order) == ["claim_settled", None]
    assert codes(call, order, "return_eligibility") == ["claim_settled", None]


def test_less_than_it_cost(call: Call, database: Database, owner: User) -> None:
    order = make_order(
        database, owner, lines=[make_line(quantity=1), make_line(1, quantity=1)], parcels=[{}]
    )
    made = open_claim(call, order, claim_item(0), claim_item(1))
    worth = int(made.amount * 100)
    for amount in ("0", "-1"):
        with pytest.raises(ValueError, match="greater than 0"):
            AcceptClaim.model_validate({"resolution": "refund", "amount": amount})
    with pytest.raises(RefundTooHigh):
        accept(call, made, amount=made.amount + Decimal("0.01"))
    with pytest.raises(InvalidInput):
        accept(call, made, "replacement", amount="1")
    done = accept(call, made, amount="30.01")
    assert done.agreed_amount == Decimal("30.01")
    assert [row.refunded for row in rows(database, ClaimItem)] in ([1500, 1501], [1501, 1500])
    found = account(database, order)
    assert (found.promised, found.owed_back) == (3001, 0)
    assert found.kept == worth - 3001
    assert (claimable(call, order), returnable(call, order)) == ([0, 0], [0, 0])


def words_of_claims(database: Database) -> list[dict[str, Any]]:
    return [row.payload["words"] for row in rows(database, OutboxMessage) if "claim" in row.kind]


def last_words(database: Database) -> dict[str, Any]:
    """What the latest message of a claim is written from."""
    return words_of_claims(database)[-1]


def test_what_was_paid_otherwise_comes_back_otherwise(
    call: Call, database: Database, owner: User
) -> None:
    order = make_order(
        database,
        owner,
        lines=[make_line(quantity=2, line_total=20000)],
        parcels=[{}],
        loyalty_point_redeemed=10000,
        loyalty_amount=10000,
    )
    spend_points(database, owner, order)
    done = accept(call, open_claim(call, order))
    money, points = sorted(done.refund, key=lambda one: one.payment_mode == "loyalty_point")
    assert (money.refund_amount, money.status) == (Decimal(50), "pending")
    assert (points.refund_amount, points.status) == (Decimal(50), "success")
    words = last_words(database)
    assert (words["refund"], words["points"], words["unpaid"]) == ("₹50.00", "50", None)
    assert account(database, order).owed_back == 0
    done = accept(call, open_claim(call, order))
    assert sum(one.refund_amount for one in done.refund) == Decimal(100)
    found = account(database, order)
    assert (found.promised, found.owed_back, found.left) == (10000, 0, 0)


def test_what_is_not_paid_is_not_asked_for(call: Call, database: Database, owner: User) -> None:
    order = make_order(
        database, owner, lines=[make_line(quantity=2, line_total=20000)], parcels=[{}], payments=[]
    )
    done = accept(call, open_claim(call, order))
    assert (done.refund, done.agreed_amount) == ([], Decimal(100))
    words = last_words(database)
    assert (words["refund"], words["unpaid"]) == (None, "₹100.00")
    status = call(orders.get_payment_status, order.order_number)
    assert (status.amount_unpaid, account(database, order).owed_back) == (100, 0)


def test_the_same_is_sent_again(call: Call, database: Database, owner: User) -> None:
    order = make_order(database, owner, parcels=[{}])
    done = accept(call, open_claim(call, order, wish="replacement"), "replacement")
    assert done.refund == []
    again = call(orders.get_order, done.replacement_order_number).view()
    assert (again.grand_total, again.order_items[0].quantity) == (0, 1)
    assert again.customer_note == f"Replacement for claim {done.claim_number}"
    assert again.status == "confirmed"
    assert [line.reasons[0].code for line in again.cancel_eligibility.lines] == ["replacement"]
    assert (claimable(call, order), returnable(call, order)) == ([1], [1])
    assert account(database, order).promised == 0
    # What is sent again may be damaged, too; it cost nothing.
    parcel = call(orders.create_shipment, again.order_number, actor=SHOP)
    call(orders.move_shipment, parcel, "delivered", actor=SHOP)
    second = make_order_of(database, again.order_number)
    assert (claimable(call, second), returnable(call, second)) == ([1], [0])
    with pytest.raises(return_rules.ResolutionNotOffered):
        open_claim(call, second)
    accept(call, open_claim(call, second, wish="replacement"), "replacement")


def make_order_of(database: Database, number: str) -> Order:
    return next(row for row in rows(database, Order) if row.order_number == number)


@pytest.mark.parametrize("end", ["cancelled", "lost"])
def test_a_replacement_that_will_not_come_is_refunded(
    call: Call, database: Database, owner: User, end: str
) -> None:
    order = make_order(database, owner, parcels=[{}])
    done = accept(call, open_claim(call, order, wish="replacement"), "replacement")
    number = done.replacement_order_number
    if end == "cancelled":
        call(orders.cancel_for_shop, number, "Sold out", actor=SHOP)
    else:
        parcel = call(orders.create_shipment, number, actor=SHOP)
        call(orders.move_shipment, parcel, "shipped", actor=SHOP)
        call(orders.move_shipment, parcel, "lost", actor=SHOP)
        [made] = call(orders.refund_shipment, parcel, actor=SHOP)
        assert made == rows(database, Refund)[0].request_number
        with pytest.raises(PortalError):
            call(orders.refund_shipment, parcel, actor=SHOP)
    done = call(service.get_claim, order.order_number, done.claim_number)
    assert (done.resolution, done.agreed_amount) == ("refund", Decimal(100))
    assert [one.refund_amount for one in done.refund] == [Decimal(100)]
    assert (account(database, order).promised, claimable(call, order)) == (10000, [1])


def test_the_shop_wants_to_see_it(call: Call, database: Database, owner: User) -> None:
    order = make_order(database, owner, parcels=[{}])
    done = accept(call, open_claim(call, order, claim_item(details="Torn")), "return")
    assert (done.resolution, done.agreed_amount) == ("return", None)
    back = call(returns.get_return, order.order_number, done.return_request_number)
    assert (back.status, back.grand_total) == ("approved", 100)
    [item] = back.return_items
    assert (item.reason_code, item.fee, item.resolution) == ("damaged", 0, "refund")
    assert item.return_reason == f"Torn (claim {done.claim_number})"
    assert (claimable(call, order), returnable(call, order)) == ([1], [1])
    assert account(database, order).promised == 10000
    call(returns.cancel_return, back.request_number)
    assert (claimable(call, order), returnable(call, order)) == ([2], [2])
    assert account(database, order).promised == 0


@pytest.mark.parametrize("problem", ["missing_item", "not_arrived"])
def test_what_is_not_there_cannot_go_back(
    call: Call, database: Database, owner: User, problem: str
) -> None:
    order = make_order(database, owner, parcels=[{}])
    made = open_claim(call, order, claim_item(problem=problem))
    with pytest.raises(rules.GoodsNotThere):
        accept(call, made, "return")
    assert rows(database, Claim)[0].status == "open"
    assert accept(call, made).status == "accepted"


def test_long_after_the_time_for_returns(
    call: Call, database: Database, owner: User, clock: Any
) -> None:
    order = make_order(database, owner, parcels=[{}], at=clock.now)
    clock.advance(days=729)
    assert (claimable(call, order), returnable(call, order)) == ([2], [0])
    made = open_claim(call, order)
    clock.advance(days=2)
    assert (claimable(call, order), codes(call, order)) == ([0], ["claim_window_closed"])
    with pytest.raises(rules.ClaimWindowClosed):
        open_claim(call, order)
    assert accept(call, made).status == "accepted"  # it came in time


@pytest.mark.parametrize("status", ["draft", "awaiting_approval", "cancelled"])
def test_of_such_an_order_nothing(call: Call, database: Database, owner: User, status: str) -> None:
    order = make_order(database, owner, status=status)
    assert claimable(call, order) == [0]
    with pytest.raises(rules.OrderNotClaimable):
        open_claim(call, order)


@pytest.mark.parametrize(
    ("item", "error"),
    [
        (claim_item(sku="SKU-9"), return_rules.ItemNotInOrder),
        (claim_item(1), return_rules.ItemNotDelivered),
        (claim_item(quantity=3), rules.QuantityNotClaimable),
    ],
)
def test_bad_wishes_change_nothing(
    call: Call, database: Database, owner: User, item: dict[str, Any], error: type[Exception]
) -> None:
    order = make_order(
        database,
        owner,
        lines=[make_line(0), make_line(1)],
        parcels=[{"units": {"SKU-0": 2}}],
    )
    with pytest.raises(error):
        open_claim(call, order, item)
    assert not rows(database, Claim)


def test_only_the_shop_decides(call: Call, database: Database, owner: User, stranger: User) -> None:
    order = make_order(database, owner, parcels=[{}])
    made = open_claim(call, order)
    data = AcceptClaim.model_validate({"resolution": "refund"})
    with pytest.raises(Forbidden):
        call(service.accept_claim, made.claim_number, data)
    with pytest.raises(Forbidden):
        call(service.reject_claim, made.claim_number, "No")
    with pytest.raises(NotFound):
        call(service.accept_claim, "CLM-0", data, actor=SHOP)
    with pytest.raises(InvalidInput):
        call(service.reject_claim, made.claim_number, "  ", actor=SHOP)
    for read in (
        lambda: call(service.withdraw_claim, made.claim_number, actor=stranger),
        lambda: call(service.get_claim_detail, made.claim_number, actor=stranger),
        lambda: open_claim(call, order, actor=stranger),
        lambda: call(service.list_claimable, order.order_number, actor=stranger),
    ):
        with pytest.raises(NotFound):
            read()
    assert rows(database, Claim)[0].status == "open"


NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
LATE = (NOW - timedelta(days=2)).date().isoformat()


def parcel_codes(call: Call, order: Order) -> list[str | None]:
    found = call(orders.get_order, order.order_number).view().claim_eligibility.parcels
    assert all(one.is_allowed != bool(one.reasons) for one in found)
    return [one.reasons[0].code if one.reasons else None for one in found]


@pytest.mark.parametrize(
    ("parcel", "age", "code"),
    [
        ({"status": "shipped", "eta_delivery": LATE}, 5, None),
        ({"status": "out_for_delivery", "eta_delivery": LATE}, 5, None),
        ({"status": "lost"}, 1, None),
        ({"status": "return_to_origin"}, 1, None),
        ({"status": "undelivered"}, 1, None),
        ({"status": "in_transit"}, 31, None),
        ({"status": "in_transit", "eta_delivery": "soon"}, 31, None),
        ({"status": "in_transit"}, 29, "not_due"),
        ({"status": "in_transit", "eta_delivery": NOW.date().isoformat()}, 31, "not_due"),
        ({"status": "packed", "eta_delivery": LATE}, 31, "not_sent"),
        ({"status": "in_transit"}, 800, "claim_window_closed"),
        ({"status": "lost", "eta_delivery": "2023-01-01"}, 1500, "claim_window_closed"),
    ],
)
def test_of_which_parcels_one_may_say_that_they_did_not_arrive(
    call: Call,
    database: Database,
    owner: User,
    clock: Any,
    parcel: dict[str, Any],
    age: int,
    code: str | None,
) -> None:
    clock.now = NOW
    order = make_order(database, owner, parcels=[parcel], at=NOW - timedelta(days=age))
    assert parcel_codes(call, order) == [code]
    number = rows(database, Shipment)[0].reference_number
    shown = [
        one.reference_number for one in call(service.list_claimable, order.order_number).parcels
    ]
    assert shown == ([] if code else [number])
    if code:
        with pytest.raises(rules.ParcelNotClaimable):
            open_claim(call, order, reference_number=number)
        assert not rows(database, Claim)
    else:
        made = open_claim(call, order, reference_number=number, details="Nobody rang")
        assert [one.problem for one in made.claim_items] == ["not_arrived"]
        assert (made.amount, made.reference_number) == (200, number)
        assert parcel_codes(call, order) == ["in_claim"]


def late_parcel(
    database: Database, owner: User, clock: Any, status: str = "in_transit"
) -> tuple[Order, str]:
    """An order whose parcel is late, and that parcel's number."""
    clock.now = NOW
    late = {"status": status, "eta_delivery": LATE}
    order = make_order(database, owner, parcels=[late], at=NOW - timedelta(days=5))
    return order, rows(database, Shipment)[0].reference_number


def test_a_parcel_that_did_not_arrive_is_refunded_as_a_lost_one(
    call: Call, database: Database, owner: User, clock: Any
) -> None:
    order, number = late_parcel(database, owner, clock)
    made = open_claim(call, order, reference_number=number)
    with pytest.raises(InvalidInput):
        accept(call, made, amount="1")
    with pytest.raises(rules.GoodsNotThere):
        accept(call, made, "return")
    assert rows(database, Shipment)[0].status == "in_transit", "a refusal changes nothing"
    done = accept(call, made)
    assert rows(database, Shipment)[0].status == "lost"
    assert [one.refund_amount for one in done.refund] == [Decimal(200)]
    assert done.agreed_amount == 200
    found = account(database, order)
    assert (found.promised, found.owed_back, found.kept) == (20000, 0, 0)
    assert parcel_codes(call, order) == ["claim_settled"]
    with pytest.raises(PortalError):
        call(orders.refund_shipment, number, actor=SHOP)
    with pytest.raises(PortalError):
        call(orders.resend_shipment, number, actor=SHOP)


@pytest.mark.parametrize("status", ["out_for_delivery", "delivery_attempted", "undelivered"])
def test_a_parcel_that_did_not_arrive_is_sent_again(
    call: Call, database: Database, owner: User, clock: Any, status: str
) -> None:
    order, number = late_parcel(database, owner, clock, status)
    made = open_claim(call, order, reference_number=number, wish="replacement")
    done = accept(call, made, "replacement")
    old, new = sorted(rows(database, Shipment), key=lambda row: row.status)
    assert (old.status, new.status) == ("cancelled", "unscheduled")
    assert (done.resent_reference_number, done.refund) == (new.reference_number, [])
    assert account(database, order).kept == 20000


def test_a_lost_parcel_is_told_unless_its_customer_said_so(
    call: Call, database: Database, owner: User, clock: Any
) -> None:
    order, number = late_parcel(database, owner, clock)
    made = open_claim(call, order, reference_number=number, wish="replacement")
    again = accept(call, made, "replacement").resent_reference_number
    kinds = [row.kind for row in rows(database, OutboxMessage)]
    assert kinds == ["claim_moved", "claim_moved"]
    for words in words_of_claims(database):
        assert "did not arrive" in ClaimMoved(**words).text()
    for step in (ShipmentStatus.SHIPPED, ShipmentStatus.LOST):
        call(orders.move_shipment, again, step, actor=SHOP)
    last = max(rows(database, OutboxMessage), key=lambda row: row.id)
    assert last.kind == "parcel_lost"


def test_a_claim_ends_when_its_parcel_arrives(
    call: Call, database: Database, owner: User, clock: Any
) -> None:
    order, number = late_parcel(database, owner, clock)
    made = open_claim(call, order, reference_number=number)
    call(orders.move_shipment, number, ShipmentStatus.DELIVERED, actor=SHOP)
    found = call(service.get_claim, order.order_number, made.claim_number)
    assert (found.status, found.answer) == ("withdrawn", "The parcel arrived.")
    assert found.withdrawn_at == clock.now
    told = words_of_claims(database)
    assert [words["step"] for words in told] == ["opened", "arrived"]
    with pytest.raises(rules.ClaimNotOpen):
        accept(call, made)
    # It is said to be there: units of it can be missing all the same.
    assert (claimable(call, order), returnable(call, order)) == ([2], [2])
    accept(call, open_claim(call, order, claim_item(problem="not_arrived", quantity=2)))
    assert account(database, order).promised == 20000


def test_other_claims_stay_open_when_a_parcel_arrives(
    call: Call, database: Database, owner: User, clock: Any
) -> None:
    clock.now = NOW
    late = {"status": "in_transit", "eta_delivery": LATE, "units": {"SKU-0": 1}}
    order = make_order(
        database,
        owner,
        lines=[make_line(quantity=1), make_line(1, quantity=1)],
        parcels=[late, {"units": {"SKU-1": 1}}],
        at=NOW - timedelta(days=5),
    )
    [number] = [row.reference_number for row in rows(database, Shipment) if row.eta_delivery]
    of_items = open_claim(call, order, claim_item(1))
    decided = open_claim(call, order, reference_number=number)
    call(service.reject_claim, decided.claim_number, "It is on its way", actor=SHOP)
    call(orders.move_shipment, number, ShipmentStatus.DELIVERED, actor=SHOP)
    for made, status in ((of_items, "open"), (decided, "rejected")):
        found = call(service.get_claim, order.order_number, made.claim_number)
        assert found.status == status


@pytest.mark.parametrize("deed", [orders.resend_shipment, orders.refund_shipment])
def test_what_the_shop_settled_before_is_only_said(
    call: Call, database: Database, owner: User, clock: Any, deed: Any
) -> None:
    clock.now = NOW
    order = make_order(database, owner, parcels=[{"status": "lost"}], at=NOW)
    number = rows(database, Shipment)[0].reference_number
    made = open_claim(call, order, reference_number=number)
    call(deed, number, actor=SHOP)
    resent = deed is orders.resend_shipment
    before = len(rows(database, Refund)), len(rows(database, Shipment))
    done = accept(call, made, "replacement" if resent else "refund")
    assert done.status == "accepted"
    assert before == (len(rows(database, Refund)), len(rows(database, Shipment)))


def test_several_lines_and_the_same_line_twice(call: Call, database: Database, owner: User) -> None:
    lines = [make_line(0, quantity=3, line_total=10000, tax_amount=1525), make_line(1)]
    order = make_order(database, owner, lines=lines, parcels=[{}])
    both = [claim_item(), claim_item(problem="wrong_item", quantity=2)]
    with pytest.raises(rules.QuantityNotClaimable):
        open_claim(call, order, *both, claim_item())
    made = open_claim(call, order, *both, claim_item(1))
    assert [item.amount for item in made.claim_items[:2]] == [Decimal("33.33"), Decimal("66.67")]
    assert sum(row.tax_amount for row in rows(database, ClaimItem)[:2]) == 1525


def test_another_problem_needs_words_and_is_settled_as_any(
    call: Call, database: Database, owner: User
) -> None:
    order = make_order(database, owner, parcels=[{}])
    with pytest.raises(InvalidInput) as refused:
        open_claim(call, order, claim_item(problem="other"))
    assert list(refused.value.fields) == ["claim_items.0.details"]
    assert not rows(database, Claim)
    made = open_claim(call, order, claim_item(problem="other", details="The manual is missing."))
    assert made.claim_items[0].problem == "other"
    done = accept(call, made, "return")
    back = call(returns.get_return, order.order_number, done.return_request_number)
    [item] = back.return_items
    assert (item.reason_code, item.fee) == ("other", 0)
    assert item.return_reason.startswith("The manual is missing.")
    more = open_claim(call, order, claim_item(problem="other", details="So is this one."))
    assert accept(call, more).agreed_amount == 100
