"""Tables whose rows become cards where the columns no longer fit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from account_portal.ui.variants import Child, Text, classes


@dataclass(frozen=True)
class Column:
    """A column: its heading, and whether its values are numbers (set to the end)."""

    label: str
    numeric: bool = False


def table(columns: Sequence[Column], *rows: Child, caption: Text) -> rx.Component:
    """A table; children are `table_row`s or a `foreach` of them. `caption` is read out."""
    head = [
        rx.el.th(
            column.label,
            scope="col",
            role="columnheader",
            class_name=classes(
                "border-b border-line py-2 pe-4 text-small font-medium text-muted last:pe-0",
                "text-end" if column.numeric else "text-start",
            ),
        )
        for column in columns
    ]
    # The roles survive the change of `display` that turns rows into cards.
    return rx.el.div(
        rx.el.table(
            rx.el.caption(caption, class_name="sr-only"),
            rx.el.thead(rx.el.tr(*head, role="row"), role="rowgroup"),
            rx.el.tbody(*rows, role="rowgroup", class_name="divide-y divide-line"),
            role="table",
            class_name="records w-full border-collapse",
        ),
        class_name="@container min-w-0",
    )


def table_row(columns: Sequence[Column], *cells: Child, **props: Any) -> rx.Component:
    """One row; as many cells as columns.

    Raises:
        ValueError: a cell is missing or too many.
    """
    if len(cells) != len(columns):
        raise ValueError(f"{len(columns)} columns need as many cells; got {len(cells)}")
    return rx.el.tr(
        *[
            rx.el.td(
                rx.el.div(cell, class_name="min-w-0"),
                role="cell",
                custom_attrs={"data-label": column.label},
                class_name="text-end tabular-nums" if column.numeric else "wrap-anywhere",
            )
            for column, cell in zip(columns, cells, strict=True)
        ],
        role="row",
        **props,
    )
