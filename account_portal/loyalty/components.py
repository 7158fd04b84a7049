"""Parts of the rewards page that explain: what points are worth, how they came about, the year."""

from typing import Any

import reflex as rx

from account_portal.ui import components as ui

_MINUS = "\N{MINUS SIGN}"


def points(count: Any) -> rx.Component:
    """A count of points."""
    return rx.fragment(ui.number(count), rx.cond(count == 1, " point", " points"))


def points_worth(sums: Any) -> rx.Component:
    """What the balance is worth, and one point."""
    return ui.text(
        "Worth ",
        ui.money(sums.worth, sums.currency),
        ": one point is ",
        ui.money(sums.point_value, sums.currency),
        " off an order.",
        tone="muted",
        size="small",
    )


def benefits(title: Any, names: Any) -> rx.Component:
    """What a tier brings, if the store says so."""
    listed = rx.el.ul(
        rx.foreach(names, lambda name: rx.el.li(name, dir="auto")),
        class_name="list-disc ps-5 text-small",
    )
    return rx.cond(
        names.length() > 0,
        ui.stack(ui.text(title, tone="muted", size="small"), listed, gap="tight"),
    )


def _line(name: Any, value: Any, *, strong: bool = False) -> rx.Component:
    return ui.row(
        ui.text(name, tone="text" if strong else "muted", strong=strong),
        ui.text(value, strong=strong),
        justify="between",
    )


def point_sums(sums: Any, loyalty: Any) -> rx.Component:
    """What the balance is made of; the lines add up to it."""

    def part(name: str, value: Any, sign: str) -> rx.Component:
        return rx.cond(value > 0, _line(name, rx.fragment(sign, ui.number(value))))

    number = ui.text(
        "Membership number ", rx.el.bdi(loyalty.membership_number), tone="muted", size="small"
    )
    lines = ui.rows(
        part("Earned", sums.earned, "+"),
        part("Given back with orders", sums.given_back, "+"),
        part("Spent", sums.spent, _MINUS),
        part("Taken back with returns", sums.taken_back, _MINUS),
        part("Lapsed", sums.lapsed, _MINUS),
        _line("Balance", points(sums.balance), strong=True),
    )
    has_moved = sums.earned + sums.given_back + sums.spent + sums.taken_back + sums.lapsed > 0
    return rx.cond(
        has_moved,
        ui.section("How your balance adds up", ui.stack(lines, number, gap="small")),
        number,
    )


def _column(share: Any, look: str) -> rx.Component:
    return rx.el.div(class_name=look, style={"height": share.to_string() + "%"})


def _columns_of(month: Any) -> rx.Component:
    """Beside one another what came and what went; what lapsed stands on what was spent."""
    return rx.el.div(
        _column(month.earned_height, "min-w-0 flex-1 rounded-t-xs bg-accent-text"),
        rx.el.div(
            _column(month.lapsed_height, "lapsed rounded-t-xs"),
            _column(month.spent_height, "bg-muted"),
            class_name="flex h-full min-w-0 flex-1 flex-col justify-end",
        ),
        class_name="flex h-full min-w-0 flex-1 items-end gap-px",
    )


def _key(look: str, name: str) -> rx.Component:
    return ui.row(
        rx.el.span(class_name="size-3 rounded-xs " + look),
        ui.text(name, tone="muted", size="small", inline=True),
        gap="small",
    )


_COLUMNS = (
    ui.Column("Month"),
    ui.Column("Earned", numeric=True),
    ui.Column("Spent", numeric=True),
    ui.Column("Lapsed", numeric=True),
)


def points_year(months: Any) -> rx.Component:
    """The last twelve months as a picture, and the same as a table."""
    picture = rx.el.div(
        rx.el.div(
            rx.foreach(months, _columns_of),
            class_name="flex h-32 items-end gap-1.5 border-b border-line sm:gap-3",
        ),
        ui.row(
            ui.text(ui.date(months[0].month, "month"), tone="muted", size="small", inline=True),
            ui.text(
                ui.date(months[months.length() - 1].month, "month"),
                tone="muted",
                size="small",
                inline=True,
            ),
            justify="between",
        ),
        ui.row(
            _key("bg-accent-text", "Earned"),
            _key("bg-muted", "Spent"),
            _key("lapsed border border-muted", "Lapsed"),
        ),
        aria_hidden=True,
        class_name="columns grid grid-cols-1 gap-2",
    )
    table = ui.table(
        _COLUMNS,
        rx.foreach(
            months,
            lambda one: ui.table_row(
                _COLUMNS,
                ui.date(one.month, "month"),
                ui.number(one.earned),
                ui.number(one.spent),
                ui.number(one.lapsed),
            ),
        ),
        caption="Points earned, spent and lapsed in each of the last twelve months",
    )
    return rx.cond(
        months.length() > 0,
        ui.section(
            "Your last twelve months",
            ui.stack(picture, ui.disclosure("The same as a table", table), gap="small"),
        ),
    )


def _credit_title(movement: Any, links: Any) -> rx.Component:
    def of_order(words: str) -> rx.Component:
        number = movement.reference_number.to(str)
        return rx.fragment(
            words,
            rx.cond(
                movement.reference_number,
                ui.link(number, to=links[number], variant="plain"),
            ),
        )

    return rx.match(
        movement.cause,
        ("order", of_order("Used for order ")),
        ("order_cancelled", of_order("Back from cancelled order ")),
        ("order_returned", of_order("Back from returned order ")),
        ("gift_card", rx.fragment("Gift card")),
        rx.fragment("From the store"),
    )


def store_credit(credit: Any, links: Any) -> rx.Component:
    """The balance in one currency, and how it came about; `links` to orders by number."""

    def movement(one: Any) -> rx.Component:
        amount = ui.text(
            rx.cond(one.amount > 0, "+", ""),
            ui.money(one.amount, one.currency),
            inline=True,
        )
        return ui.row(
            ui.grow(
                ui.stack(
                    ui.text(_credit_title(one, links)),
                    ui.text(ui.date(one.created_at), tone="muted", size="small"),
                    gap="none",
                )
            ),
            amount,
            wrap=False,
            justify="between",
        )

    return ui.section(
        "Store credit",
        ui.stack(
            ui.row(
                ui.text("Left to spend", strong=True),
                ui.money(credit.balance, credit.currency, strong=True),
                justify="between",
            ),
            ui.rows(
                rx.foreach(credit.movements, movement),
                rx.cond(
                    credit.before != 0,
                    _line("Before that", ui.money(credit.before, credit.currency)),
                ),
            ),
            gap="small",
        ),
    )
