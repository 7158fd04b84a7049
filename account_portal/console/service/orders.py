"""One order on one screen: its account, parcels, returns, refunds, and who did what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlmodel import col

from account_portal.console.service import audit
from account_portal.context import Context
from account_portal.core import money
from account_portal.core.errors import NotFound
from account_portal.core.ids import made_at
from account_portal.events import EventType, moments_of
from account_portal.merchant import lists, rows
from account_portal.merchant.claim_rows import ClaimRow, ClaimsQuery
from account_portal.merchant.return_rows import ReturnRow
from account_portal.models import Order, OrderDocument, Shipment, ShipmentEvent, User
from account_portal.orders import rules
from account_portal.orders.facts import OrderFacts, facts_of, money_of
from account_portal.returns import rules as return_rules
from account_portal.states import (
    OrderStatus,
    RefundStatus,
    ReturnStatus,
    ShipmentStatus,
    TransactionStatus,
)

ALL = 200
"""Parts of an order that its screen shows."""

NEWEST = 20
"""Rows of each kind on a customer's screen."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where the money of an order is, in major units of its currency."""

    due: Any
    """Less what was cancelled or lost since."""
    arrived: Any
    gone: Any
    promised: Any
    owed_back: Any
    unpaid: Any
    credit_back: Any
    """Store credit that came back, or is to."""
    left: Any
    """The most a goodwill refund may be."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """Units of a line that are in no parcel yet."""

    sku: str
    name: str
    units: int


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of an order's history."""

    at: datetime
    what: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class OrderScreen:
    """All the screen of one order shows."""

    order: Mapping[str, Any]
    customer: User | None
    account: Account
    unpacked: Sequence[Unpacked]
    parcels: Sequence[rows.ShipmentRow]
    payments: Sequence[rows.PaymentRow]
    refunds: Sequence[rows.RefundRow]
    returns: Sequence[ReturnRow]
    claims: Sequence[ClaimRow]
    payout_accounts: Sequence[rows.BankAccountRow]
    history: Sequence[Happened]
    awaited: Any
    """What is not paid yet and is to come before goods are sent, in major units."""
    is_digital: bool
    """Nothing of it is sent: it is there once it is paid."""
    can_approve: bool
    can_cancel: bool


def read_order(ctx: Context, order_number: str) -> OrderScreen:
    """Everything about one order.

    Raises:
        NotFound: there is none of that number.
    """
    detail = orjson.loads(lists.get_order(ctx, order_number).json)
    statement = select(Order).where(col(Order.order_number) == order_number)
    order = ctx.db.execute(statement).scalar_one()
    facts = facts_of(ctx.db, order)
    owner = select(User).where(col(User.customer_id) == order.customer_id).order_by(col(User.id))
    customer = ctx.db.execute(owner.limit(1)).scalar_one_or_none()
    of_order = {"order_number": order_number, "limit": ALL}
    refunds = lists.list_refunds(ctx, rows.RefundsQuery(**of_order)).rows
    returns = lists.list_returns(ctx, rows.ReturnsQuery(**of_order)).rows
    claims = lists.list_claims(ctx, ClaimsQuery(**of_order)).rows
    parcels = lists.list_shipments(ctx, rows.ShipmentsQuery(**of_order)).rows
    payments = lists.list_payments(ctx, rows.PaymentsQuery(**of_order)).rows
    verified = rows.BankAccountsQuery(customer=order.customer_id, status=["verified"], limit=ALL)
    status = OrderStatus(order.status)
    names = {line["sku"]: line["product_name"] for line in facts.lines}
    is_open = status not in rules.FINAL | WAITING
    left = rules.allocate(facts.units_to_send(), None) if is_open else {}
    skus = {line["id"]: line["sku"] for line in facts.lines}
    return OrderScreen(
        order=detail,
        customer=customer,
        account=_account(order, facts.money()),
        unpacked=[
            Unpacked(skus[line_id], names[skus[line_id]], units)
            for line_id, (units, _) in left.items()
        ],
        parcels=parcels,
        payments=payments,
        refunds=refunds,
        returns=returns,
        claims=claims,
        payout_accounts=lists.list_bank_accounts(ctx, verified).rows,
        history=_history(ctx, order, facts, payments, refunds, returns, claims),
        awaited=money.to_major(rules.awaited(facts.money()), order.currency),
        is_digital=facts.is_digital,
        can_approve=status in WAITING,
        can_cancel=rules.can_shop_cancel(
            status, [ShipmentStatus(row["status"]) for row in facts.shipments]
        ),
    )


def awaited_money(ctx: Context, order_number: str) -> tuple[Any, str]:
    """What is to come before goods of an order are sent, in major units, and its currency.

    Raises:
        NotFound: no such order.
    """
    order = _order(ctx, order_number)
    awaited = rules.awaited(money_of(ctx.db, order))
    return money.to_major(awaited, order.currency), order.currency


