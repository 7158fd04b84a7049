"""What the form holds before it is sent: lines to choose from, an address as it was typed."""

from account_portal.addresses import rules as address_rules
from account_portal.addresses.schemas import CustomerAddress
from account_portal.evidence.schemas import EvidenceFile
from account_portal.orders.schemas import OrderAddress
from account_portal.returns.schemas import (
    OTHER_REASON,
    REASON_CODES,
    OrderReturnItem,
    ReturnableItem,
)
from account_portal.states import ReturnResolution
from account_portal.ui.chosen_lines import ChosenLine, as_offered

REASONS = tuple(REASON_CODES)


RESOLUTIONS = tuple(ReturnResolution)


ADDRESS_TEXTS = (
    "first_name",
    "last_name",
    "country_code",
    "phone",
    "email",
    "address_line1",
    "address_line2",
    "pincode",
    "city",
    "state",
    "country",
)


FROM_THE_ORDER = ("first_name", "last_name", "country_code", "phone", "email", "country")
"""What a new address takes from the order's: the same person, mostly in the same country."""


MAY_BE_EMPTY = ("last_name", "address_line2")


class ReturnLine(ChosenLine):
    """A line of the order, and why it goes back."""

    item: ReturnableItem
    evidence: list[EvidenceFile] = []
    reason: str = ""
    comment: str = ""
    resolution: str = "refund"
    kept_reason: str = ""
    kept_words: str = ""
    """What a request says for that reason, whose words may be others than those of the form."""

    @property
    def words(self) -> str:
        """Why it goes back, as the store reads it."""
        if self.reason == OTHER_REASON:
            return self.comment
        return self.kept_words if self.reason == self.kept_reason else self.reason


def as_returnable(line: ReturnLine, item: ReturnableItem) -> ReturnLine:
    """A line as it can go back now: so many units, and in a way that is offered."""
    line = as_offered(line, item, item.returnable_quantity)
    if line.resolution in item.resolutions:
        return line
    resolution = next(iter(item.resolutions), line.resolution)
    return line.model_copy(update={"resolution": resolution})


def as_asked(line: ReturnLine, asked: OrderReturnItem) -> ReturnLine:
    """A line as a request asks for it."""
    by_code = {code: words for words, code in REASON_CODES.items()}
    reason = by_code.get(asked.reason_code or "other", OTHER_REASON)
    if asked.reason_code is None and asked.return_reason in REASON_CODES:
        reason = asked.return_reason
    return line.model_copy(
        update={
            "chosen": True,
            "quantity": str(asked.quantity),
            "reason": reason,
            "comment": asked.return_reason if reason == OTHER_REASON else "",
            "kept_reason": reason,
            "kept_words": asked.return_reason,
            "resolution": str(asked.resolution),
            "evidence": asked.evidence,
        }
    )


def is_same(saved: CustomerAddress, used: OrderAddress | None) -> bool:
    """Whether a saved address still is the one the order went to."""
    names = ("id", "first_name", "address_line1", "address_line2", "pincode", "city")
    return used is not None and all(getattr(saved, n) == getattr(used, n) for n in names)


def is_near(country: str, used: OrderAddress | None) -> bool:
    """Whether a parcel there is collected: in the country the order went to, if that is known."""
    went_to = address_rules.country_code_of(used.country) if used else None
    return went_to is None or address_rules.country_code_of(country) == went_to


def missing(lines: list[ReturnLine]) -> dict[str, str]:
    """What the first step still lacks, by field."""
    chosen = [line for line in lines if line.chosen]
    if not chosen:
        return {"_": "Choose at least one item to return."}
    faults = {}
    for line in chosen:
        if not line.reason:
            faults[f"reason-{line.item.sku}"] = "Choose a reason."
        elif line.reason == OTHER_REASON and not line.comment:
            faults[f"comment-{line.item.sku}"] = "Tell us in a few words."
    return faults
