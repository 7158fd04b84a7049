"""Lives of an order: what may happen to it, and what must be true after each step."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import currently_in_test_context, note
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlmodel import Session, col

from account_portal.claims import service as claims
from account_portal.claims.schemas import AcceptClaim, CreateClaim
from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.core.errors import PortalError
from account_portal.models import (
    Claim,
    Order,
    OrderCount,
    OrderDocument,
    OrderLine,
    OrderReturn,
    Payment,
    Refund,
    ReturnItem,
    Shipment,
    User,
)
from account_portal.orders import rules, service
from account_portal.orders.facts import (
    OrderFacts,
    cancelled_worth,
    facts_of,
    keep_facts,
    line_claims,
    line_eligibility,
    load_facts,
    money_of,
    read_kept_facts,
)
from account_portal.orders.schemas import CancelItem, CancelOrder, OrderQuery, RefundPreview
from account_portal.orders.service.documents import whole_detail
from account_portal.returns import service as returns
from account_portal.returns.schemas import CreateOrderReturn, InspectReturn
from account_portal.states import ClaimProblem, ClaimResolution, ShipmentStatus
from tests.conftest import empty
from tests.factories.users import make_user

CANCEL = CancelOrder.model_validate(
    {"cancellation_reason": "x", "refund_mode": "original_payment_mode"}
)


def adds_up(shown: RefundPreview) -> bool:
    """Whether what goods cost is what is kept of it and each way the rest goes."""
    kept = getattr(shown, "charge", 0) or getattr(shown, "fee", 0)
    replaced = getattr(shown, "replaced_amount", 0)
    value = shown.goods + shown.delivery - kept - replaced - shown.less
    return value == shown.money + shown.credit + shown.points_amount + shown.unpaid


WINDOW = timedelta(days=30)
"""The setting's default."""


OVER = {"cancelled", "rejected"}
WAITING, OF_GOODS = {"pending", "approved"}, {"return", "parcel"}


@dataclass
class Steps:
    """How much was lived."""

    lives: int = 0
    taken: int = 0
    refused: int = 0
    """Of those taken, that the product rightly did not do."""


DEEDS = [
    "cancel",
    "cancel_by_shop",
    "pay_again",
    "settle",
    "fail_payment",
    "pack",
    "move",
    "lose",
    "resend",
    "refund_parcel",
    "ask_return",
    "return_step",
    "return_step",
    "inspect",
    "inspect",
    "correct",
    "cancel_return",
    "claim",
    "claim",
    "accept_claim",
    "accept_claim",
    "reject_claim",
    "withdraw_claim",
    "cancel_replacement",
    "approve_refund",
    "settle_refund",
    "fail_refund",
    "goodwill",
    "days",
]
"""What is done with an order here; what stands twice is drawn twice as often."""


def lives_of(steps: Sequence[str], default: int) -> st.SearchStrategy[list[tuple[str, int]]]:
    """Steps one after another, each with a number that says which or how much.

    A long run has chapters: of one long list hypothesis mostly draws a short beginning.
    """
    step = st.tuples(st.sampled_from(list(steps)), st.integers(0, 7))
    most = int(os.environ.get("BOOKS_STEPS", default))
    chapters = st.lists(st.lists(step, min_size=3, max_size=default), min_size=1, max_size=6)
    return (
        chapters.map(lambda found: [one for chapter in found for one in chapter][:most])
        if most > default
        else st.lists(step, min_size=3, max_size=most)
    )


def begin_anew(database: Database, clock: Any) -> User:
    """The customer of another life: alone in an empty database, at the moment the first began.

    One life must know nothing of those before it, or one that fails fails only after them.
    """
    empty(database)
    clock.now = clock.began
    return make_user(database, email="owner@example.com", first_name="Olivia", last_name="Owner")


