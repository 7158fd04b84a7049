"""Deeds on orders, and on what hangs on them: parcels, payments, refunds, returns."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.datastructures import FormData, UploadFile

from account_portal.claims.schemas import AcceptClaim
from account_portal.console.deeds.base import Deed, Do, Nothing, deed_of_order
from account_portal.console.rules import Permission
from account_portal.console.service.orders import awaited_money, owes_money
from account_portal.console.words import money as written
from account_portal.context import Context
from account_portal.core.errors import Conflict, InvalidInput
from account_portal.core.schemas import Input, Ulid, Upload
from account_portal.merchant import deeds, states
from account_portal.merchant.schemas import (
    CreateRefund,
    CreateShipment,
    MoveShipment,
    Reason,
    Redirection,
    RetryRefund,
    Settlement,
)
from account_portal.orders.rules import IS_HERE
from account_portal.returns import service as returns
from account_portal.returns.schemas import InspectReturn, ShowFound
from account_portal.states import ClaimResolution
from account_portal.withdrawals import service as withdrawals
from account_portal.withdrawals.schemas import MatchWithdrawal, SettleWithdrawal


class NotPaidYet(Conflict):
    """Goods of an order that is not paid are sent when staff say that they mean it."""

    code = "not_paid_yet"


def _require_paid(ctx: Context, order_number: str) -> None:
    amount, currency = awaited_money(ctx, order_number)
    if amount > 0:
        raise NotPaidYet(
            f"Of order {order_number}, {written(amount, currency)} is not paid yet. To send it all "
            "the same, tick so on the order's page."
        )


class Pack(CreateShipment):
    """What goes into a parcel, and whether it does though it is not paid."""

    unpaid: bool = False


class Move(MoveShipment):
    """A step of a parcel, and whether it leaves though it is not paid."""

    unpaid: bool = False


def _withdrawn(form: FormData) -> dict[str, Any]:
    """What a withdrawal is about: the order, and units of its lines, unless it is all of it.

    Raises:
        InvalidInput: no unit is chosen.
    """
    said = {name: form[name] for name in ("order_number", "answer") if form.get(name)}
    return {**said, "withdraw_items": _chosen(form)} if "sku" in form else said


def _units(form: FormData) -> dict[str, Any]:
    """What goes into a parcel, and whether it does though it is not paid.

    Raises:
        InvalidInput: nothing does.
    """
    return {"items": _chosen(form), "unpaid": form.get("unpaid")}


def _chosen(form: FormData) -> list[dict[str, Any]]:
    """Pairs of `sku` and `quantity`, of which some are 0.

    Raises:
        InvalidInput: all are.
    """
    pairs = zip(form.getlist("sku"), form.getlist("quantity"), strict=False)
    items: list[dict[str, Any]] = [
        {"sku": sku, "quantity": int(str(count)) if str(count).isdecimal() else count}
        for sku, count in pairs
        if count not in ("", "0")
    ]
    if not items:
        raise InvalidInput("Choose at least one unit.", items="must hold at least one unit")
    return items


def _step(step: Callable[..., None], words: str, *texts: str) -> Do:
    def do(ctx: Context, number: str, data: Any, by: str) -> str:
        deeds.step_return(ctx, step, number, *(getattr(data, name) for name in texts))
        return f"Return {number}: {words}."

    return do


def _inspected(form: FormData) -> dict[str, Any]:
    """What was received: of each line how much of it is accepted and refused, and why."""
    names = ("sku", "accepted", "refused", "reason_code", "note", "goods", "can_ask_again")
    items = []
    for values in zip(*(form.getlist(name) for name in names), strict=False):
        item = {name: one for name, one in zip(names, values, strict=True) if one != ""}
        counts = {
            name: int(one) for name, one in item.items() if name in names[1:3] and one.isdecimal()
        }
        items.append({"accepted": 0, **item, **counts})
    return {"return_items": items}


def _inspect(ctx: Context, number: str, data: InspectReturn, by: str) -> str:
    deeds.inspect_return(ctx, number, data)
    return f"Return {number} is inspected; what is not accepted is not refunded."


def _correct(ctx: Context, number: str, data: InspectReturn, by: str) -> str:
    deeds.correct_inspection(ctx, number, data)
    return f"The inspection of return {number} is corrected; its refunds follow."


def _shown(form: FormData) -> dict[str, Any]:
    """Photos and videos of one line, from one field for both."""
    files = [Upload.received(one) for one in form.getlist("files") if isinstance(one, UploadFile)]
    videos = [file for file in files if file.content_type.startswith("video/")]
    images = [file for file in files if file not in videos]
    return {"sku": form.get("sku"), "images": images, "videos": videos}


def _show(ctx: Context, number: str, data: ShowFound, by: str) -> str:
    kept = len(deeds.show_found(ctx, number, data))
    return f"Return {number}: {kept} {'file' if kept == 1 else 'files'} added."


class Hide(Input):
    """Which photo or video is taken out again."""

    evidence_id: Ulid


def _hide(ctx: Context, number: str, data: Hide, by: str) -> str:
    deeds.hide_found(ctx, number, data.evidence_id)
    return f"Return {number}: removed."


def _approve_order(ctx: Context, number: str, data: Nothing, by: str) -> str:
    deeds.approve_order(ctx, number)
    return f"Order {number} is confirmed."


def _cancel_order(ctx: Context, number: str, data: Reason, by: str) -> str:
    deeds.cancel_order(ctx, number, data.reason)
    money = "What was paid is owed back." if owes_money(ctx, number) else "No money goes back."
    return f"Order {number} is cancelled. {money}"


def _pack(ctx: Context, number: str, data: Pack, by: str) -> str:
    if not data.unpaid:
        _require_paid(ctx, number)
    return f"Parcel {deeds.create_shipment(ctx, number, data).reference_number} is made."


def _good_will(ctx: Context, number: str, data: CreateRefund, by: str) -> str:
    made = deeds.create_refund(ctx, number, data)
    return f"Refund {made.request_number} is promised; it waits to be approved."


def _move(ctx: Context, number: str, data: Move, by: str) -> str:
    parcel = states.of_shipment(ctx, number)
    if parcel.status in IS_HERE and data.status not in IS_HERE and not data.unpaid:
        _require_paid(ctx, parcel.order.order_number)
    status = deeds.move_shipment(ctx, number, data).status
    return f"Parcel {number} is {status.replace('_', ' ')}."


def _resend(ctx: Context, number: str, data: Nothing, by: str) -> str:
    again = deeds.resend_shipment(ctx, number).reference_number
    return f"What was in parcel {number} is sent again as {again}."


def _refund_parcel(ctx: Context, number: str, data: Nothing, by: str) -> str:
    made = deeds.refund_shipment(ctx, number).refunds
    return f"What was in parcel {number} goes back: {', '.join(made)}."


def _settle_payment(ctx: Context, number: str, data: Settlement, by: str) -> str:
    return f"Payment {number}: {deeds.settle_payment(ctx, number, data).status}."


def _approve_refund(ctx: Context, number: str, data: Nothing, by: str) -> str:
    if deeds.approve_refund(ctx, number).by_gateway:
        return f"Refund {number} is approved: the payment gateway sends it back, and tells."
    return f"Refund {number} is approved; pay it out, then say what became of it."


def _settle_refund(ctx: Context, number: str, data: Settlement, by: str) -> str:
    state = deeds.settle_refund(ctx, number, data)
    if state.status == "failed":
        return f"Refund {number} failed. It is owed still: a new one waits in its place."
    return f"Refund {number} is paid."


def _retry_refund(ctx: Context, number: str, data: RetryRefund, by: str) -> str:
    again = deeds.retry_refund(ctx, number, data).request_number
    return f"Refund {number} is tried again as {again}."


def _redirect(ctx: Context, number: str, data: Redirection, by: str) -> str:
    deeds.redirect_refund(ctx, number, data.bank_account_id)
    return f"Refund {number} goes to the bank account now."


def _accept_claim(ctx: Context, number: str, data: AcceptClaim, by: str) -> str:
    deeds.accept_claim(ctx, number, data)
    return f"Claim {number} is accepted: {_DONE[data.resolution]}."


_DONE = {
    ClaimResolution.REFUND: "the money goes back, the goods stay",
    ClaimResolution.REPLACEMENT: "the same is sent again",
    ClaimResolution.RETURN: "a return is set up",
}


def _reject_claim(ctx: Context, number: str, data: Reason, by: str) -> str:
    deeds.reject_claim(ctx, number, data.reason)
    return f"Claim {number} is declined."


def _carry_out(ctx: Context, number: str, data: MatchWithdrawal, by: str) -> str:
    done = withdrawals.carry_out_for_shop(ctx, number, data)
    return f"Withdrawal {number}: {done}."


def _settle_withdrawal(ctx: Context, number: str, data: SettleWithdrawal, by: str) -> str:
    withdrawals.settle_for_shop(ctx, number, data)
    return f"Withdrawal {number} is settled."


DEEDS: Mapping[str, Deed] = {
    "order.approve": deed_of_order("order", Permission.ORDERS, _approve_order),
    "order.cancel": deed_of_order("order", Permission.ORDERS, _cancel_order, Reason),
    "order.pack": deed_of_order("order", Permission.PARCELS, _pack, Pack, _units),
    "order.refund": deed_of_order("order", Permission.REFUNDS, _good_will, CreateRefund),
    "parcel.move": deed_of_order("parcel", Permission.PARCELS, _move, Move),
    "parcel.resend": deed_of_order("parcel", Permission.PARCELS, _resend),
    "parcel.refund": deed_of_order("parcel", Permission.REFUNDS, _refund_parcel),
    "payment.settle": deed_of_order("payment", Permission.PAYMENTS, _settle_payment, Settlement),
    "refund.approve": deed_of_order("refund", Permission.REFUNDS, _approve_refund),
    "refund.settle": deed_of_order("refund", Permission.REFUNDS, _settle_refund, Settlement),
    "refund.retry": deed_of_order("refund", Permission.REFUNDS, _retry_refund, RetryRefund),
    "refund.redirect": deed_of_order("refund", Permission.REFUNDS, _redirect, Redirection),
    "withdrawal.carry_out": Deed(
        Permission.RETURNS, "withdrawal", _carry_out, MatchWithdrawal, read=_withdrawn
    ),
    "withdrawal.settle": Deed(
        Permission.RETURNS, "withdrawal", _settle_withdrawal, SettleWithdrawal
    ),
    "claim.accept": deed_of_order("claim", Permission.RETURNS, _accept_claim, AcceptClaim),
    "claim.reject": deed_of_order("claim", Permission.RETURNS, _reject_claim, Reason),
    "return.approve": deed_of_order(
        "return", Permission.RETURNS, _step(returns.approve_return, "approved")
    ),
    "return.reject": deed_of_order(
        "return", Permission.RETURNS, _step(returns.reject_return, "declined", "reason"), Reason
    ),
    "return.ship": deed_of_order(
        "return", Permission.GOODS_BACK, _step(returns.mark_return_shipped, "on its way back")
    ),
    "return.receive": deed_of_order(
        "return", Permission.GOODS_BACK, _step(returns.receive_return, "arrived")
    ),
    "return.inspect": deed_of_order(
        "return", Permission.GOODS_BACK, _inspect, InspectReturn, _inspected
    ),
    "return.correct": deed_of_order(
        "return", Permission.GOODS_BACK, _correct, InspectReturn, _inspected
    ),
    "return.show": Deed(
        Permission.GOODS_BACK, "return", _show, ShowFound, read=_shown, takes_files=True
    ),
    "return.hide": deed_of_order("return", Permission.GOODS_BACK, _hide, Hide),
    "return.complete": deed_of_order(
        "return", Permission.GOODS_BACK, _step(returns.complete_return, "complete")
    ),
}
