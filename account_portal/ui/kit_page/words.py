"""States, messages, people, time."""

import reflex as rx

from account_portal.ui import components as ui
from account_portal.ui.components.status import STATUSES
from account_portal.ui.icons import PATHS
from account_portal.ui.kit_page.content import ARABIC, PICTURES, THAI


def states() -> rx.Component:
    """Every state of the contract."""
    kinds = [
        ui.stack(
            ui.text(kind.replace("_", " ").capitalize(), strong=True),
            ui.row(*[ui.status_badge(kind, status) for status in statuses]),
            gap="small",
        )
        for kind, statuses in STATUSES.items()
    ]
    return ui.section(
        "States",
        *kinds,
        ui.row(
            ui.status_badge("order", "shipped", plain=True),
            ui.badge("Default for billing", tone="accent"),
            ui.badge("Verified", tone="success", icon_name="check"),
        ),
    )


def feedback() -> rx.Component:
    """Messages, empty places, waiting."""
    return ui.section(
        "Feedback",
        ui.alert("Order NW-2026-000123 comes tomorrow, between 9:00 and 13:00.", tone="info"),
        ui.alert(
            "Returns closed on 3 May 2026, 30 days after delivery.",
            tone="warn",
            title="Too late to return",
        ),
        ui.alert(
            "Your bank said no. Nothing was taken.",
            tone="danger",
            action=ui.button("Pay again", size="small"),
        ),
        ui.alert("Address saved.", tone="success"),
        ui.form_error("The e-mail or the password is wrong."),
        ui.grid(
            ui.card(
                ui.empty(
                    "nothing",
                    "No orders yet",
                    "What you buy appears here.",
                    action=ui.link_button("To the shop", to="/"),
                )
            ),
            ui.card(
                ui.empty(
                    "no_match",
                    "No order matches",
                    "Nothing found for “planter 2019”.",
                    action=ui.link_button("Clear filters", to="/orders"),
                )
            ),
            ui.card(
                ui.empty(
                    "failed",
                    "Could not load your orders",
                    "Something went wrong on our side. Your orders are safe.",
                    action=ui.button("Try again"),
                )
            ),
            ui.card(
                ui.empty("not_found", "There is no such order", "It may belong to another account.")
            ),
        ),
        ui.loading(
            *ui.skeleton_cards(2),
            ui.row(
                ui.skeleton("circle"),
                ui.grow(ui.skeleton("title"), ui.skeleton(), ui.skeleton("short")),
            ),
        ),
        ui.progress_bar(1200, "1,200 of 5,000 points to Gold", most=5000),
        ui.step_list(["Items", "Pick-up", "Check"], 1),
    )


def people() -> rx.Component:
    """Faces, ratings, dates, folds and tabs."""
    return ui.section(
        "People, ratings, time",
        ui.row(
            ui.avatar("Asha Rao"),
            ui.avatar(THAI, size="large"),
            ui.avatar(ARABIC, size="small"),
            ui.avatar("Asha Rao", PICTURES[1], size="large"),
            ui.avatar("Broken Picture", "/missing.png"),
        ),
        ui.row(
            ui.stars(4.5),
            ui.text("4.5", size="small", tone="muted"),
            ui.stars(1),
            ui.stars(5, size=24),
        ),
        ui.facts(
            ("Ordered", ui.date("2026-11-19T09:30:00Z")),
            ("Arrives", ui.date("2026-11-24", "near", capitalised=True)),
            ("Return until", ui.date("2026-12-23T18:29:59Z", "binding")),
            ("Signed in", ui.date("2026-11-23T20:00:00Z", "ago")),
            ("Total", ui.money(129999.5, "INR")),
            ("In yen", ui.money(8000, "JPY")),
            ("Name", ARABIC),
        ),
        ui.disclosure(
            "What happens next?",
            ui.text("We pack your parcel within a day and write to you when it leaves."),
        ),
        ui.disclosure("Invoice", ui.text("It comes by e-mail."), open=True),
        ui.tabs(
            [
                ui.Choice("Waiting for review", "/reviews", current=True, count=3),
                ui.Choice("My reviews", "/reviews?tab=mine", count=12),
            ],
            "Reviews",
        ),
        ui.breadcrumb([("Orders", "/orders"), ("NW-2026-000123", "/orders")], "Return"),
    )


def icons() -> rx.Component:
    """The icon set."""
    return ui.section("Icons", ui.row(*[ui.icon(name, label=name) for name in PATHS], gap="medium"))
