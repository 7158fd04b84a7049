"""Changing what goes back, until the store has decided: what and why, then what comes of it."""

import reflex as rx

from account_portal import routes
from account_portal.returns.components import outcome, outcome_title, return_link
from account_portal.returns.pages.request.checking import chosen_line
from account_portal.returns.pages.request.choosing import line_to_choose
from account_portal.returns.state import ChangeReturnState as State
from account_portal.ui import components as ui
from account_portal.ui.phases import page_data

STEPS = ("Items", "Check and save")


def _items() -> rx.Component:
    return ui.form(
        ui.card_list(
            rx.foreach(State.lines, lambda line: line_to_choose(State, line)),
            label="Items of the order",
        ),
        ui.form_actions(
            ui.submit("Continue", busy=State.busy == "check", busy_label="One moment…"),
            ui.link_button("Keep it as it is", to=return_link(State.return_id)),
        ),
        on_submit=State.check,
        errors=State.errors,
        busy=State.busy == "check",
    )


def _last_look() -> rx.Component:
    here = return_link(State.return_id) + "/change"
    return ui.stack(
        ui.columns(
            ui.section(
                "You return",
                ui.rows(rx.foreach(State.lines, chosen_line)),
                action=ui.link("Change items", to=here),
            ),
            ui.section(outcome_title(State.quote), ui.card(outcome(State.quote))),
        ),
        ui.form_actions(
            ui.send_button(
                "Save changes",
                on_click=State.send,
                busy=State.busy == "send",
                busy_label="Saving…",
            ),
            ui.link_button("Back", to=here),
        ),
        gap="large",
    )


def _too_late() -> rx.Component:
    return ui.empty(
        "nothing",
        "This return can no longer be changed",
        rx.cond(
            State.is_twice,
            "One item is asked for in two ways. Cancel the return and ask for it anew.",
            "A return can be changed until we have decided on it.",
        ),
        action=ui.link_button("To the return", to=return_link(State.return_id)),
        icon_name="undo-2",
    )


def change_return() -> rx.Component:
    """The form of two steps; the step is in the address."""
    return rx.fragment(
        ui.page_header(
            "Change your return",
            back=("Return " + State.return_id, return_link(State.return_id)),
        ),
        page_data(
            State,
            rx.cond(
                State.can_return,
                ui.stack(
                    ui.step_list(STEPS, State.step - 1),
                    rx.cond(State.step == 2, _last_look(), _items()),
                    gap="large",
                ),
                _too_late(),
            ),
            bones=[ui.skeleton("title"), ui.skeleton("card"), ui.skeleton("card")],
            missing=ui.empty(
                "not_found",
                "There is no such return",
                "The number may be mistyped, or the return belongs to another account.",
                action=ui.link_button("All your returns", to=routes.RETURNS),
            ),
        ),
    )
