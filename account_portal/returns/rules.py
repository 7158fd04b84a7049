"""Rules of returns: pure, no database, no clock. Amounts are minor units.

How money adds up:

- Units of a line are worth their share of what the line cost. The share is taken from what is left
  of the line, so that returning it unit by unit, in any order and with requests cancelled in
  between, adds up to the line's total exactly. What other requests hold may have been written down
  elsewhere, for nothing or too much: still no unit is worth more than was paid for it.
- An order may have been paid by money, points and store credit together. What goods are worth goes
  back in the same proportion, again as a share of what is left of each, so that no more of any of
  them goes back than was given. Money that never arrived is not refunded.
- Shipping and handling are refunded only with an order that is withdrawn from as a whole
  (`service.delivery`).
- A replacement is an order of its own whose units are free; it neither costs nor gives back money.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from account_portal.core.errors import Conflict, Unprocessable
from account_portal.orders.rules import NEVER_GOES_BACK, WORDS, Reason, share_of, worth_of
from account_portal.states import ReturnResolution, ReturnStatus


class OrderNotReturnable(Conflict):
    """Nothing of the order can ever be returned as it stands."""

    code = "order_not_returnable"
    message = "Nothing from this order can be returned."


class ReturnWindowClosed(Conflict):
    """It was delivered too long ago."""

    code = "return_window_closed"
    message = "The time to return this is over."


class ItemNotInOrder(Unprocessable):
    """The order has no such line, or the line is of another product."""

    code = "item_not_in_order"
    message = "This item is not part of the order."


class ItemNotDelivered(Unprocessable):
    """No unit of the line has arrived."""

    code = "item_not_delivered"
    message = "This item has not been delivered yet."


class ItemNotReturnable(Unprocessable):
    """The policy of the store lets it never go back."""

    code = "item_not_returnable"
    message = "This item cannot be returned."


class ResolutionNotOffered(Unprocessable):
    """The policy of the store offers something else for it."""

    code = "resolution_not_offered"
    message = "This is not offered for this item."


class QuantityNotReturnable(Unprocessable):
    """More units than arrived, were paid for and are in no other request."""

    code = "quantity_not_returnable"
    message = "So many units cannot be returned."


class ReturnNotMovable(Conflict):
    """The request can't take that step from where it is."""

    code = "return_not_movable"
    message = "This return cannot take that step now."


class ReturnNotCancellable(Conflict):
    """The goods, the money or the replacement are on their way."""

    code = "return_not_cancellable"
    message = "This return can no longer be cancelled."


class ReturnNotChangeable(Conflict):
    """The store decided on the request already, or it is what a withdrawal asked for."""

    code = "return_not_changeable"
    message = "This return can no longer be changed."


class ReturnNotUnderWay(Conflict):
    """The store has not agreed to it yet, has the goods already, or never gets them."""

    code = "return_not_under_way"
    message = "The parcel of this return cannot be named now."


class InspectionFinal(Conflict):
    """Money, goods or units moved on since the inspection."""

    code = "inspection_final"
    message = "This inspection can no longer be corrected."


_STEPS: Mapping[ReturnStatus, frozenset[ReturnStatus]] = {
    ReturnStatus.CREATED: frozenset(
        {ReturnStatus.APPROVED, ReturnStatus.REJECTED, ReturnStatus.CANCELLED}
    ),
    ReturnStatus.APPROVED: frozenset({ReturnStatus.SHIPPED, ReturnStatus.CANCELLED}),
    ReturnStatus.SHIPPED: frozenset({ReturnStatus.RECEIVED}),
    ReturnStatus.RECEIVED: frozenset({ReturnStatus.COMPLETE}),
}


def can_move(now: ReturnStatus, to: ReturnStatus) -> bool:
    """Whether a request may go from one state to another."""
    return to in _STEPS.get(now, frozenset())


def require_movable(now: ReturnStatus, to: ReturnStatus) -> None:
    """Refuse what `can_move` denies.

    Raises:
        ReturnNotMovable: it can't go there from where it is.
    """
    if not can_move(now, to):
        raise ReturnNotMovable(f"A return that is {now} cannot become {to}.")


def can_tell_parcel(status: str) -> bool:
    """Whether its customer may name the parcel: once agreed to, until the store has it."""
    return status in (ReturnStatus.APPROVED, ReturnStatus.SHIPPED)


def require_parcel_open(status: str) -> None:
    """Refuse what `can_tell_parcel` denies.

    Raises:
        ReturnNotUnderWay: it is not approved, or not on its way any more.
    """
    if not can_tell_parcel(status):
        raise ReturnNotUnderWay(f"The parcel of a return that is {status} cannot be named.")


def can_change(status: str, *, by_law: bool) -> bool:
    """Whether its customer may still say what goes back: until the store has decided.

    What was stated in a withdrawal (`by_law`) stays as it was stated.
    """
    return status == ReturnStatus.CREATED and not by_law


def fits_the_form(skus: Collection[str]) -> bool:
    """Whether the form that changes a return has a place for these items: one wish for each."""
    return len(set(skus)) == len(skus)


def require_changeable(status: str, *, by_law: bool) -> None:
    """Refuse what `can_change` denies.

    Raises:
        ReturnNotChangeable: it was decided, or a withdrawal asked for it.
    """
    if by_law:
        raise ReturnNotChangeable("What a withdrawal asked for cannot be changed.")
    if not can_change(status, by_law=by_law):
        raise ReturnNotChangeable


