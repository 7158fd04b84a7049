"""Whether anything of an order stays with its customer, and what it cost beside its goods."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from account_portal.core.bulk import Stored
from account_portal.orders import rules
from account_portal.orders.facts.claimed import is_settled
from account_portal.orders.facts.eligibility import line_cancels
from account_portal.orders.facts.order import OrderFacts
from account_portal.states import ClaimResolution, ReturnResolution, ReturnStatus


def charges_of(facts: OrderFacts) -> int:
    """What an order cost beside its lines: delivery, handling and their taxes."""
    total: int = facts.order["grand_total"]
    return total - sum(line["line_total"] for line in facts.lines)


def is_given_back(facts: OrderFacts) -> bool:
    """Whether every unit that was paid for is cancelled, lost, goes back or was refunded."""
    gone = given_back_units(facts)
    return all(line["quantity"] - line["free_quantity"] <= gone[line["id"]] for line in facts.lines)


def gone_for_good(facts: OrderFacts, by_law: Collection[str]) -> Counter[str]:
    """The same as `given_back_units` without what a return may still leave with its customer.

    Args:
        facts: of the order.
        by_law: ids of returns that a withdrawal asked for: nothing more can be asked for of them.
    """
    over = {key for key, status in facts.returns.items() if status == ReturnStatus.COMPLETE}
    return given_back_units(facts, only=over.union(by_law))


def given_back_units(facts: OrderFacts, *, only: Collection[str] | None = None) -> Counter[str]:
    """Units that were paid for and are cancelled, lost, go back or were refunded, by line id.

    What is exchanged stays: its customer gets another one. A refund of a claim counts if it is of
    all that the units cost.

    Args:
        facts: of the order.
        only: ids of returns that count; none: all that live.
    """
    gone: Counter[str] = Counter()
    for line_id, lost in facts.lost().items():
        gone[line_id] += lost.units
    for row in facts.return_items:
        if (
            row["resolution"] == ReturnResolution.REFUND
            and facts.returns[row["return_id"]] not in rules.ENDED
            and (only is None or row["return_id"] in only)
        ):
            gone[row["line_id"]] += _units_back(row)
    for row in facts.claims:
        is_refunded = is_settled(row) and row["resolution"] == ClaimResolution.REFUND
        if is_refunded and row["refunded"] >= row["amount"]:
            gone[row["line_id"]] += row["quantity"]
    return gone


class Withdrawable(NamedTuple):
    """Units of a line of an order whose contract is withdrawn from."""

    left: int
    """What neither went back nor was cancelled, lost or refunded; free ones included."""
    unsent: int
    """Of these, what can be cancelled."""


def withdrawable_units(
    facts: OrderFacts, now: datetime, exempt: Collection[str]
) -> dict[str, Withdrawable]:
    """What of an order can be withdrawn from, by sku.

    What is not sent of goods that the law exempts, by their sku, goes by the policy, if that
    charges nothing.
    """
    back, cancelled = given_back_units(facts), facts.cancelled_units()
    by_policy = line_cancels(facts, now)
    by_law = line_cancels(facts, now, beyond_policy=True)
    found = {}
    for line in facts.lines:
        gone, can = cancelled[line["id"]], by_policy[line["id"]]
        unsent = by_law[line["id"]].units
        if line["sku"] in exempt:
            unsent = 0 if can.charge else can.units
        left = line["quantity"] - back[line["id"]] - gone.free
        found[line["sku"]] = Withdrawable(max(0, left), unsent)
    return found


def _units_back(row: Stored) -> int:
    """Units of an item of a return that its customer has no more, or will not have.

    What was worth less than it cost and stays with the store went back, too; what is sent back to
    its customer, or did not come, did not.
    """
    if row["accepted_quantity"] is None:
        units: int = row["quantity"]
        return units
    kept = row["refused_quantity"] if row["refused_goods"] == "kept" else 0
    return int(row["accepted_quantity"] + kept)
