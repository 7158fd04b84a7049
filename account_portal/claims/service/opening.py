"""What a customer does: see what can be claimed, say what is wrong, think better of it."""

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import col

from account_portal.claims import rules, schemas
from account_portal.claims.service.reading import get_claim
from account_portal.context import Context
from account_portal.core import money
from account_portal.core.errors import InvalidInput, NotFound
from account_portal.core.ids import new_number
from account_portal.evidence import rules as evidence_rules
from account_portal.evidence import service as evidence
from account_portal.models import (
    Claim,
    ClaimItem,
    Evidence,
    Order,
)
from account_portal.orders.facts import (
    OrderFacts,
    deeds_of,
    facts_of,
    line_claims,
    parcel_claims,
)
from account_portal.orders.rules import NOT_RETURNABLE, WORDS, Reason, require_preview
from account_portal.orders.schemas import PreviewedLine
from account_portal.orders.service import help_link, refresh_orders
from account_portal.orders.service.arrivals import place_of_delivery
from account_portal.orders.service.claim_news import tell_claim
from account_portal.orders.service.locking import lock_order_of
from account_portal.returns import rules as return_rules
from account_portal.returns.rules import ItemNotInOrder, LineState, Worth
from account_portal.returns.service.lines import states_of
from account_portal.states import (
    ClaimProblem,
    ClaimStatus,
    OrderStatus,
    ReturnResolution,
)


def list_claimable(ctx: Context, order_number: str) -> schemas.Claimable:
    """What of an order something can be wrong with: lines, and parcels that did not arrive.

    Raises:
        NotFound: no such order of the caller.
    """
    order = ctx.get_owned(Order, order_number=order_number)
    facts = facts_of(ctx.db, order)
    lines = line_claims(facts, ctx.now)
    names = {line["id"]: line["product_name"] for line in facts.lines}
    open_parcels = {parcel_id for parcel_id, why in _parcels(ctx, facts).items() if why is None}
    parcels = []
    files = {line["id"] for line in facts.files}
    missing = {
        row["line_id"]
        for row in facts.claims
        if row["shipment_id"] and row["status"] == ClaimStatus.OPEN
    }

    def why_not(line_id: str) -> Reason | None:
        why = lines[line_id].reason
        is_reported = why and why.code == "not_delivered" and line_id in missing
        return Reason("in_claim") if is_reported else why

    open_claims = (
        select(col(Claim.claim_number))
        .where(col(Claim.order_id) == order.id, col(Claim.status) == ClaimStatus.OPEN)
        .order_by(col(Claim.id).desc())
    )
    count = len(facts.shipments)
    for place, parcel in enumerate(facts.shipments, start=1):
        if parcel["id"] in open_parcels:
            inside = facts.items.get(parcel["id"], ())
            more = f" and {len(inside) - 1} more" if len(inside) > 1 else ""
            parcels.append(
                schemas.ClaimableParcel(
                    reference_number=parcel["reference_number"],
                    label=f"Parcel {place} of {count}" if count > 1 else "Parcel",
                    summary=names[inside[0]["line_id"]] + more if inside else "",
                    resolutions=_ways(facts, parcel["id"]),
                )
            )
    return schemas.Claimable(
        lines=[
            schemas.ClaimableItem(
                product_name=line["product_name"],
                product_image_url=line["product_image_url"],
                variant_name=line["variant_name"],
                sku=line["sku"],
                is_digital=line["id"] in files,
                claimable_quantity=found.units,
                resolutions=list(found.resolutions),
                evidence_for=list(found.evidence_for),
                reason=WORDS[why.code] if why else None,
                reason_at=why.at if why else None,
            )
            for line in facts.lines
            for found, why in ((lines[line["id"]], why_not(line["id"])),)
        ],
        parcels=parcels,
        open_claims=list(ctx.db.execute(open_claims).scalars()),
        help_link=help_link(ctx, order_number),
    )


def _parcels(ctx: Context, facts: OrderFacts) -> dict[str, Reason | None]:
    """Which parcels did not arrive, in the days of the place they go to."""
    place = place_of_delivery(ctx, facts.order)
    return parcel_claims(facts, ctx.now.astimezone(place.zone))


