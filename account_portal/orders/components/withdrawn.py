"""Withdrawals from the contract of an order, and what came of them."""

from typing import Any

import reflex as rx

from account_portal.ui import components as ui


def withdrawals_section(withdrawals: Any) -> rx.Component:
    """Its `StatedWithdrawal`s; nothing while there are none."""
    return rx.cond(
        withdrawals.length() > 0,
        ui.section("Withdrawal from the contract", ui.rows(rx.foreach(withdrawals, _one))),
    )


def _one(one: Any) -> rx.Component:
    goods = rx.cond(
        one.goods.length() > 0,
        rx.fragment("You withdrew from ", rx.el.bdi(one.goods.join(", ")), "."),
        "You withdrew from the whole order.",
    )
    says = ui.text("The store says: ", rx.el.bdi(one.answer.to(str)))
    settled = rx.cond(one.answer, says, ui.text("The store has dealt with it."))
    return ui.stack(
        ui.row(
            ui.text(ui.unbroken(one.reference)),
            ui.status_badge("withdrawal", one.state),
            justify="between",
        ),
        ui.text(goods),
        rx.match(
            one.state,
            (
                "open",
                ui.text("We have received it. A person at the store looks at it, and decides."),
            ),
            (
                "carried_out",
                ui.stack(
                    rx.cond(
                        one.not_carried_out.length() > 0,
                        ui.text(
                            "It is carried out, but not for ",
                            rx.el.bdi(one.not_carried_out.join(", ")),
                            ". Anything else that was not sent is cancelled, anything that was "
                            "sent goes back.",
                        ),
                        ui.text(
                            "It is carried out: anything that was not sent is cancelled, anything "
                            "that was sent goes back."
                        ),
                    ),
                    rx.cond(one.answer, says),
                    gap="tight",
                ),
            ),
            (
                "nothing_left",
                ui.text(
                    "Nothing of it was left: all of it had been cancelled, goes back already, or "
                    "had been refunded. No other withdrawal is needed."
                ),
            ),
            settled,
        ),
        ui.text("Stated ", ui.date(one.received_at, "datetime"), tone="muted", size="small"),
        gap="tight",
    )
