"""For which goods one can say that something is wrong: what is shown and what is enforced."""

from collections import defaultdict
from datetime import datetime

from account_portal.core.told_days import counted_from
from account_portal.orders import rules
from account_portal.orders.facts.claimed import holds_units, is_settled
from account_portal.orders.facts.eligibility import line_terms
from account_portal.orders.facts.held import units_of
from account_portal.orders.facts.order import OrderFacts
from account_portal.states import ClaimStatus, OrderStatus, ReturnStatus, ShipmentStatus


def line_claims(facts: OrderFacts, now: datetime) -> dict[str, rules.LineClaim]:
    """For how many units of each line one can say that something is wrong, by its id."""
    status = OrderStatus(facts.order["status"])
    arrived, terms = _arrived(facts), line_terms(facts, now)
    gone = facts.cancelled_units()
    found = {}
    for line in facts.lines:
        one = rules.kindest_claim(terms[line["id"]], arrived[line["id"]], now)
        reason = one.reason
        if status in rules.NOT_RETURNABLE:
            is_over = status is OrderStatus.CANCELLED
            reason = rules.Reason("order_cancelled" if is_over else "not_delivered")
        elif gone[line["id"]].units >= line["quantity"]:
            reason = rules.Reason("item_cancelled")
        found[line["id"]] = rules.LineClaim(0, one.until, (), reason) if reason is not None else one
    return found


def parcel_claims(facts: OrderFacts, now: datetime) -> dict[str, rules.Reason | None]:
    """Of which parcels one can say that they did not arrive, by id, with why not, if not.

    Only of those that are not delivered: of a delivered one its items are named.

    Args:
        facts: of the order.
        now: the time, in the zone of the place it goes to.
    """
    terms = line_terms(facts, now)
    in_claim = {row["shipment_id"] for row in facts.claims if row["status"] == ClaimStatus.OPEN}
    is_over = facts.order["status"] in rules.NOT_RETURNABLE
    found: dict[str, rules.Reason | None] = {}
    for parcel in facts.live_shipments:
        if parcel["status"] == ShipmentStatus.DELIVERED or is_over:
            continue
        items = facts.items.get(parcel["id"], ())
        found[parcel["id"]] = rules.why_parcel_not_claimable(
            [one for item in items for one in terms[item["line_id"]]],
            rules.OnItsWay(
                status=ShipmentStatus(parcel["status"]),
                stated=parcel["eta_delivery"],
                ordered_at=facts.order["order_date"],
                in_claim=parcel["id"] in in_claim,
                is_settled=any(item["written_off"] is not None for item in items),
            ),
            now,
        )
    return found


def _arrived(facts: OrderFacts) -> dict[str, rules.Arrived]:
    parcels: dict[str, list[tuple[datetime, int]]] = defaultdict(list)
    ids = {row["reference_number"]: row["id"] for row in facts.shipments}
    for one in facts.arrivals():
        if one.reference_number:
            for item in facts.items.get(ids[one.reference_number], ()):
                parcels[item["line_id"]].append((counted_from(one.delivered_at), item["quantity"]))
        else:
            units = facts.delivered_units()
            for line_id in one.units:
                parcels[line_id].append((counted_from(one.delivered_at), units[line_id]))
    in_returns: dict[str, int] = defaultdict(int)
    returned: dict[str, int] = defaultdict(int)
    for row in facts.return_items:
        status = facts.returns[row["return_id"]]
        if status not in rules.ENDED:
            in_returns[row["line_id"]] += units_of(row)
        if status is ReturnStatus.COMPLETE:
            returned[row["line_id"]] += units_of(row)
    in_claims: dict[str, int] = defaultdict(int)
    settled: dict[str, int] = defaultdict(int)
    for row in facts.claims:
        if holds_units(row):
            in_claims[row["line_id"]] += row["quantity"]
        if is_settled(row):
            settled[row["line_id"]] += row["quantity"]
    lost = facts.lost()
    return {
        line["id"]: rules.Arrived(
            paid_units=line["quantity"] - line["free_quantity"],
            parcels=tuple(parcels[line["id"]]),
            in_returns=in_returns[line["id"]],
            returned=returned[line["id"]],
            in_claims=in_claims[line["id"]],
            settled=settled[line["id"]],
            lost_paid=lost[line["id"]].units,
        )
        for line in facts.lines
    }