def _ways(facts: OrderFacts, parcel_id: str) -> list[ReturnResolution]:
    """What can be wished for a parcel: money only if something of it was paid."""
    items = facts.items.get(parcel_id, ())
    is_paid = any(item["quantity"] > item["free_quantity"] for item in items)
    is_own = facts.order["replaces_return_id"] is None and facts.order["replaces_claim_id"] is None
    return [
        one
        for one in ReturnResolution
        if one is ReturnResolution.REPLACEMENT or is_paid or not is_own
    ]


def create_claim(ctx: Context, order_number: str, data: schemas.CreateClaim) -> schemas.Claim:
    """Say that something is wrong with an order; the store decides.

    Raises:
        NotFound: no such order of the caller.
        OrderNotClaimable: draft, waiting for approval or cancelled.
        ItemNotInOrder: a sku the order doesn't have.
        ItemNotDelivered: no unit of it arrived.
        ClaimWindowClosed: all units of it arrived too long ago.
        QuantityNotClaimable: more units than arrived and are in no return or other claim.
        ParcelNotClaimable: it is not late, or is claimed or settled already.
        ResolutionNotOffered: money for what cost nothing.
        EvidenceRequired: the policy asks for evidence for a problem, and none is named.
        EvidenceNotFound: evidence that was not uploaded to this order, or is another request's.
        InvalidInput: too many files of one item, or another problem without words.
        PreviewOutdated: it would ask for something else than the preview that the call names.
    """
    order = ctx.get_owned(Order, lock=True, order_number=order_number)
    claimed = _claimed(ctx, order, data)
    found = _named(ctx, order, data)
    evidence_rules.require_evidence(
        {
            f"claim_items.{place}.evidence": evidence_rules.NEEDED
            for place, (item, files) in enumerate(zip(data.claim_items, found, strict=True))
            if item.sku in claimed.needed and not files
        }
    )
    require_preview(_quote(ctx, order, data.wish, claimed).digest, data.preview)
    claim = Claim(
        customer_id=order.customer_id,
        order_id=order.id,
        claim_number=new_number("CLM", ctx.now.year),
        status=ClaimStatus.OPEN,
        wish=data.wish,
        shipment_id=claimed.shipment_id,
        created_at=ctx.now,
        modified_at=ctx.now,
    )
    ctx.db.add(claim)
    ctx.db.flush()
    for position, item in enumerate(claimed.items):
        item.claim_id, item.position = claim.id, position
        ctx.db.add(item)
    ctx.db.flush()
    if found:
        evidence.attach_evidence(ctx, found, claimed.items)
    refresh_orders(ctx.db, [order.id], ctx.now)
    tell_claim(ctx, claim, order, "opened")
    return get_claim(ctx, order_number, claim.claim_number)


def quote_claim(ctx: Context, order_number: str, data: schemas.PreviewClaim) -> schemas.ClaimQuote:
    """What a claim would ask for; changes nothing.

    Raises:
        As `create_claim`; that evidence is needed, it says.
    """
    order = ctx.get_owned(Order, order_number=order_number)
    claimed = _claimed(ctx, order, data)
    _named(ctx, order, data)
    return _quote(ctx, order, data.wish, claimed)


class _Claimed(NamedTuple):
    """What a claim is of."""

    facts: OrderFacts
    shipment_id: str | None
    """The parcel, if it is a whole one."""
    items: list[ClaimItem]
    """The units, with what they cost."""
    needed: list[str]
    """Skus of items for whose problem evidence is needed; a parcel needs none."""


def _quote(
    ctx: Context, order: Order, wish: ReturnResolution, claimed: _Claimed
) -> schemas.ClaimQuote:
    items, lines = claimed.items, {line["id"]: line for line in claimed.facts.lines}
    return schemas.ClaimQuote(
        wish=wish,
        lines=[
            PreviewedLine(
                sku=lines[item.line_id]["sku"],
                product_name=lines[item.line_id]["product_name"],
                quantity=item.quantity,
                amount=money.to_major(item.amount, order.currency),
            )
            for item in items
        ],
        units=sum(item.quantity for item in items),
        amount=money.to_major(sum(item.amount for item in items), order.currency),
        currency=order.currency,
        evidence_required=claimed.needed,
    ).sealed(order.customer_id, order.id, deeds_of(ctx.db, order))


