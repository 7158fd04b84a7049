"""What a request asks for, found and valued: one account for asking, changing and previewing."""

from collections.abc import Sequence
from dataclasses import dataclass

from account_portal.context import Context
from account_portal.core import money
from account_portal.evidence import rules as evidence_rules
from account_portal.evidence import service as evidence
from account_portal.models import Evidence, Order, OrderLine, ReturnItem
from account_portal.models import OrderReturn as Request
from account_portal.orders import rules as order_rules
from account_portal.orders.facts import money_of
from account_portal.returns import rules
from account_portal.returns.rules import LineState, Worth
from account_portal.returns.schemas import CreateOrderReturnItem, ReturnableItem, ReturnQuote
from account_portal.returns.service.quoting import Quoted, quote_of
from account_portal.states import OrderStatus, ReturnResolution

Lines = Sequence[tuple[OrderLine, LineState]]


@dataclass(frozen=True, slots=True)
class Planned:
    """One item of a request, found and valued."""

    line: OrderLine
    data: CreateOrderReturnItem
    worth: Worth
    fee: int
    needs_evidence: bool


def returnable_items(order: Order, lines: Lines) -> list[ReturnableItem]:
    """Lines as a form shows them, each with the units that can go back or why none can."""
    return [
        ReturnableItem(
            product_id=line.product_id,
            product_name=line.product_name,
            product_image_url=line.product_image_url,
            variant_name=line.variant_name,
            sku=line.sku,
            selling_price=money.to_major(line.selling_price, order.currency),
            quantity=line.quantity,
            returnable_quantity=state.returnable_units,
            returnable_until=state.closes_at,
            resolutions=list(state.resolutions) if state.returnable_units else [],
            reason=order_rules.WORDS[state.reason.code] if state.reason else None,
            evidence_for=list(state.evidence_for),
            fee_per_cent=state.fee,
            held_note=rules.held_note(line.quantity, state),
        )
        for line, state in lines
    ]


def plan_items(order: Order, lines: Lines, items: Sequence[CreateOrderReturnItem]) -> list[Planned]:
    """Find each item and value it; the same line twice counts together.

    Args:
        order: of the caller.
        lines: its lines, with what can go back of each.
        items: what is asked for.

    Raises:
        OrderNotReturnable, ItemNotInOrder, ItemNotDelivered, ItemNotReturnable,
        ReturnWindowClosed, QuantityNotReturnable, ResolutionNotOffered: see each.
    """
    if OrderStatus(order.status) in order_rules.NOT_RETURNABLE:
        raise rules.OrderNotReturnable
    known = {line.sku: (line, state) for line, state in lines}
    for place, item in enumerate(items):
        if item.sku not in known or known[item.sku][0].product_id != item.product_id:
            raise rules.ItemNotInOrder(**{f"return_items.{place}.sku": "is not part of this order"})
    asked: dict[str, int] = {}
    for item in items:
        asked[item.sku] = asked.get(item.sku, 0) + item.quantity
    for sku, units in asked.items():
        line, state = known[sku]
        rules.require_returnable(state, units, line.product_name)
    for item in items:
        rules.require_resolution(known[item.sku][1], item.resolution)
    planned: list[Planned] = []
    counted: dict[str, tuple[int, Worth]] = {}
    for item in items:
        line, state = known[item.sku]
        units, taken = counted.get(item.sku, (0, Worth(0, 0)))
        worth = rules.worth(state, item.quantity, after=units, taken=taken)
        counted[item.sku] = (
            units + item.quantity,
            Worth(taken.total + worth.total, taken.tax + worth.tax),
        )
        fee = rules.fee_of(state, worth, item.resolution, item.reason_code)
        needed = evidence_rules.needs_evidence(state.evidence_for, item.reason_code)
        planned.append(Planned(line, item, worth, fee, needed))
    return planned