def require_inspectable(now: ReturnStatus, inspected_at: datetime | None) -> None:
    """Refuse to inspect goods that are not there yet, or were inspected or settled before.

    Raises:
        ReturnNotMovable: it was not received, is complete, or was inspected already.
    """
    if now is not ReturnStatus.RECEIVED:
        raise ReturnNotMovable(f"A return that is {now} cannot be inspected.")
    if inspected_at is not None:
        raise ReturnNotMovable("This return was inspected already.")


def require_received(now: ReturnStatus) -> None:
    """Refuse to show what was found in goods that are not there yet, or were settled.

    Raises:
        ReturnNotMovable: it was not received, or is complete.
    """
    if now is not ReturnStatus.RECEIVED:
        raise ReturnNotMovable(f"Photos cannot be added to or taken from a return that is {now}.")


def why_not_corrected(
    now: ReturnStatus, inspected_at: datetime | None, *, money_went: bool, is_remembered: bool
) -> ReturnNotMovable | InspectionFinal | None:
    """Why what was found of a return cannot be said anew: the flag shown and the guard enforced.

    Args:
        now: its state.
        inspected_at: when it was inspected.
        money_went: whether a refund of it was agreed to, or arrived.
        is_remembered: whether it is known what its items were worth before the inspection.

    Returns:
        What the deed would raise; none: it can be corrected.
    """
    if inspected_at is None:
        return ReturnNotMovable("This return was not inspected yet.")
    if now is not ReturnStatus.RECEIVED:
        return InspectionFinal(f"A return that is {now} is settled: its inspection stays.")
    if money_went:
        return InspectionFinal(
            "A refund of this return was agreed to already: refund more out of goodwill instead."
        )
    if not is_remembered:
        return InspectionFinal(
            "It was inspected before inspections could be corrected: refund more out of goodwill "
            "instead."
        )
    return None


@dataclass(frozen=True, slots=True)
class LineState:
    """What a line is worth, and how far it arrived and went back."""

    paid_units: int
    """Units that cost something; free ones are never refunded."""
    line_total: int
    tax_amount: int
    delivered_units: int
    """Units that arrived, free ones included."""
    returnable_units: int
    """Units that could be put into a new request now."""
    reason: Reason | None = None
    """Why none could; none: some could."""
    resolutions: tuple[ReturnResolution, ...] = tuple(ReturnResolution)
    """What can be asked for."""
    fee: Decimal = Decimal(0)
    """Per cent of a refund that the store keeps, unless it is to blame."""
    held_units: int = 0
    """Units in requests that are neither rejected nor cancelled; the next two are their amounts."""
    held_total: int = 0
    held_tax: int = 0
    refused_units: int = 0
    """Of the held, units that went back and were refused: for nothing."""
    closes_at: datetime | None = None
    """When the last window closes or closed; none: nothing arrived."""
    evidence_for: tuple[str, ...] = ()
    """Reasons for which evidence is needed."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What units cost, tax included, and the tax in it."""

    total: int
    tax: int


def worth(line: LineState, units: int, *, after: int = 0, taken: Worth = Worth(0, 0)) -> Worth:
    """What units of a line cost; never more than was paid for so many.

    `after` other units of the same request were counted before, worth `taken`.
    """
    gone = line.held_units - line.refused_units + after
    total, tax = (
        worth_of(units, line.paid_units, amount, gone_units=gone, gone_amount=held + counted)
        for amount, held, counted in (
            (line.line_total, line.held_total, taken.total),
            (line.tax_amount, line.held_tax, taken.tax),
        )
    )
    return Worth(total, min(tax, total))


BLAMES_THE_STORE = frozenset({"damaged", "wrong_item", "not_as_described"})
"""Codes of reasons for which no fee is kept."""


def fee_of(
    line: LineState, worth: Worth, resolution: ReturnResolution, reason_code: str | None
) -> int:
    """What the store keeps of the refund of goods, in minor units."""
    if resolution is not ReturnResolution.REFUND or reason_code in BLAMES_THE_STORE:
        return 0
    return min(worth.total, share_of(worth.total, line.fee))


def require_returnable(line: LineState, units: int, name: str) -> None:
    """Refuse units of the product of that name that can't go back now.

    Raises:
        ItemNotDelivered: none arrived.
        ItemNotReturnable: the policy lets it never go back.
        ReturnWindowClosed: all that arrived did so too long ago.
        QuantityNotReturnable: more than arrived in time and no other request holds.
    """
    if units <= line.returnable_units:
        return
    code = line.reason.code if line.reason else ""
    if line.delivered_units == 0 and code not in NEVER_GOES_BACK:
        raise ItemNotDelivered
    if code in NEVER_GOES_BACK:
        raise ItemNotReturnable(WORDS[code])
    if code == "window_closed":
        raise ReturnWindowClosed
    if not line.returnable_units:
        why = WORDS.get(code, "")
        raise QuantityNotReturnable(f"{name} cannot be returned now. {why}".strip())
    can = "1 unit" if line.returnable_units == 1 else f"{line.returnable_units} units"
    held = " The others are in a return already." if line.held_units else ""
    raise QuantityNotReturnable(f"{can} of {name} can be returned.{held}")


def require_resolution(line: LineState, wanted: ReturnResolution) -> None:
    """Refuse what the policy does not offer for a line.

    Raises:
        ResolutionNotOffered: it offers something else.
    """
    if wanted not in line.resolutions:
        raise ResolutionNotOffered(f"A {wanted} is not offered for this item.")


def held_note(quantity: int, line: LineState) -> str:
    """How many units can go back while others are in a return; empty if none are, or none can."""
    if not line.held_units or not line.returnable_units:
        return ""
    held = "1 is" if line.held_units == 1 else f"{line.held_units} are"
    return f"{line.returnable_units} of {quantity} can go back, {held} already in a return."
