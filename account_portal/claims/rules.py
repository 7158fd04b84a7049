"""Rules of claims: pure, no database, no clock."""

from collections.abc import Collection, Mapping

from account_portal.core.errors import Conflict, Unprocessable
from account_portal.orders.rules import WORDS, LineClaim, Reason
from account_portal.returns.rules import ItemNotDelivered, ResolutionNotOffered
from account_portal.states import ClaimProblem, ClaimStatus, ReturnResolution


class OrderNotClaimable(Conflict):
    """It is a draft, waits for approval or was cancelled."""

    code = "order_not_claimable"
    message = "Nothing can be claimed of this order."


class ClaimWindowClosed(Conflict):
    """It arrived too long ago."""

    code = "claim_window_closed"
    message = "The time to report a problem with this is over."


class QuantityNotClaimable(Unprocessable):
    """More units than arrived and are in no return and no other claim."""

    code = "quantity_not_claimable"
    message = "A problem cannot be reported for so many units."


class ParcelNotClaimable(Conflict):
    """It is not late, arrived, or was claimed or settled before."""

    code = "parcel_not_claimable"
    message = "This parcel cannot be reported as missing."


class ClaimNotOpen(Conflict):
    """It is decided or withdrawn."""

    code = "claim_not_open"
    message = "This claim is not open any more."


class GoodsNotThere(Unprocessable):
    """Goods that never came cannot be sent back."""

    code = "goods_not_there"
    message = "What did not come cannot be sent back."


NEEDS_WORDS = "Tell the store what is wrong."

CAN_GO_BACK: Mapping[ClaimProblem, str] = {
    ClaimProblem.DAMAGED: "Damaged or faulty",
    ClaimProblem.WRONG_ITEM: "Wrong item sent",
    ClaimProblem.OTHER: "Another problem",
}
"""Problems with goods that are there, and how a return names them."""


def is_untold(problem: str, details: str | None) -> bool:
    """Whether nobody could know what is wrong: no kind says it, and no words do."""
    return problem == ClaimProblem.OTHER and not details


def require_claimable(line: LineClaim, units: int, wish: ReturnResolution) -> None:
    """Refuse units that nothing can be claimed for now.

    Raises:
        ItemNotDelivered: none arrived.
        ClaimWindowClosed: all that arrived did so too long ago.
        QuantityNotClaimable: more than arrived in time and are free.
        ResolutionNotOffered: money for what cost nothing.
    """
    code = line.reason.code if line.reason else ""
    if code == "not_delivered":
        raise ItemNotDelivered
    if code == "claim_window_closed":
        raise ClaimWindowClosed
    if units > line.units:
        raise QuantityNotClaimable(WORDS.get(code) or f"At most {line.units} of this item.")
    if wish not in line.resolutions:
        raise ResolutionNotOffered("It cost nothing: it can be replaced.")


def require_parcel_claimable(why: Reason | None) -> None:
    """Refuse a parcel that cannot be reported as missing.

    Raises:
        ParcelNotClaimable: for this reason.
    """
    if why is not None:
        raise ParcelNotClaimable(_words(why))


def require_open(status: str, number: str) -> None:
    """Refuse a step of a claim that is over.

    Raises:
        ClaimNotOpen: it is.
    """
    if status != ClaimStatus.OPEN:
        raise ClaimNotOpen(f"Claim {number} is {status}.")


def require_there(problems: Collection[str], *, is_parcel: bool) -> None:
    """Refuse to ask for goods that are not there.

    Raises:
        GoodsNotThere: some are not.
    """
    if is_parcel or not set(problems) <= set(CAN_GO_BACK):
        raise GoodsNotThere


def _words(why: Reason) -> str:
    day = f"{why.at:%Y-%m-%d}" if why.at else ""
    return WORDS[why.code].replace("{date}", day)