def quote(
    ctx: Context,
    order: Order,
    lines: Lines,
    items: Sequence[CreateOrderReturnItem],
    *,
    of: Sequence[str] = (),
    changed: str = "",
) -> ReturnQuote:
    """What would come back for these items; changes nothing.

    Raises:
        EvidenceNotFound, InvalidInput: as of `take_items`; that evidence is needed, it says.
        PortalError: those of `plan_items`.
    """
    planned = plan_items(order, lines, items)
    _named_evidence(ctx, order, planned, of)
    return _quote_items(ctx, order, lines, planned, changed)


def take_items(
    ctx: Context,
    order: Order,
    lines: Lines,
    planned: Sequence[Planned],
    *,
    preview: str | None,
    of: Sequence[str] = (),
    changed: str = "",
) -> tuple[list[ReturnItem], list[list[Evidence]]]:
    """Rows of these items, which `add_items` keeps, and the uploads that show each.

    Args:
        ctx: the call.
        order: of the caller, locked.
        lines: its lines, with what can go back of each.
        planned: what is asked for, valued.
        preview: digest of the quote that the caller saw, if they name one.
        of: items that may have the uploads already.
        changed: id of the request that is to be for these items; empty: a new one.

    Raises:
        EvidenceNotFound: not uploaded to this order, or another request's.
        EvidenceRequired: the policy asks for evidence for a reason, and none is named.
        PreviewOutdated: it would do something else than the preview.
        InvalidInput: too many files of one item.
    """
    found = _named_evidence(ctx, order, planned, of)
    _require_evidence(planned, found)
    if preview is not None:
        now = _quote_items(ctx, order, lines, planned, changed)
        order_rules.require_preview(now.digest, preview)
    return _new_items(planned), found


def add_items(ctx: Context, request: Request, items: Sequence[ReturnItem]) -> None:
    """Put items into a request that is kept already."""
    for item in items:
        item.return_id = request.id
        ctx.db.add(item)
    ctx.db.flush()


def _named_evidence(
    ctx: Context, order: Order, planned: Sequence[Planned], of: Sequence[str]
) -> list[list[Evidence]]:
    named = [item.data.evidence for item in planned]
    return evidence.find_named(ctx, order, named, field="return_items", of=of)


def _require_evidence(planned: Sequence[Planned], found: Sequence[Sequence[Evidence]]) -> None:
    evidence_rules.require_evidence(
        {
            f"return_items.{place}.evidence": evidence_rules.NEEDED
            for place, (item, files) in enumerate(zip(planned, found, strict=True))
            if item.needs_evidence and not files
        }
    )


def _quote_items(
    ctx: Context, order: Order, lines: Lines, planned: Sequence[Planned], changed: str
) -> ReturnQuote:
    to_refund = [item for item in planned if item.data.resolution is ReturnResolution.REFUND]
    value = sum(item.worth.total - item.fee for item in to_refund)
    return quote_of(
        ctx,
        order,
        [
            Quoted(
                item.line,
                item.data.quantity,
                item.data.resolution,
                item.worth.total,
                item.fee,
                item.data.return_reason,
                item.data.reason_code,
                item.needs_evidence,
            )
            for item in planned
        ],
        order_rules.planned_refund(money_of(ctx.db, order), value),
        sold=sum(line.line_total for line, _ in lines),
        changed=changed,
    )


def _new_items(planned: Sequence[Planned]) -> list[ReturnItem]:
    return [
        ReturnItem(
            return_id="",
            line_id=item.line.id,
            position=position,
            quantity=item.data.quantity,
            resolution=item.data.resolution,
            return_reason=item.data.return_reason,
            refund_amount=item.worth.total,
            tax_amount=item.worth.tax,
            fee=item.fee,
            reason_code=item.data.reason_code,
        )
        for position, item in enumerate(planned)
    ]


def set_worth(request: Request, items: Sequence[ReturnItem]) -> None:
    """Say what the goods of a request cost together."""
    request.grand_total = sum(item.refund_amount for item in items)
    request.total_tax = sum(item.tax_amount for item in items)
    request.subtotal = request.grand_total - request.total_tax
