"""Which lines of a record are which of the order here, where several were sold under one sku."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import product
from typing import Any

from account_portal.core.bulk import Row
from account_portal.merchant.importing.lines import free_sku

_TELLING = (
    "product_id",
    "variant_id",
    "variant_name",
    "product_name",
    "selling_price",
    "tax_rate",
    "associated_options",
    "free_quantity",
    "quantity",
    "line_total",
)
"""What tells lines of one sku apart: what a shop changes least comes first, and counts most."""


def recognise_lines(rows: Sequence[Row], there: Iterable[Mapping[str, Any]]) -> None:
    """Give rows of a record the skus of the lines they are, whatever their order in the record.

    Parcels, returns and claims hold units of a line. Lines that share a sku would otherwise change
    places with their places in the record.

    Args:
        rows: lines as a record tells them, each with a sku of its own.
        there: the lines of the order.
    """
    known: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for line in there:
        known[_sold_as(line)].append(line)
    told: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        told[_sold_as(row)].append(row)
    taken = {line["sku"] for lines in known.values() for line in lines}
    for name, twins in told.items():
        if len(twins) > 1 or any(line["sku"] != name for line in known[name]):
            _pair(name, twins, known[name], taken, told.keys())


def _pair(
    name: str,
    rows: Sequence[Row],
    lines: Sequence[Mapping[str, Any]],
    taken: set[str],
    names: Collection[str],
) -> None:
    """Give rows of one sku theirs: not what is `taken`, nor one of the `names` rows are sold as."""
    of_row = _the_same(rows, lines)
    others = set(range(len(lines))) - set(of_row.values())
    likely = sorted(
        product(set(range(len(rows))) - of_row.keys(), others),
        key=lambda pair: (
            _differences(rows[pair[0]], lines[pair[1]]),
            abs(pair[0] - pair[1]),
            pair,
        ),
    )
    for place, other in likely:
        if place not in of_row and other in others:
            of_row[place] = other
            others.remove(other)
    for place, row in enumerate(rows):
        if place in of_row:
            row["sku"] = lines[of_row[place]]["sku"]
        else:
            row["sku"] = free_sku(name, taken.union(names)) if name in taken else name
        row["twin_of"] = name if row["sku"] != name else None
        taken.add(row["sku"])


def _the_same(rows: Sequence[Row], lines: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Places of lines by those of rows that say the same of them."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, line in enumerate(lines):
        places[_print_of(line)].append(place)
    return {
        place: found.pop(0)
        for place, row in enumerate(rows)
        if (found := places.get(_print_of(row)))
    }


def _print_of(line: Mapping[str, Any]) -> str:
    return repr([line[name] for name in _TELLING])


def _differences(row: Row, line: Mapping[str, Any]) -> list[bool]:
    return [row[name] != line[name] for name in _TELLING]


def _sold_as(line: Mapping[str, Any]) -> str:
    name: str = line["twin_of"] or line["sku"]
    return name