def owes_money(ctx: Context, order_number: str) -> bool:
    """Whether money of an order is to go back.

    Raises:
        NotFound: no such order.
    """
    account = rules.account_of(money_of(ctx.db, _order(ctx, order_number)))
    return account.promised + account.owed_back > 0


def _order(ctx: Context, order_number: str) -> Order:
    statement = select(Order).where(col(Order.order_number) == order_number)
    order = ctx.db.execute(statement).scalar_one_or_none()
    if order is None:
        raise NotFound
    return order


WAITING = frozenset({OrderStatus.DRAFT, OrderStatus.AWAITING_APPROVAL})


def _account(order: Order, facts: rules.MoneyFacts) -> Account:
    account = rules.account_of(facts)
    # What was never paid of a cancelled order is not asked for any more.
    unpaid = 0 if facts.status is OrderStatus.CANCELLED else account.unpaid

    def major(minor: int) -> Any:
        return money.to_major(minor, order.currency)

    return Account(
        due=major(rules.payable(facts)),
        arrived=major(account.arrived),
        gone=major(account.gone),
        promised=major(account.promised),
        owed_back=major(account.owed_back),
        unpaid=major(unpaid),
        credit_back=major(order.credit_balance_used - rules.credit_left(facts)),
        left=major(account.left),
    )


def next_steps(status: ShipmentStatus) -> list[ShipmentStatus]:
    """Where a parcel may go from here."""
    return [step for step in ShipmentStatus if rules.can_move(status, step)]


def return_steps(status: ReturnStatus) -> list[ReturnStatus]:
    """Where the shop may take a return from here."""
    by_customer = ReturnStatus.CANCELLED
    return [
        step
        for step in ReturnStatus
        if step is not by_customer and return_rules.can_move(status, step)
    ]


def _history(
    ctx: Context,
    order: Order,
    facts: OrderFacts,
    payments: Sequence[rows.PaymentRow],
    refunds: Sequence[rows.RefundRow],
    returns: Sequence[ReturnRow],
    claims: Sequence[ClaimRow],
) -> list[Happened]:
    found = [Happened(order.order_date, "Order placed")]
    if order.cancelled_at:
        reason = f": {order.cancellation_reason}" if order.cancellation_reason else ""
        found.append(Happened(order.cancelled_at, f"Order cancelled{reason}"))
    failed = _failed_at(facts)
    names = {line["id"]: line["product_name"] for line in facts.lines}
    for row in facts.cancelled:
        reason = f": {row['reason']}" if row["reason"] else ""
        what = f"{row['quantity']} × {names[row['line_id']]} cancelled{reason}"
        found.append(Happened(row["created_at"], what))
    changed = moments_of(
        ctx.db, EventType.ORDER_DELIVERY_CHANGED, order.customer_id, order.order_number
    )
    found += [Happened(at, "Delivery changed by the customer") for at in changed]
    for paid in payments:
        found.append(Happened(paid.created_at, f"Payment {paid.request_number} begun"))
        if paid.status != "pending" and (
            at := paid.payment_date or failed.get(paid.request_number)
        ):
            found.append(Happened(at, _became("Payment", paid.request_number, paid.status)))
    for refund in refunds:
        found.append(Happened(refund.created_at, f"Refund {refund.request_number} promised"))
        if at := refund.refund_date or failed.get(refund.request_number):
            found.append(Happened(at, _became("Refund", refund.request_number, refund.status)))
    for request in returns:
        found.append(Happened(request.created_at, f"Return {request.request_number} asked for"))
        for step, words in _STEPS_OF_RETURNS.items():
            if at := getattr(request, f"{step}_at"):
                found.append(Happened(at, f"Return {request.request_number} {words}"))
    for claim in claims:
        found.append(Happened(claim.created_at, f"Claim {claim.claim_number} opened"))
        ended = claim.decided_at or claim.withdrawn_at
        if ended:
            found.append(Happened(ended, _became("Claim", claim.claim_number, claim.status)))
    steps = (
        select(
            col(Shipment.reference_number),
            col(ShipmentEvent.status),
            col(ShipmentEvent.text),
            col(ShipmentEvent.place),
            col(ShipmentEvent.happened_at),
        )
        .join(Shipment, col(Shipment.id) == col(ShipmentEvent.shipment_id))
        .where(col(Shipment.order_id) == order.id)
        .order_by(col(ShipmentEvent.happened_at).desc())
        .limit(ALL)
    )
    for number, status, text, place, at in ctx.db.execute(steps):
        where = f" ({place})" if place else ""
        # A deleted account took the courier's words with it.
        words = text or status.replace("_", " ")
        found.append(Happened(at, f"Parcel {number}: {words}{where}"))
    return _with_names(ctx, order.order_number, found)


