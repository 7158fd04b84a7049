"""Each invariant of the books is seen to fail: its rule is broken, and a short life shows it."""

import ast
import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from account_portal.claims.service import opening
from account_portal.claims.service import shop as deciding
from account_portal.core.db import Database
from account_portal.merchant.importing import orders as importing
from account_portal.merchant.importing import run
from account_portal.merchant.importing.statements import Statements
from account_portal.models import User
from account_portal.orders import rules
from account_portal.orders.facts import OrderFacts, claim_eligibility, keep_facts, kept
from account_portal.orders.facts import money as money_facts
from account_portal.orders.rules import money, policies, units
from account_portal.orders.service import (
    cancel_plans,
    goods,
    lost_parcels,
    paying,
    payments,
    reading,
    refunds,
)
from account_portal.orders.service.documents import allowed, owed, refreshing, shape, storing
from account_portal.returns.service import inspecting, planning
from account_portal.returns.service import reading as showing
from tests.factories.orders import make_line, make_order
from tests.orders import lives, told_lives
from tests.orders.lives import Life, Steps
from tests.orders.told_lives import begin

Taken = list[tuple[str, int]]


class Broken(NamedTuple):
    """A rule in the product, what it is replaced by, and the life that shows it."""

    said: str
    """What the property test says of it."""
    where: Any
    name: str
    instead: Any
    life: Taken
    order: dict[str, Any] = {}  # noqa: RUF012 - never changed
    """Values of the order; of one that is told, its parcel."""
    also: tuple[tuple[Any, str, Any], ...] = ()
    """What else keeps it, as where, name and what instead."""


def _as_if_paid(facts: Any, value: int) -> Any:
    return rules.split_refund(value, rules.left_to_refund(facts))


def _nothing(*_args: Any, **_values: Any) -> None:
    """A rule that does nothing."""


def _always(value: Any) -> Callable[..., Any]:
    return lambda *_args, **_values: value


def _with(module: Any, **values: Any) -> SimpleNamespace:
    """A module some of whose names are others."""
    return SimpleNamespace(**{**vars(module), **values})


def _no_refunds(facts: Any, now: Any) -> tuple[list[Any], bool]:
    _, is_awaited = owed.settle_account(facts, now)
    return [], is_awaited


def _said_to_have_failed(facts: Any, _now: Any) -> tuple[list[Any], bool]:
    facts.order["payment_status"] = "failed"
    return [], False


def _more(function: Callable[..., int]) -> Callable[..., int]:
    return lambda *args, **values: function(*args, **values) + 1


def _returning(**values: Any) -> Callable[..., Any]:
    told = policies.return_of
    return lambda *args: told(*args)._replace(**values)


def _closing(later: timedelta) -> Callable[..., Any]:
    told = refreshing.line_returns
    return lambda *args: {
        line: one._replace(ends={name: end + later for name, end in one.ends.items()})
        for line, one in told(*args).items()
    }


def _shows_more(detail: dict[str, Any], *args: Any) -> None:
    _add_cancellation(detail, *args)
    if shown := detail["cancellation_refund_details"]:
        shown["refundable_amount"] += 1


def _counted_twice(db: Any, last: Any, documents: list[dict[str, Any]]) -> None:
    storing.recount(db, last, documents * 2)


def _of_another_state(*args: Any) -> dict[str, Any]:
    return {**_document(*args), "status": "draft"}


def _other_state(*args: Any) -> dict[str, Any]:
    return {**shape.shape_summary(*args), "status": "draft"}


def _refreshed(ctx: Any, order: Any, *_args: Any) -> list[str]:
    """Refunded, whatever is left to refund."""
    refreshing.refresh_orders(ctx.db, [order.id], ctx.now)
    return []


def _of_before(facts: Any) -> str:
    """What was kept of payments before the last."""
    return keep_facts(replace(facts, payments=facts.payments[:1]))


def _gives_more(function: Callable[..., Any], **more: int) -> Callable[..., Any]:
    """Of what a function returns, one more unit of money, or of what is named."""

    def give(*args: Any, **values: Any) -> Any:
        back = function(*args, **values)
        more_of = more or {"money": 1}
        changed = {name: getattr(back, name) + by for name, by in more_of.items()}
        return back._replace(**changed) if isinstance(back, tuple) else replace(back, **changed)

    return give


