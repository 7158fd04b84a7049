"""Where the shop's word and what happened here since cannot both be true."""

from collections.abc import Mapping
from typing import Any

from account_portal.core.bulk import Row
from account_portal.merchant.importing.batch import Batch
from account_portal.merchant.importing.records import PaymentPart, RefundPart, ShipmentPart
from account_portal.orders import rules
from account_portal.states import RefundStatus, ShipmentStatus, TransactionStatus

Part = ShipmentPart | PaymentPart | RefundPart


def state_after(batch: Batch, parcel: ShipmentPart, now: str | None) -> str:
    """The state that a parcel has when its record is applied; `now`: as it is, if it is there."""
    if now is None:
        return parcel.status
    if id(parcel) in batch.unchanged or "status" not in batch.said_anew(parcel):
        return now
    there = {"status": now}
    happened = happened_here(batch, parcel, there)
    return (
        now
        if happened and contradiction(parcel, there, there | {"status": parcel.status})
        else parcel.status
    )


def happened_here(batch: Batch, part: Part, there: Mapping[str, Any]) -> bool:
    """Whether a state is not the one the shop told the last time, or nobody knows what it told."""
    name = "payment_status" if isinstance(part, PaymentPart) else "status"
    last = batch.last.get(id(part))
    if last is None:
        return True
    told = last.get(name, type(part).model_fields[name].default)
    return bool(there[name] != told)


def contradiction(part: Part, there: Mapping[str, Any], changed: Row) -> str | None:
    """Why a change cannot follow what happened here meanwhile; none: it can."""
    if isinstance(part, ShipmentPart):
        now, to = there["status"], changed.get("status")
        if to and not rules.can_move(ShipmentStatus(now), ShipmentStatus(to)):
            return f"shipment {part.reference_number} is {now} here; it cannot become {to}"
    elif isinstance(part, PaymentPart):
        now, to = there["payment_status"], changed.get("payment_status")
        further = (TransactionStatus.SUCCESS, TransactionStatus.REFUND_INITIATED)
        if now in further and to and to not in further:
            return f"payment {part.request_number} is {now} here; it cannot become {to}"
    else:
        now, to = there["status"], changed.get("status")
        steps = [str(RefundStatus.PENDING), str(RefundStatus.APPROVED)]
        if now == RefundStatus.SUCCESS and (to or "refund_amount" in changed):
            return f"refund {part.request_number} is settled here"
        if now in steps and to in steps and steps.index(to) < steps.index(now):
            return f"refund {part.request_number} is {now} here; it cannot become {to}"
    return None
