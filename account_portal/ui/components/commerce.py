"""What shops show: price breakdown, order lines, addresses."""

from collections.abc import Sequence
from dataclasses import dataclass

import reflex as rx

from account_portal.ui.components.media import ThumbnailSize, thumbnail
from account_portal.ui.format import Amount, money
from account_portal.ui.variants import Child, Flag, Text, classes


@dataclass(frozen=True)
class PriceLine:
    """One line of a price breakdown.

    `minus` writes a saving as a negative amount; `optional` leaves the line out when it is zero,
    `only_if` something else holds, `nothing` says it in a word; `total` sets it apart as the sum.
    """

    label: Text
    amount: Amount
    minus: bool = False
    optional: bool = False
    only_if: Flag = True
    nothing: Text | None = None
    total: bool = False
    note: Text | None = None


def _price_line(line: PriceLine, currency: Text) -> rx.Component:
    note = (
        [rx.el.span(line.note, class_name="block text-small font-normal text-muted")]
        if line.note is not None
        else []
    )
    is_zero = rx.Var.create(line.amount).to(float) == 0
    amount = money(line.amount, currency, minus=line.minus)
    if line.nothing is not None:
        amount = rx.cond(is_zero, line.nothing, amount)
    # Billions go below their name rather than break it.
    shown = rx.el.div(
        rx.el.dt(line.label, *note, class_name="min-w-0" if line.total else "min-w-0 text-muted"),
        rx.el.dd(amount, class_name="ms-auto min-w-0 text-end"),
        class_name=classes(
            "flex flex-wrap items-baseline gap-x-4",
            "mt-1 border-t border-line pt-3 text-lead font-semibold" if line.total else "",
        ),
    )
    if line.optional:
        return rx.cond(is_zero, rx.fragment(), shown)
    return shown if line.only_if is True else rx.cond(line.only_if, shown)


def price_breakdown(lines: Sequence[PriceLine], currency: Text) -> rx.Component:
    """Amounts that add up to the total, as a definition list."""
    return rx.el.dl(
        *[_price_line(line, currency) for line in lines], class_name="grid grid-cols-1 gap-2"
    )


def order_line(
    name: Child,
    *,
    picture: Text | None,
    detail: Child | None = None,
    end: Child | None = None,
    below: Child | None = None,
    size: ThumbnailSize = "medium",
) -> rx.Component:
    """A product in a list: picture, name, what is said of it, price or button at the end."""
    lines: list[Child] = [rx.el.div(name, class_name="font-medium", dir="auto")]
    if detail is not None:
        lines.append(rx.el.div(detail, class_name="text-small text-muted", dir="auto"))
    if below is not None:
        lines.append(rx.el.div(below, class_name="mt-1.5"))
    align = "items-center" if len(lines) == 1 else "items-start"
    # A long amount goes below the name rather than leave it no room.
    return rx.el.div(
        thumbnail(picture, size=size),
        rx.el.div(
            rx.el.div(*lines, class_name="min-w-0 flex-1 basis-28"),
            *([rx.el.div(end, class_name="ms-auto min-w-0 text-end")] if end is not None else []),
            class_name=classes("flex min-w-0 flex-1 basis-32 flex-wrap gap-x-3 gap-y-1", align),
        ),
        class_name=classes("flex min-w-0 flex-wrap gap-3", align),
    )


def address_block(
    lines: Sequence[Text] | rx.Var[list[str]],
    *,
    name: Text | None = None,
    phone: Text | None = None,
) -> rx.Component:
    """An address as it is written on a parcel. Empty lines fall away."""

    def line(text: Text) -> rx.Component:
        return rx.el.span(text, class_name="block empty:hidden", dir="auto")

    body = (
        [rx.foreach(lines, line)] if isinstance(lines, rx.Var) else [line(text) for text in lines]
    )
    head = (
        [rx.el.span(name, class_name="block font-medium text-text", dir="auto")]
        if name is not None
        else []
    )
    tail = [rx.el.bdi(phone, class_name="block tabular-nums")] if phone is not None else []
    return rx.el.address(*head, *body, *tail, class_name="min-w-0 text-muted not-italic")
