"""What may be done with orders now: added to their documents when they are read.

Documents hold facts only. So a policy or a setting that changed shows at once, and what is shown
is worked out by the functions that guard the deed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlmodel import Session

from account_portal.addresses.rules import zone_of
from account_portal.core import money
from account_portal.orders import rules
from account_portal.orders.facts import (
    OrderFacts,
    can_change_delivery,
    cancel_reason,
    cancelled_account,
    line_cancels,
    line_claims,
    line_eligibility,
    parcel_claims,
    read_kept_facts,
)


def whole_details(db: Session, details: Mapping[str, bytes], now: datetime) -> dict[str, bytes]:
    """`OrderDetail` of orders as JSON, by order id, from what is stored of each."""
    db.flush()
    return {
        order_id: whole_detail(details[order_id], facts, now)
        for order_id, facts in read_kept_facts(db, details).items()
    }


def whole_detail(stored: bytes, facts: OrderFacts, now: datetime) -> bytes:
    """`OrderDetail` of one order as JSON."""
    detail = orjson.loads(stored)
    detail["is_delivery_change_allowed"] = can_change_delivery(facts)
    _add_cancellation(detail, facts, now)
    address = detail["shipping_address"] or detail["billing_address"] or {}
    zone = zone_of(address.get("country"), address.get("state"))
    _add_returns(detail, facts, now, zone)
    _add_claims(detail, facts, now, zone)
    return orjson.dumps(detail, option=orjson.OPT_UTC_Z)


def _add_cancellation(detail: dict[str, Any], facts: OrderFacts, now: datetime) -> None:
    """Whether the order can be cancelled, and what would come back: as much as cancelling gives."""
    order = facts.order
    scale = 10 ** money.exponent(order["currency"])
    reason = cancel_reason(facts, now)
    detail["is_cancellation_allowed"] = reason is None
    lines = line_cancels(facts, now)
    detail["cancel_eligibility"] = {
        "is_allowed": reason is None,
        "reasons": [] if reason is None else [_reason(rules.Reason(reason))],
        "lines": [
            {
                "sku": line["sku"],
                "cancellable_quantity": lines[line["id"]].units,
                "reasons": [_reason(why)] if (why := lines[line["id"]].reason) else [],
            }
            for line in facts.lines
        ],
    }
    detail["cancellation_refund_details"] = None
    if reason is None:
        points = min(order["loyalty_point_redeemed"], facts.points_spent)
        back = cancelled_account(facts, now)
        detail["cancellation_refund_details"] = {
            "loyalty_point": points / money.POINT_SCALE,
            "refundable_amount": back.money / scale,
            "cancellation_charges": back.charge / scale,
            "cancellation_charges_reason": "The store's policy" if back.charge else None,
            "payment_mode": "original_payment_mode",
        }


def _reason(reason: rules.Reason) -> dict[str, Any]:
    return {"code": reason.code, "message": rules.WORDS[reason.code], "at": reason.at}


def _add_returns(detail: dict[str, Any], facts: OrderFacts, now: datetime, zone: ZoneInfo) -> None:
    """Which units can go back, until when and how, and why not; which parcels still have some."""
    found = line_eligibility(facts, now)
    lines = [found[line["id"]] for line in facts.lines]
    units = {row["sku"]: line.units for row, line in zip(facts.lines, lines, strict=True)}
    for item in detail["order_items"]:
        # A line may be gone since the document was read.
        item["returnable_quantity"] = units.get(item["sku"], 0)
    still_open = {
        number
        for line in lines
        for number, end in line.found.ends.items()
        if line.units and now <= end
    }
    for shipment in detail["shipments"]:
        shipment["is_return_allowed"] = shipment["reference_number"] in still_open
    detail["return_eligibility"] = {
        "is_allowed": any(line.units for line in lines),
        "zone": zone.key,
        "lines": [
            {
                "sku": row["sku"],
                "returnable_quantity": line.units,
                "until": line.found.closes_at,
                "resolutions": line.found.resolutions if line.units else [],
                "evidence_for": line.found.evidence_for if line.units else [],
                "reasons": [] if line.reason is None else [_reason(line.reason)],
            }
            for row, line in zip(facts.lines, lines, strict=True)
        ],
    }


def _add_claims(detail: dict[str, Any], facts: OrderFacts, now: datetime, zone: ZoneInfo) -> None:
    """Of what one can say that something is wrong, where the order goes at this time."""
    lines = line_claims(facts, now)
    parcels = parcel_claims(facts, now.astimezone(zone))
    numbers = {row["id"]: row["reference_number"] for row in facts.shipments}
    allowed = any(one.units for one in lines.values()) or None in parcels.values()
    detail["is_claim_allowed"] = allowed
    detail["claim_eligibility"] = {
        "is_allowed": allowed,
        "zone": zone.key,
        "lines": [
            {
                "sku": row["sku"],
                "claimable_quantity": lines[row["id"]].units,
                "until": lines[row["id"]].until,
                "resolutions": lines[row["id"]].resolutions,
                "evidence_for": lines[row["id"]].evidence_for,
                "reasons": [_reason(why)] if (why := lines[row["id"]].reason) else [],
            }
            for row in facts.lines
        ],
        "parcels": [
            {
                "reference_number": numbers[parcel_id],
                "is_allowed": why is None,
                "reasons": [_reason(why)] if why else [],
            }
            for parcel_id, why in parcels.items()
        ],
    }