def _failed_at(facts: OrderFacts) -> dict[str, datetime]:
    """When payments and refunds of an order failed that say no day, by their numbers.

    Of one that an import brought as failed nobody knows: it is told with the attempt.
    """
    failed = [row for row in facts.payments if row["payment_status"] == TransactionStatus.FAILED]
    failed += [row for row in facts.refunds if row["status"] == RefundStatus.FAILED]
    return {
        row["request_number"]: row["modified_at"]
        if row["modified_at"] > made_at(row["id"])  # here, not by the import
        else row["created_at"]
        for row in failed
    }


_STEPS_OF_RETURNS = {
    "approved": "approved",
    "rejected": "declined",
    "shipped": "on its way back",
    "received": "arrived here",
    "inspected": "inspected",
    "inspection_corrected": "inspected again",
    "completed": "complete",
    "cancelled": "cancelled",
}
_BECAME = {
    ("Payment", "success"): "arrived",
    ("Refund", "success"): "paid back",
    ("Claim", "rejected"): "declined",
}


def _became(what: str, number: str, status: str) -> str:
    """What became of a payment, refund or claim, as its deed is called."""
    return f"{what} {number} {_BECAME.get((what, status), status.replace('_', ' '))}"


def _with_names(ctx: Context, order_number: str, found: list[Happened]) -> list[Happened]:
    """Newest first, with who of the staff did it; what only the audit log tells is added."""
    told = audit.list_entries(
        ctx, about=f"order {order_number}", limit=ALL, without_looks=True
    ).rows
    by = {entry.created_at: entry.actor for entry in told if entry.outcome == audit.DONE}
    named = [Happened(one.at, one.what, by.get(one.at, "")) for one in found]
    at_once = {one.at for one in found}
    named += [
        Happened(entry.created_at, _words(entry), entry.actor)
        for entry in told
        if entry.outcome == audit.DONE and entry.created_at not in at_once
    ]
    named.reverse()  # of one moment what was found last happened last
    return sorted(named, key=lambda one: one.at, reverse=True)


_DEEDS = {
    "order.approve": "Order {} confirmed",
    "order.cancel": "Order {} cancelled",
    "order.pack": "Parcel made for order {}",
    "order.refund": "Goodwill refund for order {}",
    "parcel.move": "Parcel {} moved",
    "parcel.resend": "Parcel {} sent again",
    "parcel.refund": "Parcel {} refunded",
    "payment.settle": "Payment {} settled",
    "refund.approve": "Refund {} approved",
    "refund.settle": "Refund {} settled",
    "refund.retry": "Refund {} tried again",
    "refund.redirect": "Refund {} sent another way",
    "return.show": "Photos of what was found in return {} added",
    "return.hide": "Photo of what was found in return {} removed",
}
"""What a deed did, of those whose line only the audit log has."""


def _words(entry: audit.ShownEntry) -> str:
    thing = entry.details.get("number", "")
    what = entry.action.replace(".", " ").replace("_", " ").capitalize()
    return _DEEDS.get(entry.action, f"{what} {{}}").format(thing).strip()


def read_customer(ctx: Context, customer_id: str) -> tuple[rows.CustomerRow, dict[str, Any]]:
    """A customer, and what they have with the shop, the newest of each.

    Raises:
        NotFound: nobody has that id.
    """
    customer = lists.get_customer(ctx, customer_id)
    if customer is None:
        raise NotFound
    mine = {"customer": customer.customer_id, "limit": NEWEST}
    return customer, {
        "orders": _newest_orders(ctx, customer.customer_id),
        "returns": lists.list_returns(ctx, rows.ReturnsQuery(**mine)).rows,
        "claims": lists.list_claims(ctx, ClaimsQuery(**mine)).rows,
        "reviews": lists.list_reviews(ctx, rows.ReviewsQuery(**mine)).rows,
        "bank_accounts": lists.list_bank_accounts(ctx, rows.BankAccountsQuery(**mine)).rows,
    }


def _newest_orders(ctx: Context, customer_id: str) -> list[dict[str, Any]]:
    """Those placed last: an import brings old orders after new ones."""
    found = ctx.db.execute(
        select(
            col(Order.order_number),
            col(Order.order_date),
            col(OrderDocument.status),
            col(Order.grand_total),
            col(Order.currency),
        )
        .join(OrderDocument, col(OrderDocument.order_id) == col(Order.id))
        .where(col(Order.customer_id) == customer_id)
        .order_by(col(Order.order_date).desc(), col(Order.order_number).desc())
        .limit(NEWEST)
    ).mappings()
    return [
        {**row, "grand_total": money.to_major(row["grand_total"], row["currency"])} for row in found
    ]