def _named(ctx: Context, order: Order, data: schemas.PreviewClaim) -> list[list[Evidence]]:
    """The uploads that each item names."""
    named = [item.evidence for item in data.claim_items]
    return evidence.find_named(ctx, order, named, field="claim_items")


def _claimed(ctx: Context, order: Order, data: schemas.PreviewClaim) -> _Claimed:
    if OrderStatus(order.status) in NOT_RETURNABLE:
        raise rules.OrderNotClaimable
    facts = facts_of(ctx.db, order)
    if data.reference_number:
        return _Claimed(facts, *_of_parcel(ctx, facts, data), [])
    return _Claimed(facts, None, *_of_items(facts, data, ctx.now))


def _of_items(
    facts: OrderFacts, data: schemas.PreviewClaim, now: datetime
) -> tuple[list[ClaimItem], list[str]]:
    """Find each item and value it; the same line twice counts together. What of it is to show."""
    states = {line.sku: (line, state) for line, state in states_of(facts, now)}
    can = line_claims(facts, now)
    asked: dict[str, int] = defaultdict(int)
    for place, item in enumerate(data.claim_items):
        if item.sku not in states:
            raise ItemNotInOrder(**{f"claim_items.{place}.sku": "is not part of this order"})
        if rules.is_untold(item.problem, item.details):
            raise InvalidInput(**{f"claim_items.{place}.details": rules.NEEDS_WORDS})
        asked[item.sku] += item.quantity
    for sku, units in asked.items():
        rules.require_claimable(can[states[sku][0].id], units, data.wish)
    counted: dict[str, tuple[int, Worth]] = {}
    made: list[ClaimItem] = []
    needed: list[str] = []
    for item in data.claim_items:
        line, state = states[item.sku]
        after, taken = counted.get(item.sku, (0, Worth(0, 0)))
        worth = return_rules.worth(state, item.quantity, after=after, taken=taken)
        counted[item.sku] = (
            after + item.quantity,
            Worth(taken.total + worth.total, taken.tax + worth.tax),
        )
        made.append(_item(line.id, item.quantity, item.problem, item.details, worth))
        if evidence_rules.needs_evidence(can[line.id].evidence_for, item.problem):
            needed.append(item.sku)
    return made, needed


def _of_parcel(
    ctx: Context, facts: OrderFacts, data: schemas.PreviewClaim
) -> tuple[str, list[ClaimItem]]:
    parcel = next(
        (row for row in facts.live_shipments if row["reference_number"] == data.reference_number),
        None,
    )
    if parcel is None:
        raise NotFound("There is no such parcel in this order.")
    found = _parcels(ctx, facts)
    if parcel["id"] not in found:
        raise rules.ParcelNotClaimable("It was delivered: name what is missing of it.")
    rules.require_parcel_claimable(found[parcel["id"]])
    if data.wish not in _ways(facts, parcel["id"]):
        raise return_rules.ResolutionNotOffered("It cost nothing: it can be replaced.")
    states: dict[str, LineState] = {line.id: state for line, state in states_of(facts, ctx.now)}
    return parcel["id"], [
        _item(
            item["line_id"],
            item["quantity"],
            ClaimProblem.NOT_ARRIVED,
            data.details,
            return_rules.worth(states[item["line_id"]], item["quantity"] - item["free_quantity"]),
        )
        for item in facts.items.get(parcel["id"], ())
    ]


def _item(
    line_id: str, units: int, problem: ClaimProblem, details: str | None, worth: Worth
) -> ClaimItem:
    return ClaimItem(
        claim_id="",
        position=0,
        line_id=line_id,
        quantity=units,
        problem=problem,
        details=details or None,
        amount=worth.total,
        tax_amount=worth.tax,
    )


def withdraw_claim(ctx: Context, claim_number: str) -> None:
    """Take back a claim of the caller that is open.

    Raises:
        NotFound: no such claim of the caller.
        ClaimNotOpen: it is decided or withdrawn.
    """
    claim = ctx.get_owned(Claim, claim_number=claim_number)
    order = lock_order_of(ctx, claim)
    rules.require_open(claim.status, claim_number)
    claim.status = ClaimStatus.WITHDRAWN
    claim.withdrawn_at = claim.modified_at = ctx.now
    refresh_orders(ctx.db, [order.id], ctx.now)
    tell_claim(ctx, claim, order, "withdrawn")
