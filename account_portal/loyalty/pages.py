"""Rewards: points, tier, the way to the next one, and every movement."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.loyalty.components import (
    benefits,
    point_sums,
    points,
    points_worth,
    points_year,
    store_credit,
)
from account_portal.loyalty.state import RewardsState as State
from account_portal.ui import components as ui
from account_portal.ui.phases import page_data


def _balance(loyalty: Any) -> rx.Component:
    waiting = rx.foreach(
        State.waiting,
        lambda one: ui.text(
            points(one.points),
            " more from ",
            ui.date(one.spendable_at, "near"),
            tone="muted",
            size="small",
        ),
    )
    later = ui.text(points(State.waiting_longer), " more after that", tone="muted", size="small")
    return ui.card(
        ui.stack(
            ui.row(
                ui.text("Your balance", tone="muted"),
                rx.cond(
                    loyalty.loyalty_tier,
                    ui.badge(loyalty.loyalty_tier.to(str), tone="accent", icon_name="award"),
                ),
                justify="between",
            ),
            ui.text(points(loyalty.loyalty_point_balance), size="display", strong=True),
            # All of them, and not only those that can be spent already: it stands first.
            rx.cond(loyalty.loyalty_point_balance > 0, points_worth(State.sums)),
            ui.stack(
                rx.cond(
                    (loyalty.loyalty_point_redeemable == loyalty.loyalty_point_balance)
                    & (loyalty.loyalty_point_balance > 0),
                    ui.text(
                        "You can spend ",
                        rx.cond(loyalty.loyalty_point_balance == 1, "it", "all of them"),
                        " with your next order.",
                    ),
                    rx.cond(
                        loyalty.loyalty_point_balance > 0,
                        ui.text(
                            "You can spend ",
                            points(loyalty.loyalty_point_redeemable),
                            " with your next order.",
                        ),
                    ),
                ),
                waiting,
                rx.cond(State.waiting_longer > 0, later),
                gap="tight",
            ),
            gap="small",
        )
    )


def _tier(tier: Any) -> rx.Component:
    name = tier.next_tier.to(str)
    ahead = ui.stack(
        ui.text(points(tier.points_missing), " to ", ui.text(name, strong=True, inline=True), "."),
        ui.progress_bar(
            tier.percent,
            "Way to " + name + ": " + tier.percent.to_string() + " per cent",
            hide_label=True,
        ),
        ui.row(
            ui.text(rx.cond(tier.tier, tier.tier, "Start").to(str), tone="muted", size="small"),
            ui.text(name, tone="muted", size="small"),
            justify="between",
        ),
        ui.text(
            ui.number(tier.tier_points),
            " of ",
            points(tier.next_tier_begins_at),
            ". Points of returned or cancelled orders don't count.",
            tone="muted",
            size="small",
        ),
        benefits(name + " brings", tier.next_benefits),
        gap="small",
    )
    highest = ui.stack(
        ui.text(
            "You have reached ",
            ui.text(tier.tier.to(str), strong=True, inline=True),
            ", our highest tier. Thank you.",
        ),
        benefits("It brings", tier.benefits),
        gap="small",
    )
    return rx.cond(
        tier.next_tier,
        ui.card(ui.stack(ui.text("Your way to the next tier", tone="muted"), ahead, gap="small")),
        rx.cond(
            tier.tier,
            ui.card(ui.stack(ui.text("Your tier", tone="muted"), highest, gap="small")),
        ),
    )


def _movement(movement: Any, index: Any) -> rx.Component:
    is_earned = movement.activity_type == "earned"
    order = State.order_links[index]
    title = rx.cond(
        order,
        ui.link(movement.title, to=order, variant="plain"),
        ui.text(movement.title, inline=True),
    )
    amount = rx.cond(
        is_earned,
        ui.text("+", ui.number(movement.loyalty_point), tone="success", strong=True),
        ui.text("\N{MINUS SIGN}", ui.number(movement.loyalty_point), strong=True),
    )
    return ui.row(
        ui.grow(
            ui.stack(
                title,
                rx.cond(
                    movement.remarks,
                    ui.text(movement.remarks.to(str), tone="muted", size="small"),
                ),
                ui.text(ui.date(movement.created_at), tone="muted", size="small"),
                gap="none",
            )
        ),
        ui.hidden_text(rx.cond(is_earned, "earned", "spent")),
        amount,
        wrap=False,
        justify="between",
    )


def _activity() -> rx.Component:
    nothing = rx.cond(
        State.was_used,
        ui.no_such_page(first=routes.LOYALTY),
        ui.empty(
            "nothing",
            "No points yet",
            "You earn points with every order. They arrive with the parcel, and can be spent once "
            "the time to return it is over.",
            action=ui.link_button("Your orders", to=routes.ORDERS),
            icon_name="gift",
        ),
    )
    return ui.section(
        "Activity",
        rx.cond(
            State.movements.length() > 0,
            ui.rows(rx.foreach(State.movements, _movement)),
            nothing,
        ),
        ui.pager(
            State.page,
            State.pages,
            previous_to=State.previous_link,
            next_to=State.next_link,
            label="Pages of activity",
        ),
    )


def rewards() -> rx.Component:
    """Where the member stands, and how it came about; the page of movements is in the address."""
    explained = ui.stack(
        point_sums(State.sums, State.loyalty),
        rx.foreach(State.credit, lambda one: store_credit(one, State.credit_links)),
        gap="large",
    )
    return rx.fragment(
        ui.page_header("Rewards"),
        page_data(
            State,
            ui.grid(_balance(State.loyalty), _tier(State.tier)),
            rx.cond(
                State.months.length() > 0,
                ui.columns(points_year(State.months), explained, below=_activity()),
                ui.columns(_activity(), explained),
            ),
            bones=[ui.skeleton("card"), ui.skeleton("title"), *ui.skeleton_cards(4, "row")],
            follows=[State],
            missing=ui.empty(
                "nothing",
                "No rewards programme yet",
                "This store does not collect points at the moment. Your orders are not affected.",
                action=ui.link_button("Your orders", to=routes.ORDERS),
                icon_name="gift",
            ),
        ),
    )
