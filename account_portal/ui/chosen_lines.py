"""Lines on a form of which some are chosen."""

from typing import Any, TypeVar

from account_portal.core.schemas import View

Line = TypeVar("Line", bound="ChosenLine")


class ChosenLine(View):
    """A line of the order on a form, and what was chosen for it."""

    item: Any
    counts: list[list[str]]
    """Quantities to choose from."""
    chosen: bool = False
    quantity: str = "1"


def as_offered(line: Line, item: Any, most: int) -> Line:
    """A line as it can be chosen now: `most` of its units, if any."""
    counts = [str(count) for count in range(1, most + 1)]
    return line.model_copy(
        update={
            "item": item,
            "counts": [[count, count] for count in counts],
            "chosen": line.chosen and bool(counts),
            "quantity": line.quantity if line.quantity in counts else "1",
        }
    )


def with_change(lines: list[Line], sku: str, values: dict[str, Any]) -> list[Line]:
    """The lines after something was chosen for one; a quantity it has not changes nothing."""
    quantity = values.get("quantity", "1")
    return [
        line.model_copy(update=values)
        if line.item.sku == sku and [quantity, quantity] in line.counts
        else line
        for line in lines
    ]
