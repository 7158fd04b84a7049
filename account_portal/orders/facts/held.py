"""Units that returns and claims hold, before and after the shop looked at what it received."""

from dataclasses import dataclass

from account_portal.core.bulk import Stored


@dataclass(slots=True)
class Held:
    """What living requests hold of a line: units, what they cost, and the tax in it."""

    units: int = 0
    total: int = 0
    tax: int = 0
    refused: int = 0
    """Units, of those, for which nothing comes back: the line is still worth what they cost."""

    @property
    def valued(self) -> int:
        """Units for which something comes back."""
        return self.units - self.refused

    def add(self, units: int, total: int, tax: int) -> None:
        """Count more of them."""
        self.units, self.total, self.tax = self.units + units, self.total + total, self.tax + tax


def units_of(row: Stored) -> int:
    """Units of an item of a living return that cannot be asked for again.

    All that were asked for; once they were inspected, those that were accepted, and those that were
    refused for good. What did not come is still with the customer.
    """
    if row["accepted_quantity"] is None:
        units: int = row["quantity"]
        return units
    return int(row["accepted_quantity"] + refused_of(row))


def refused_of(row: Stored) -> int:
    """Of these, units that were refused."""
    return 0 if row["can_ask_again"] else row["refused_quantity"] or 0