def _says_nothing(detail: dict[str, Any], *args: Any) -> None:
    _add_cancellation(detail, *args)
    detail["cancellation_refund_details"] = None


def _cancelling(units: int, function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **values: {
        line: one._replace(units=units, reason=None)
        for line, one in function(*args, **values).items()
    }


def _without_claims(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda facts: function(replace(facts, claims=[]))


def _holding_more(function: Callable[..., Any]) -> Callable[..., Any]:
    def hold(facts: OrderFacts) -> Any:
        found = function(facts)
        for line in facts.lines:
            found[line["id"]].total += 10**6
        return found

    return hold


def _refunds_instead(ctx: Any, claim: Any, order: Any, items: Any) -> None:
    deciding._refund(ctx, claim, order, items, SimpleNamespace(amount=None))


def _another_payment(*args: Any) -> Any:
    return payments.payment_info(*args).model_copy(update={"transaction_id": "other"})


def _restoring(**values: Any) -> Callable[..., Any]:
    return lambda *args: replace(_restore(*args), **values)


def _restoring_refunds_of_parcels(*args: Any) -> Any:
    facts = _restore(*args)
    return replace(facts, refunds=[{**row, "shipment_id": "one"} for row in facts.refunds])


def _refunding_more(mode: str) -> Callable[..., None]:
    def more(ctx: Any, request: Any, _order: Any) -> None:
        for one in goods.living_refunds(ctx, request):
            one.refund_amount += one.payment_mode == mode
        ctx.db.flush()

    return more


_restore = kept._restore
_document = refreshing._document
_add_cancellation = allowed._add_cancellation
SENT: dict[str, Any] = {"parcels": [{"status": "shipped"}]}
HERE: dict[str, Any] = {"parcels": [{}]}
TWICE: dict[str, Any] = {"payments": [{"amount": 1500}]}
UNPAID: dict[str, Any] = {"payments": [{"payment_status": "failed"}]}
LINE = make_line(0, quantity=3, selling_price=500, line_total=1500, tax_amount=0)
SOLD: dict[str, Any] = {"lines": [LINE]}
PACKED: dict[str, Any] = {**SOLD, "parcels": [{"status": "packed"}]}
BACK: Taken = [("ask_return", 0), ("return_step", 0), ("inspect", 0)]
POINTS: dict[str, Any] = {**SOLD, "loyalty_point_redeemed": 300, "loyalty_amount": 300}


BROKEN = [
    Broken("what is owed has a refund at once", refreshing, "settle_account", _no_refunds, [],
           TWICE),
    Broken("more is kept than the policy charges", money, "_owed", _always(()), [],
           {"status": "cancelled"}),
    Broken("the shop keeps no more than is due", money, "_owed", _always(()), [], TWICE),
    Broken("the shop keeps less than nothing", money, "_owed",
           lambda *_args, **_values: [rules.Owed(10**6, None)], []),
    Broken("more is promised than arrived", refreshing, "withdraw_excess", _always([]), [],
           {**UNPAID, "refunds": [{"refund_amount": 500, "purpose": "goodwill"}]}),
    Broken("paid + unpaid is not due", money, "_keeps", _more(money._keeps), []),
    Broken("two readers of the money differ", money_facts, "_money_statement",
           _always(money_facts._money_statement().limit(0)), []),
    Broken("more units are sent than ordered", units.LineUnits, "left",
           property(lambda line: line.quantity), [("pack", 0), ("pack", 0)]),
    Broken("more free units than there are", units.LineUnits, "free_left",
           property(lambda line: line.left), [("pack", 0)]),
    Broken("more may go back than arrived and is not held", policies, "return_of",
           _returning(units=9), [], HERE),
    Broken("units and reason do not agree", policies, "return_of",
           _returning(reason=rules.Reason("in_return")), [], HERE),
    Broken("a quote is below nothing", planning.order_rules, "planned_refund",
           _always(rules.Means(-1, 0, 0)), [("ask_return", 0)], HERE),
    Broken("the lines of a quote do not add up", planning.order_rules, "less_back",
           _more(rules.less_back), [("ask_return", 0)], HERE),
    Broken("the lines of a preview do not add up", cancel_plans.rules, "less_back",
           _more(rules.less_back), [("cancel", 0)]),
    Broken("approving gives other than asked", goods.rules, "planned_refund", _as_if_paid,
           [("ask_return", 0), ("return_step", 0)], {**HERE, "payments": [{"amount": 400}]}),
    Broken("it was shown and is refused", allowed, "cancel_reason", _always(None), [("cancel", 0)],
           SENT),
    Broken("it was not shown and is done", allowed, "cancel_reason", _always("order_cancelled"),
           [("cancel", 0)]),
    Broken("a cancel gives back other than it shows", allowed, "_add_cancellation", _shows_more,
           []),
    Broken("what a bank did not take is promised again", money, "failed_of", _always([]),
           [("goodwill", 0), ("fail_refund", 0)], also=((refunds, "_try_again", _nothing),)),
    Broken("a parcel is refunded once", lost_parcels, "is_refunded", _always(False),
           [("lose", 0), ("refund_parcel", 0), ("refund_parcel", 0)], SENT,
           ((lost_parcels, "_refunded", _refreshed),
            (lost_parcels, "_leave_what_is_missing", _nothing))),
    Broken("detail and payment status differ", refreshing, "settle_account",
           _said_to_have_failed, []),
    Broken("retry is shown as it is not", payments, "rules",
           _with(rules, can_retry_payment=_always(True)), []),
    Broken("what is unpaid is asked for", payments, "rules",
           _with(rules, account_of=_always(SimpleNamespace(paid=0, unpaid=1))),
           [("pay_again", 0)], UNPAID),
    Broken("list and detail differ", refreshing, "shape_summary", _other_state, []),
    Broken("document and detail differ", refreshing, "_document", _of_another_state, []),
    Broken("row and detail differ", refreshing, "_DERIVED", (), [], HERE),
    Broken("the list lacks the order", reading, "newest_documents", _always([]), []),
    Broken("counts do not count the orders", refreshing, "recount", _counted_twice, []),
    Broken("facts kept and facts read differ", refreshing, "keep_facts", _of_before,
           [("pay_again", 0)], UNPAID),
    Broken("all that is unpaid is not asked for any more", cancel_plans, "rules",
           _with(rules, account_of=_always(SimpleNamespace(unpaid=1))), [("cancel", 0)]),
    Broken("a cancel gives other than shown", cancel_plans, "cancelled_account",
           _gives_more(cancel_plans.cancelled_account), [("cancel", 0)]),
    Broken("a cancel that can be does not say what it gives back", allowed, "_add_cancellation",
           _says_nothing, []),
    Broken("items give other than shown", cancel_plans, "rules",
           _with(rules, planned_refund=_gives_more(rules.planned_refund)),
           [("cancel_items", 0)], SOLD),
    Broken("cancelled items are asked for", cancel_plans, "rules",
           _with(rules, planned_refund=_gives_more(rules.planned_refund, unpaid=1)),
           [("cancel_items", 0)], {**SOLD, **UNPAID}),
    Broken("units cannot be cancelled and are", allowed, "line_cancels",
           _cancelling(0, allowed.line_cancels), [("cancel_items", 0)], SOLD),
    Broken("units can be cancelled and are not", allowed, "line_cancels",
           _cancelling(9, allowed.line_cancels), [("cancel_items", 0)], PACKED),
    Broken("it leads back to what is under way", paying, "payment_info", _another_payment,
           [("days", 0), ("pay_again", 0), ("pay_again", 0)], UNPAID),
    Broken("asked for other than shown", showing, "planned_anew",
           _gives_more(goods.planned_anew, unpaid=1),
           [("ask_return", 0), ("return_step", 0)], {**HERE, **UNPAID}),
    Broken("the lines of a return do not add up", showing, "planned_anew",
           _gives_more(goods.planned_anew), [("ask_return", 0), ("return_step", 1)], HERE),
    Broken("a unit is returned and claimed", OrderFacts, "held", _without_claims(OrderFacts.held),
           [("claim", 2), ("ask_return", 0)], {**HERE, **SOLD}),
    Broken("more may be claimed than arrived and is not held", claim_eligibility, "holds_units",
           _always(False), [("claim", 2)], {**HERE, **SOLD}),
    Broken("more is given back for a line than it cost", OrderFacts, "held",
           _holding_more(OrderFacts.held), [], HERE),
    Broken("page and order differ", opening, "_parcels", _always({}),
           [("days", 7), ("claim", 1)], SENT),
    Broken("sent again, and money goes back", deciding, "_replace", _refunds_instead,
           [("claim", 0), ("accept_claim", 1)], {**HERE, **SOLD}),
    Broken("more goes back than the accepted units are worth", inspecting, "reduce_refunds",
           _nothing, BACK, HERE),
    Broken("less is accepted, and more money goes back", inspecting, "reduce_refunds",
           _refunding_more("original_payment_mode"), BACK, HERE),
    Broken("less is accepted, and more points go back", inspecting, "reduce_refunds",
           _refunding_more(rules.POINTS), BACK, {**HERE, **POINTS}),
    Broken("all is accepted, and less goes back", inspecting, "order_rules",
           _with(rules, worth_of=lambda _units, _paid, amount: max(0, amount - 1)),
           [*BACK[:2], ("inspect", 2)], HERE),
    Broken("let more or less be done", kept, "_restore", _restoring(shipments=[]), [], HERE),
    Broken("the facts that are kept are of other money", kept, "_restore",
           _restoring(payments=[]), [], SENT),
    Broken("they tell another worth", kept, "_restore", _restoring_refunds_of_parcels,
           [("cancel_items", 0)], POINTS),
    Broken("complete, and something can go back", refreshing, "line_returns",
           _closing(-timedelta(days=300)), [("days", 0)], HERE),
    Broken("delivered, and nothing can go back any more", refreshing, "line_returns",
           _closing(timedelta(days=300)), [("days", 7)], HERE),
]  # fmt: skip


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.said.replace(" ", "-"))
def test_a_broken_rule_is_seen(
    database: Database,
    owner: User,
    call: Any,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
    broken: Broken,
) -> None:
    def live() -> None:
        values = {"lines": [{**LINE, "free_quantity": 1, "line_total": 1000}], **broken.order}
        order = make_order(database, owner, at=clock.now, **values)
        one = Life(database, call, owner, clock, order)
        one.live(broken.life, Steps())

    live()  # as it is, nothing is wrong
    for where, name, instead in ((broken.where, broken.name, broken.instead), *broken.also):
        monkeypatch.setattr(where, name, instead)
    with pytest.raises(AssertionError, match=broken.said.replace("+", r"\+")):
        live()


TOLD = [
    Broken("goods are refunded and asked for", owed, "_of_unpaid_goods", _always(([], 0)),
           [("ask_return", 0), ("return_step", 0), ("tell_payment_moved", 1)],
           {"status": "delivered"}),
    Broken("more units are sent than ordered", lost_parcels, "_leave_what_is_missing", _nothing,
           [("tell_parcel", 0), ("refund_parcel", 0)], {"status": "lost"}),
    Broken("lines changed places", importing, "recognise_lines", _nothing,
           [("tell_lines_turned", 0)]),
    Broken("what is told again changes nothing", Statements, "keep", _nothing,
           [("fail_payment", 0), ("fail_payment", 1), ("fail_payment", 2), ("tell_again", 0)]),
]  # fmt: skip


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("broken", TOLD, ids=lambda broken: broken.said.replace(" ", "-"))
def test_a_broken_import_is_seen(
    database: Database,
    owner: User,
    call: Any,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    broken: Broken,
) -> None:
    def live() -> None:
        paid = [("success", 0.25), ("success", 0.75), ("pending", 1)]
        told = (((1, 100), (2, 50), (1, 0)), paid, broken.order or None)
        one = begin(database, owner, call, clock, tmp_path / "told.ndjson", told)
        assert one is not None
        one.live(broken.life, Steps())

    monkeypatch.setattr(run, "utc_now", clock)
    live()
    monkeypatch.setattr(broken.where, broken.name, broken.instead)
    with pytest.raises(AssertionError, match=broken.said):
        live()


def test_every_invariant_was_seen_to_fail() -> None:
    """Whoever adds one to the lives adds the rule that it watches here."""
    watched = {
        ast.literal_eval(node.msg) if node.msg is not None else ast.unparse(node.test)
        for module in (lives, told_lives)
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Assert)
    }
    seen = {broken.said for broken in (*BROKEN, *TOLD)}
    assert {one for one in watched if not any(said in one for said in seen)} == set()