class Life:
    """One order, and what may happen to it."""

    def __init__(self, database: Database, call: Any, owner: User, clock: Any, order: Order):
        self.database, self._call, self._owner, self._clock = database, call, owner, clock
        self.id, self.number = order.id, order.order_number
        self._list_first = False
        self._refunded: set[str] = set()
        self._inspected: dict[str, int] = {}
        """What was in others' hands of each return when it was inspected, by its number."""

    def shop(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self._call(function, *args, actor=SHOP, **kwargs)

    def customer(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self._call(function, *args, actor=self._owner, **kwargs)

    def rows(self, model: Any) -> list[Any]:
        with self.database.session(writes=False) as db:
            found = select(model).where(model.order_id == self.id)
            return list(db.execute(found.order_by(model.created_at, model.id)).scalars())

    def one(self, model: Any, place: int) -> Any:
        found = self.rows(model)
        return found[place % len(found)] if found else None

    def take(self, step: str, place: int) -> None:
        getattr(self, f"_{step}")(place)

    def _cancel(self, _place: int) -> None:
        flag = self.customer(service.get_order, self.number).view().is_cancellation_allowed
        shown = self._deed(flag, service.preview_cancel, self.number, CANCEL)
        before = self._living()
        assert shown.unpaid == self._unpaid(), "all that is unpaid is not asked for any more"
        seen = CANCEL.model_copy(update={"preview": shown.digest})
        self._deed(flag, service.cancel_order, self.number, seen)
        assert self._living() - before == shown.money * 100, "a cancel gives other than shown"
        assert adds_up(shown), "the lines of a preview do not add up"

    def _cancel_items(self, place: int) -> None:
        units = 1 + place % 2
        shown = self.customer(service.get_order, self.number).view()
        line = shown.cancel_eligibility.lines[0]
        wanted = {"sku": line.sku, "quantity": units}
        data = CANCEL.model_copy(update={"cancel_items": [CancelItem(**wanted)]})
        try:
            preview = self.customer(service.preview_cancel, self.number, data)
        except PortalError:
            item = shown.order_items[0]
            is_rest = (
                all(other.quantity == other.cancelled_quantity for other in shown.order_items[1:])
                and units == item.quantity - item.cancelled_quantity
            )
            can_be = units <= line.cancellable_quantity and not (item.free_quantity or is_rest)
            assert not can_be, "units can be cancelled and are not"
            raise
        before, unpaid = self._living(), self._unpaid()
        seen = data.model_copy(update={"preview": preview.digest})
        self.customer(service.cancel_order, self.number, seen)
        assert units <= line.cancellable_quantity, "units cannot be cancelled and are"
        assert self._living() - before == preview.money * 100, "items give other than shown"
        assert unpaid - self._unpaid() == preview.unpaid, "cancelled items are asked for"
        assert adds_up(preview), "the lines of a preview do not add up"

    def _deed(self, flag: bool, deed: Callable[..., Any], *args: Any) -> Any:
        """What the customer does succeeds if, and only if, the page says it can be done."""
        try:
            result = self.customer(deed, *args)
        except PortalError:
            assert not flag, "it was shown and is refused"
            raise
        assert flag, "it was not shown and is done"
        return result

    def _cancel_by_shop(self, _place: int) -> None:
        self.shop(service.cancel_for_shop, self.number, "Sold out")

    def _pay_again(self, _place: int) -> None:
        status = self.customer(service.get_payment_status, self.number)
        under_way = status.payment_under_way
        flag = status.is_retry_available or under_way is not None
        started = self._deed(flag, service.pay_again, self.number)
        if under_way is not None:
            assert started.payment_info == under_way, "it leads back to what is under way"
        assert started.payment_info.amount == status.amount_unpaid, "what is unpaid is asked for"

    def _settle(self, place: int) -> None:
        if payment := self.one(Payment, place):
            self.shop(service.settle_payment, payment.request_number, succeeded=True)

    def _fail_payment(self, place: int) -> None:
        if payment := self.one(Payment, place):
            self.shop(service.settle_payment, payment.request_number, succeeded=False)

    def _pack(self, place: int) -> None:
        self.shop(service.create_shipment, self.number, {"SKU-0": place} if place % 2 else None)

    def _move(self, place: int) -> None:
        if parcel := self.one(Shipment, place):
            to = [
                ShipmentStatus.PACKED,
                ShipmentStatus.SHIPPED,
                ShipmentStatus.DELIVERED,
                ShipmentStatus.CANCELLED,
            ][place % 4]
            self.shop(service.move_shipment, parcel.reference_number, to)

    def _lose(self, place: int) -> None:
        if parcel := self.one(Shipment, place):
            self.shop(service.move_shipment, parcel.reference_number, ShipmentStatus.LOST)

    def _resend(self, place: int) -> None:
        if parcel := self.one(Shipment, place):
            self.shop(service.resend_shipment, parcel.reference_number)

    def _refund_parcel(self, place: int) -> None:
        if parcel := self.one(Shipment, place):
            self.shop(service.refund_shipment, parcel.reference_number)
            assert parcel.reference_number not in self._refunded, "a parcel is refunded once"
            self._refunded.add(parcel.reference_number)

    def _ask_return(self, place: int) -> None:
        body = {
            "return_items": [
                {
                    "product_id": "product-0",
                    "sku": "SKU-0",
                    "quantity": 1 + place % 3,
                    "resolution": "replacement" if place == 7 else "refund",
                    "return_reason": "Worn",
                }
            ]
        }
        data = CreateOrderReturn.model_validate(body)
        shown = self.customer(service.get_order, self.number).view().order_items
        most = max((item.returnable_quantity for item in shown if item.sku == "SKU-0"), default=0)
        can = 1 + place % 3 <= most
        quote = self._deed(can, returns.quote_return, self.number, data.return_items)
        assert quote.money >= 0, "a quote is below nothing"
        assert adds_up(quote), "the lines of a quote do not add up"
        seen = data.model_copy(update={"preview": quote.digest})
        self._deed(can, returns.create_return, self.number, seen)

    def _requests(self, *states: str) -> list[str]:
        rows = self.rows(OrderReturn)
        return [row.request_number for row in rows if row.status in states or not states]

    def _return_step(self, place: int) -> None:
        for number in self._requests():
            step: Callable[..., None] = [
                returns.approve_return,
                returns.mark_return_shipped,
                returns.receive_return,
                returns.complete_return,
            ][place % 4]
            detail = self.customer(returns.get_return_detail, number)
            asked, before, unpaid = detail.quote, self._living(), self._unpaid()
            with suppress(PortalError):
                self.shop(step, number)
                if detail.order_return.status == "created":
                    given = (asked.money if asked else 0) * 100
                    assert self._living() - before == given, "approving gives other than asked"
                    less = asked.unpaid if asked else 0
                    assert unpaid - self._unpaid() == less, "asked for other than shown"
            quote = self.customer(returns.get_return_detail, number).quote
            assert quote is None or adds_up(quote), "the lines of a return do not add up"

    def _inspect(self, place: int) -> None:
        """Of what was asked: all, some, none accepted; the rest refused, or not in the parcel."""
        for number in self._requests("approved", "shipped"):
            for step in (returns.mark_return_shipped, returns.receive_return):
                with suppress(PortalError):
                    self.shop(step, number)
        for number in self._requests("received"):
            asked = self.customer(returns.get_return, self.number, number).return_items
            before, points = self._living(), self._given_otherwise()
            items = [
                {
                    "sku": item.sku,
                    "accepted": item.quantity * (place % 3) // 2,
                    "refused": (item.quantity - item.quantity * (place % 3) // 2) * (place < 5),
                    "reason_code": "worn",
                    "can_ask_again": place == 4,
                }
                for item in asked
            ]
            self.shop(
                returns.inspect_return,
                number,
                InspectReturn.model_validate({"return_items": items}),
            )
            self._inspected[number] = self._out_of_hand(number)
            assert self._living() <= before, "less is accepted, and more money goes back"
            assert self._given_otherwise() <= points, "less is accepted, and more points go back"
            if place % 3 == 2:
                assert self._living() == before, "all is accepted, and less goes back"

    def _correct(self, place: int) -> None:
        """Of what was inspected: all, some or none accepted after all."""
        for number in self._requests("received"):
            asked = self.customer(returns.get_return, self.number, number).return_items
            if asked[0].inspection is None:
                continue
            items = [
                {
                    "sku": item.sku,
                    "accepted": item.quantity * (place % 3) // 2,
                    "refused": (item.quantity - item.quantity * (place % 3) // 2) * (place < 5),
                    "reason_code": "damaged",
                    "can_ask_again": place == 4,
                }
                for item in asked
            ]
            data = InspectReturn.model_validate({"return_items": items})
            self.shop(returns.correct_inspection, number, data)
            # What stands now is what saying so at first would have given.
            self._inspected[number] = self._out_of_hand(number)

    def _cancel_return(self, place: int) -> None:
        if numbers := self._requests():
            self.customer(returns.cancel_return, numbers[place % len(numbers)])

    def _claim(self, place: int) -> None:
        shown = self.customer(service.get_order, self.number).view().claim_eligibility
        wish, units = ("replacement" if place in (3, 7) else "refund"), 1 + place % 3
        if place % 2 and shown.parcels:
            parcel = shown.parcels[0]
            offered = self.customer(claims.list_claimable, self.number).parcels
            ways = {one.reference_number: one.resolutions for one in offered}
            assert parcel.is_allowed == (parcel.reference_number in ways), "page and order differ"
            data = {"wish": wish, "reference_number": parcel.reference_number}
            can = wish in ways.get(parcel.reference_number, [])
        else:
            line = shown.lines[0]
            problem = list(ClaimProblem)[place % 4]
            data = {"wish": wish, "claim_items": [{"sku": line.sku, "quantity": units}]}
            data["claim_items"][0]["problem"] = problem  # type: ignore[index]
            can = units <= line.claimable_quantity and wish in line.resolutions
        self._deed(can, claims.create_claim, self.number, CreateClaim.model_validate(data))

    def _open_claims(self) -> list[Claim]:
        return [row for row in self.rows(Claim) if row.status == "open"]

    def _accept_claim(self, place: int) -> None:
        for claim in self._open_claims():
            body: dict[str, Any] = {"resolution": list(ClaimResolution)[place % 3]}
            if place == 6:
                body = {"resolution": "refund", "amount": Decimal("0.01")}
            before = self._living()
            with suppress(PortalError):
                self.shop(claims.accept_claim, claim.claim_number, AcceptClaim.model_validate(body))
                if body["resolution"] == "replacement":
                    assert self._living() == before, "sent again, and money goes back"

    def _reject_claim(self, place: int) -> None:
        if found := self._open_claims():
            number = found[place % len(found)].claim_number
            self.shop(claims.reject_claim, number, "We saw it whole")

    def _withdraw_claim(self, place: int) -> None:
        if found := self.rows(Claim):
            one = found[place % len(found)]
            self._deed(one.status == "open", claims.withdraw_claim, one.claim_number)

    def _cancel_replacement(self, place: int) -> None:
        sent = [row for row in self.rows(Claim) if row.replacement_order_id]
        if sent:
            with self.database.session(writes=False) as db:
                order = db.get_one(Order, sent[place % len(sent)].replacement_order_id)
            self.shop(service.cancel_for_shop, order.order_number, "Sold out")

    def _approve_refund(self, place: int) -> None:
        if refund := self.one(Refund, place):
            self.shop(service.approve_refund, refund.request_number)

    def _settle_refund(self, place: int) -> None:
        if refund := self.one(Refund, place):
            self.shop(service.settle_refund, refund.request_number, succeeded=True)

    def _unpaid(self) -> Decimal:
        """Money that is asked for: of a cancelled order none, whatever was not paid of it."""
        if self.customer(service.get_order, self.number).view().status == "cancelled":
            return Decimal(0)
        unpaid: Decimal = self.customer(service.get_payment_status, self.number).amount_unpaid
        return unpaid

    def _living(self) -> int:
        """Money that went back or is promised."""
        return sum(
            row.refund_amount
            for row in self.rows(Refund)
            if row.status != "failed"
            and row.payment_mode != rules.POINTS
            and row.payment_method != rules.STORE_CREDIT
        )

    def _given_otherwise(self) -> int:
        """What went back or is promised as points or store credit."""
        living = sum(row.refund_amount for row in self.rows(Refund) if row.status != "failed")
        return living - self._living()

    def _out_of_hand(self, number: str) -> int:
        """What of a return's refunds went back, or was handed over to be sent."""
        [request] = [row for row in self.rows(OrderReturn) if row.request_number == number]
        return sum(
            row.refund_amount
            for row in self.rows(Refund)
            if row.return_id == request.id
            and (row.status == "success" or (row.handed_over_at and row.status == "approved"))
        )

    def _fail_refund(self, place: int) -> None:
        if refund := self.one(Refund, place):
            with suppress(PortalError):
                self.shop(service.approve_refund, refund.request_number)
            before = self._living()
            self.shop(service.settle_refund, refund.request_number, succeeded=False)
            assert self._living() == before, "what a bank did not take is promised again"

    def _goodwill(self, place: int) -> None:
        self.shop(service.create_refund, self.number, Decimal(1 + place))

    def _days(self, place: int) -> None:
        self._clock.advance(days=5 * (1 + place), seconds=1)

    def live(self, steps: Sequence[tuple[str, int]], counted: Steps) -> None:
        """Take the steps; after each the books must hold."""
        counted.lives += 1
        self.check()
        for step, place in steps:
            self._note(f"{step} {place}")
            counted.taken += 1
            try:
                self.take(step, place)
            except PortalError as refusal:
                self._note(f"  refused: {refusal}")
                counted.refused += 1
            self.check()

    @staticmethod
    def _note(text: str) -> None:
        if currently_in_test_context():
            note(text)

    def check(self) -> None:
        """What must be true now."""
        with self.database.session(writes=False) as db:
            order = db.get_one(Order, self.id)
            facts = facts_of(db, order)
            money = facts.money()
            assert money_of(db, order) == money, "two readers of the money differ"
            self._check_money(money)
            self._check_units(facts)
            self._check_inspected(db)
        self._check_what_is_shown(facts, money)
        self._check_kept()

    def _check_kept(self) -> None:
        """What is kept beside the document is what the tables say."""
        with self.database.session(writes=False) as db:
            [facts] = load_facts(db, [self.id], ask_for_countries=True)
            document = db.get_one(OrderDocument, self.id)
            [kept] = read_kept_facts(db, [self.id]).values()
        assert document.facts == keep_facts(facts), "facts kept and facts read differ"
        stored = document.detail.encode()
        shown = [whole_detail(stored, one, self._clock.now) for one in (kept, facts)]
        assert shown[0] == shown[1], "the facts that are kept let more or less be done"
        assert kept.money() == facts.money(), "the facts that are kept are of other money"
        assert cancelled_worth(kept) == cancelled_worth(facts), "they tell another worth"

    def _check_money(self, money: rules.MoneyFacts) -> None:
        account = rules.account_of(money)
        assert account.kept >= 0, "the shop keeps less than nothing"
        assert account.owed_back == 0, "what is owed has a refund at once"
        promised = sum(
            one.amount for one in money.refunds if one.is_money and one.status != "failed"
        )
        assert promised <= account.arrived, "more is promised than arrived"
        if money.status == "cancelled":
            assert account.kept <= money.charge, "more is kept than the policy charges"
        assert account.arrived - promised <= account.due, "the shop keeps no more than is due"
        if money.status != "cancelled" and account.unpaid:
            handed_over = {row.id for row in self.rows(Refund) if row.handed_over_at}
            waiting = [
                one
                for one in money.refunds
                if one.is_money and one.status in WAITING and one.id not in handed_over
            ]
            assert not [one for one in waiting if one.purpose in OF_GOODS and one.amount], (
                "goods are refunded and asked for"
            )
        if not money.refunds and not money.returned:
            asked = max(0, account.due - money.lost)  # what never came is not asked for
            assert min(account.arrived, asked) + account.unpaid == asked, "paid + unpaid is not due"

    def _check_units(self, facts: OrderFacts) -> None:
        for line in facts.line_units():
            assert 0 <= line.sent <= line.quantity, "more units are sent than ordered"
            assert 0 <= line.sent_free <= line.free_quantity, "more free units than there are"
        arrived, held, lost = facts.delivered_units(), facts.held(), facts.lost()
        for row in facts.lines:
            gone = held[row["id"]].total + lost[row["id"]].total
            assert gone <= row["line_total"], "more is given back for a line than it cost"
        given: dict[str, int] = {}
        for row in [
            *(one for one in facts.return_items if facts.returns[one["return_id"]] not in OVER),
            *(one for one in facts.claims if not one["shipment_id"] and not one["return_id"]),
        ]:
            units = row["quantity"]
            if row.get("accepted_quantity") is not None:
                units = row["accepted_quantity"] + row["refused_quantity"] * (
                    not row["can_ask_again"]
                )
            given[row["line_id"]] = given.get(row["line_id"], 0) + units
        for line_id, units in given.items():
            assert units <= arrived[line_id], "a unit is returned and claimed, or claimed twice"
        for line_id, claim in line_claims(facts, self._clock.now).items():
            assert (claim.reason is None) == (claim.units > 0), "units and reason do not agree"
            left = arrived.get(line_id, 0) - held[line_id].units
            assert claim.units <= left, "more may be claimed than arrived and is not held"
        for line_id, line in line_eligibility(facts, self._clock.now).items():
            assert (line.reason is None) == (line.units > 0), "units and reason do not agree"
            left = arrived.get(line_id, 0) - held[line_id].units
            assert 0 <= line.units <= left, "more may go back than arrived and is not held"

    def _check_inspected(self, db: Session) -> None:
        """What a return gives back is what its accepted units are worth, once it was inspected."""
        for number, gone in self._inspected.items():
            request = db.execute(
                select(OrderReturn).where(col(OrderReturn.request_number) == number)
            ).scalar_one()
            items = db.execute(
                select(ReturnItem).where(col(ReturnItem.return_id) == request.id)
            ).scalars()
            worth = request.shipping_amount
            for row in items:
                line = db.get_one(OrderLine, row.line_id)
                dearest = -(-line.line_total // max(1, line.quantity - line.free_quantity))
                if row.resolution == "refund":
                    worth += min(row.refund_amount, row.accepted_quantity * dearest) - row.fee
            refunds = db.execute(
                select(Refund).where(
                    col(Refund.return_id) == request.id, col(Refund.status) != "failed"
                )
            ).scalars()
            back = sum(row.refund_amount for row in refunds)
            assert back <= max(worth, gone), "more goes back than the accepted units are worth"

    def _check_what_is_shown(self, facts: OrderFacts, money: rules.MoneyFacts) -> None:
        query = OrderQuery.model_validate({"user_id": self._owner.id, "limit": 100})
        self._list_first = not self._list_first  # what is read first may be late
        if self._list_first:
            listed = self.customer(service.list_orders, query).rows.view()
        detail = self.customer(service.get_order, self.number).view()
        if not self._list_first:
            listed = self.customer(service.list_orders, query).rows.view()
        states = {row.order_number: row.status for row in listed}
        assert self.number in states, "the list lacks the order"
        assert states[self.number] == detail.status, "list and detail differ"
        status = self.customer(service.get_payment_status, self.number)
        assert detail.payment_status == status.status, "detail and payment status differ"
        is_open = any(one.delivered_at + WINDOW >= self._clock.now for one in facts.arrivals())
        if detail.status == "complete":
            assert not is_open, "complete, and something can go back"
        if detail.status == "delivered":
            assert is_open, "delivered, and nothing can go back any more"
        with self.database.session(writes=False) as db:
            assert db.get_one(Order, self.id).status == detail.status, "row and detail differ"
            document = db.get_one(OrderDocument, self.id)
            assert document.status == detail.status, "document and detail differ"
            counted = db.execute(
                select(func.sum(col(OrderCount.count))).where(
                    col(OrderCount.customer_id) == document.customer_id
                )
            ).scalar_one()
            orders = db.execute(
                select(func.count()).where(col(Order.customer_id) == document.customer_id)
            ).scalar_one()
            assert counted == orders, "counts do not count the orders"
        can_retry = rules.can_retry_payment(money, self._clock.now)
        assert status.is_retry_available == can_retry, "retry is shown as it is not"
        if detail.is_cancellation_allowed:
            promised = detail.cancellation_refund_details
            assert promised is not None, "a cancel that can be does not say what it gives back"
            kept = sum(row["charge"] for row in facts.cancelled)
            charge = int(promised.cancellation_charges * 100)
            back = rules.account_of(money).left - kept - charge
            shown = promised.refundable_amount
            assert shown == Decimal(back) / 100, "a cancel gives back other than it shows"
