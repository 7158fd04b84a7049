"""What came after the purchase: returns and reports of an order."""

from typing import Any, Literal

import reflex as rx

from account_portal.orders.components import claim_link, return_link
from account_portal.ui import components as ui


def returns_section(page: Any) -> rx.Component:
    """Its returns; nothing while there are none."""
    return rx.cond(
        page.returns.length() > 0,
        ui.section(
            "Returns",
            ui.rows(
                rx.foreach(
                    page.returns,
                    lambda one: _row(
                        "return", one, one.request_number, return_link(one.request_number)
                    ),
                )
            ),
        ),
    )


def claims_section(page: Any) -> rx.Component:
    """What was reported of it; nothing while nothing was."""
    return rx.cond(
        page.claims.length() > 0,
        ui.section(
            "Reports",
            ui.rows(
                rx.foreach(
                    page.claims,
                    lambda one: _row("claim", one, one.claim_number, claim_link(one.claim_number)),
                )
            ),
        ),
    )


def _row(kind: Literal["return", "claim"], one: Any, number: Any, to: Any) -> rx.Component:
    name = "Return " if kind == "return" else "Report "
    return ui.stack(
        ui.row(
            ui.link(ui.hidden_text(name), number, to=to),
            ui.status_badge(kind, one.status),
            justify="between",
        ),
        ui.row(
            ui.grow(ui.text(one.summary, tone="muted", size="small", line=True)),
            ui.text(ui.date(one.created_at, "short"), tone="muted", size="small"),
        ),
        gap="tight",
    )
