"""What came after the purchase: returns and reports of an order."""

from collections.abc import Callable
from typing import Any, Literal

import reflex as rx

from account_portal.orders.components import claim_link, return_link
from account_portal.ui import components as ui


def returns_section(page: Any) -> rx.Component:
    """Its returns; nothing while there are none."""
    return _section("Returns", page.returns, "return", return_link)


def claims_section(page: Any) -> rx.Component:
    """What was reported of it; nothing while nothing was."""
    return _section("Reports", page.claims, "claim", claim_link)


def _section(
    title: str, cards: Any, kind: Literal["return", "claim"], link: Callable[[Any], Any]
) -> rx.Component:
    name = "Return " if kind == "return" else "Report "

    def row(one: Any) -> rx.Component:
        return ui.stack(
            ui.row(
                ui.link(ui.hidden_text(name), one.number, to=link(one.number)),
                ui.status_badge(kind, one.status),
                justify="between",
            ),
            ui.row(
                ui.grow(ui.text(one.summary, tone="muted", size="small", line=True)),
                ui.text(ui.date(one.created_at, "short"), tone="muted", size="small"),
            ),
            gap="tight",
        )

    return rx.cond(cards.length() > 0, ui.section(title, ui.rows(rx.foreach(cards, row))))
