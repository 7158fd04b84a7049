"""What cancelling would do: worked out once, shown in the preview and done by the deed."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from account_portal.context import Context
from account_portal.core import money
from account_portal.core.bulk import Stored
from account_portal.core.errors import NotFound
from account_portal.models import BankAccount, Order
from account_portal.orders import rules
from account_portal.orders.facts import (
    OrderFacts,
    cancel_reason,
    cancelled_account,
    charges_of,
    deeds_of,
    facts_of,
    line_cancels,
)
from account_portal.orders.schemas import CancelChoice, CancelItem, CancelPreview, PreviewedLine
from account_portal.orders.service.refund_reading import arrived_payments, expected_date
from account_portal.orders.service.refunds import points_back
from account_portal.states import OrderStatus, RefundMode, VerificationStatus


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """Units of a line that are to be cancelled."""

    line: Stored
    units: int
    free: int
    amount: int
    """What they cost, tax included."""
    charge: int
    """What of it the shop keeps."""


@dataclass(frozen=True, slots=True)
class CancelPlan:
    """What cancelling does, and what of it a customer is shown."""

    items: list[PlannedItem]
    """Those whose order goes on; of a whole order none."""
    kept: int
    """What the shop keeps of a whole order, with what it kept of items that went before."""
    to: BankAccount | None
    shown: CancelPreview


def plan_cancel(ctx: Context, order: Order, data: CancelChoice, *, lock: bool) -> CancelPlan:
    """Work out what a cancel would do.

    Raises:
        BankAccountRequired: a bank transfer without an account.
        OrderAlreadyCancelled, OrderNotCancellable: its state or the policy forbids it.
        UnknownSku: the order has no such line.
        QuantityNotCancellable: more units than can be cancelled.
        BankAccountNotFound, BankAccountNotVerified: the account cannot take the money.
    """
    if data.refund_mode is RefundMode.BANK_TRANSFER and data.bank_account_id is None:
        raise rules.BankAccountRequired(bank_account_id="is required for a bank transfer")
    if order.status == OrderStatus.CANCELLED:
        raise rules.OrderAlreadyCancelled
    facts = facts_of(ctx.db, order)
    items = plan_items(ctx, facts, data.cancel_items) if data.cancel_items else []
    to = _payout_account(ctx, data, lock=lock)
    if items:
        return _plan_of_items(ctx, order, facts, items, data, to)
    reason = cancel_reason(facts, ctx.now)
    if reason is not None:
        raise rules.OrderNotCancellable(rules.WORDS[reason])
    back = cancelled_account(facts, ctx.now)
    gone, lost = facts.cancelled_units(), facts.lost()
    before = facts.money()
    shown = _preview(
        ctx,
        order,
        [
            (
                line,
                line["quantity"] - gone[line["id"]].units,
                line["line_total"] - lost[line["id"]].total,
            )
            for line in facts.lines_to_come
        ],
        rules.Means(
            money=back.money,
            points=rules.left_to_refund(before).points,
            credit=back.credit,
            unpaid=rules.account_of(before).unpaid,
        ),
        back.charge,
        data,
        to,
        points=min(order.loyalty_point_redeemed, facts.points_spent),
        charges=charges_of(facts),
    )
    return CancelPlan([], back.charge + back.kept, to, shown)


def plan_items(
    ctx: Context, facts: OrderFacts, wanted: list[CancelItem], *, beyond_policy: bool = False
) -> list[PlannedItem]:
    """Find the units and what they cost; none if nothing of the order would be left.

    Of a line with free units all or nothing goes: they came with those that were paid. The policy
    binds neither the shop nor who withdraws from the contract (`beyond_policy`).

    Raises:
        UnknownSku: the order has no such line.
        QuantityNotCancellable: more units than can be cancelled.
    """
    asked: dict[str, int] = {}
    for item in wanted:
        asked[item.sku] = asked.get(item.sku, 0) + item.quantity
    unknown = asked.keys() - {line["sku"] for line in facts.lines}
    if unknown:
        raise rules.UnknownSku(f"sku {min(unknown)} is not in the order")
    cancels = line_cancels(facts, ctx.now, beyond_policy=beyond_policy)
    gone, lost, held = facts.cancelled_units(), facts.lost(), facts.held()
    is_paid = rules.account_of(facts.money()).unpaid == 0
    found = []
    for line in facts.lines:
        units = asked.get(line["sku"], 0)
        if not units:
            continue
        can, left = cancels[line["id"]], line["quantity"] - gone[line["id"]].units
        if units > can.units:
            why = f" {rules.WORDS[can.reason.code]}" if can.reason else ""
            raise rules.QuantityNotCancellable(
                f"{can.units} units of {line['product_name']} can be cancelled.{why}"
            )
        if line["free_quantity"] and units < left:
            raise rules.QuantityNotCancellable(
                f"{line['product_name']} came with free units: cancel all {left} or none."
            )
        free = line["free_quantity"] - gone[line["id"]].free
        other = [lost[line["id"]], held[line["id"]]]
        amount = rules.worth_of(
            units - free,
            line["quantity"] - line["free_quantity"],
            line["line_total"],
            gone_units=sum(one.valued for one in other),
            gone_amount=sum(one.total for one in other),
        )
        charge = rules.share_of(amount, can.charge) if is_paid else 0
        found.append(PlannedItem(line, units, free, amount, charge))
    total = sum(line["quantity"] - gone[line["id"]].units for line in facts.lines)
    return [] if sum(item.units for item in found) == total else found


def _plan_of_items(
    ctx: Context,
    order: Order,
    facts: OrderFacts,
    items: list[PlannedItem],
    data: CancelChoice,
    to: BankAccount | None,
) -> CancelPlan:
    charge = sum(item.charge for item in items)
    back = rules.planned_refund(facts.money(), sum(item.amount for item in items) - charge)
    shown = _preview(
        ctx,
        order,
        [(item.line, item.units, item.amount) for item in items],
        back,
        charge,
        data,
        to,
        points=points_back(ctx, order, back.points),
    )
    return CancelPlan(items, 0, to, shown)


def _preview(
    ctx: Context,
    order: Order,
    lines: list[tuple[Stored, int, int]],
    back: rules.Means,
    charge: int,
    data: CancelChoice,
    to: BankAccount | None,
    *,
    points: int,
    charges: int = 0,
) -> CancelPreview:
    """What is shown.

    `points` are those that come back, in hundredths; `charges` what the order cost beside its
    lines, if that comes back too.
    """

    def major(amount: int) -> Decimal:
        return money.to_major(amount, order.currency)

    refund = refund_to(data.refund_mode, to)
    goods = sum(amount for *_, amount in lines)
    less = rules.less_back(goods + charges - charge, back)
    return CancelPreview(
        lines=[
            PreviewedLine(
                sku=line["sku"],
                product_name=line["product_name"],
                quantity=units,
                amount=major(amount),
            )
            for line, units, amount in lines
        ],
        goods=major(goods),
        delivery=major(charges),
        less=major(less),
        less_reason=rules.why_less(goods, less),
        charge=major(charge),
        money=major(back.money),
        credit=major(back.credit),
        points=money.to_points(points),
        points_amount=major(back.points),
        unpaid=major(back.unpaid),
        way=rules.refund_way(refund, arrived_payments(ctx, order.id)),
        expected_date=expected_date(ctx, ctx.now, data.refund_mode) if back.money else None,
        currency=order.currency,
    ).sealed(order.customer_id, order.id, deeds_of(ctx.db, order))


def refund_to(mode: RefundMode, to: BankAccount | None) -> dict[str, Any]:
    """Which way a refund goes, as `rules.refund_way` reads it."""
    return {
        "payment_mode": mode,
        "payment_method": None,
        "bank_name": to.bank_name if to else None,
        "bank_account_number": to.number_masked if to else None,
    }


def _payout_account(ctx: Context, data: CancelChoice, *, lock: bool) -> BankAccount | None:
    if data.refund_mode is not RefundMode.BANK_TRANSFER:
        return None
    try:
        account = ctx.get_owned(BankAccount, lock=lock, id=data.bank_account_id)
    except NotFound:
        raise rules.BankAccountNotFound from None
    if account.verification_status != VerificationStatus.VERIFIED:
        raise rules.BankAccountNotVerified
    return account
