"""The form that says what is wrong with an order, in two steps."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.claims.components import DIGITAL_PROBLEMS, PROBLEMS, asked_for, problem
from account_portal.claims.schemas import LONGEST_WORDS
from account_portal.claims.state import ReportProblemState as State
from account_portal.evidence.components import evidence_field, evidence_shown
from account_portal.orders.components import claim_link, need_help, order_link, return_note
from account_portal.ui import components as ui
from account_portal.ui.phases import page_data

STEPS = ("What is wrong", "Check and send")


def _about() -> rx.Component:
    """A parcel that did not come, or items: only where there is a parcel to name."""

    def parcel(one: Any) -> rx.Component:
        return ui.radio_card(
            "about",
            one.reference_number,
            rx.cond(
                one.label == "Parcel",
                "The parcel has not arrived",
                one.label + " has not arrived",
            ),
            hint=one.summary,
            checked=State.about == one.reference_number,
            on_change=State.choose_about(one.reference_number),
        )

    items = ui.radio_card(
        "about",
        "",
        "Something is wrong with items",
        hint="Damaged, wrong, missing, or another problem",
        checked=State.about == "",
        on_change=State.choose_about(""),
    )
    return rx.cond(
        State.parcels.length() > 0,
        ui.radio_cards(
            "What is it about?",
            rx.foreach(State.parcels, parcel),
            rx.cond(State.has_items, items),
            id="about",
            columns=2,
        ),
    )


def _choices(line: Any) -> rx.Component:
    sku = line.item.sku
    name = "problem-" + sku
    return ui.stack(
        ui.grid(
            ui.select_field(
                "quantity-" + sku,
                "How many",
                line.counts,
                value=line.quantity,
                on_change=State.choose_quantity(sku),
            ),
            ui.select_field(
                name,
                "What is wrong",
                rx.cond(
                    line.item.is_digital,
                    rx.Var.create(DIGITAL_PROBLEMS).to(list[list[str]]),
                    rx.Var.create(PROBLEMS).to(list[list[str]]),
                ),
                placeholder="Choose what is wrong",
                value=line.problem,
                error=State.errors[name],
                on_change=State.choose_problem(sku),
            ),
        ),
        ui.textarea_field(
            "details-" + sku,
            rx.cond(
                line.problem == "other", "What is wrong, in your words", "Tell us more (optional)"
            ),
            max_length=LONGEST_WORDS,
            default_value=line.details,
            error=State.errors["details-" + sku],
        ),
        # Of what never came there is nothing to show; what was added before can be taken out.
        rx.cond(
            (line.problem != "not_arrived") | (line.evidence.length() > 0),
            evidence_field(
                State,
                "evidence-" + sku,
                line.evidence,
                needed=line.item.evidence_for.contains(line.problem),
                on_add=lambda files: State.add_evidence(sku, files),
                on_remove=lambda evidence_id: State.remove_evidence(sku, evidence_id),
            ),
        ),
    )


def _line(line: Any) -> rx.Component:
    item = line.item
    product = ui.order_line(
        item.product_name,
        picture=item.product_image_url,
        detail=rx.cond(item.variant_name, rx.el.bdi(item.variant_name.to(str))),
        below=rx.cond(
            item.reason, return_note(item.reason.to(str), item.reason_at.to(str)), rx.fragment()
        ),
    )
    return rx.cond(
        line.counts.length() > 0,
        ui.card(
            ui.stack(
                product,
                ui.checkbox(
                    "item-" + item.sku,
                    rx.fragment(
                        "Something is wrong with this", ui.hidden_text(": ", item.product_name)
                    ),
                    checked=line.chosen,
                    on_change=State.choose(item.sku),
                ),
                rx.cond(line.chosen, _choices(line)),
            )
        ),
        ui.card(product, variant="quiet"),
    )


def _wish() -> rx.Component:
    return ui.radio_cards(
        "What would you like?",
        *[
            rx.cond(
                State.wishes.contains(wish),
                ui.radio_card(
                    "wish",
                    wish,
                    label,
                    hint=hint,
                    checked=State.wish == wish,
                    on_change=State.choose_wish(wish),
                ),
            )
            for wish, label, hint in (
                ("refund", "A refund", "Back the way you paid"),
                ("replacement", "A replacement", "The same again, free of charge"),
            )
        ],
        id="wish",
        columns=2,
    )


def _reported() -> rx.Component:
    """Leads whoever reported something of this order to what became of it."""

    def link(number: Any) -> rx.Component:
        return ui.link("Your report ", number, to=claim_link(number))

    return ui.alert(
        "We are looking into it and write to you.",
        title="You reported a problem with this order",
        action=ui.stack(rx.foreach(State.reports, link), gap="small"),
    )


def _what() -> rx.Component:
    """Step one: what is wrong, and what is wished for."""
    can_claim = State.has_items | (State.parcels.length() > 0)
    parcel = ui.textarea_field(
        "details",
        "Tell us more",
        optional=True,
        max_length=LONGEST_WORDS,
        default_value=State.details,
    )
    return ui.form(
        rx.cond(
            State.reports.length() > 0,
            _reported(),
            rx.cond(
                ~can_claim,
                ui.stack(
                    ui.alert(
                        "Below you see why, item by item.",
                        title="Nothing of this order can be reported now",
                    ),
                    need_help(State.help_link, "order"),
                ),
            ),
        ),
        _about(),
        rx.cond(
            State.about != "",
            parcel,
            ui.card_list(rx.foreach(State.lines, _line), label="Items of the order"),
        ),
        rx.cond(can_claim, _wish()),
        ui.form_actions(
            rx.cond(
                can_claim,
                ui.submit("Continue", busy=State.busy == "go_on", busy_label="One moment…"),
            ),
            ui.link_button("Back to the order", to=order_link(State.order_number)),
        ),
        on_submit=State.go_on,
        errors=State.errors,
        busy=State.busy == "go_on",
    )


def _chosen_line(line: Any) -> rx.Component:
    return rx.cond(
        line.chosen,
        ui.order_line(
            line.item.product_name,
            picture=line.item.product_image_url,
            detail=rx.fragment(
                "Quantity ", line.quantity, " · ", problem(line.problem, line.item.is_digital)
            ),
            below=ui.stack(
                rx.cond(
                    line.details, ui.text(rx.el.bdi(line.details), size="small", as_typed=True)
                ),
                evidence_shown(line.evidence),
                gap="small",
            ),
        ),
    )


def _chosen_parcel(parcel: Any) -> rx.Component:
    return rx.cond(
        parcel.reference_number == State.about,
        ui.stack(
            ui.text(
                rx.cond(parcel.label == "Parcel", "The parcel", parcel.label),
                " has not arrived",
                strong=True,
            ),
            ui.text(parcel.summary, tone="muted", size="small"),
            rx.cond(State.details, ui.text(rx.el.bdi(State.details), size="small", as_typed=True)),
            gap="tight",
        ),
    )


def _last_look() -> rx.Component:
    """Step two: what was said, what it asks for, and the button that sends it."""
    here = order_link(State.order_number) + "/claim"
    what_happens = ui.timeline(
        ui.timeline_event("You send this report", tone="current"),
        ui.timeline_event("We look into it and write to you"),
        ui.timeline_event(
            rx.cond(
                State.wish == "refund",
                "Your money comes back",
                rx.match(
                    State.files,
                    ("all", "We make it available again"),
                    ("some", "We replace it"),
                    "We send it again",
                ),
            ),
            detail=rx.cond(
                State.about == "",
                rx.cond(
                    State.files == "all",
                    "",
                    "Keep what is with you until then: we may ask for it.",
                ),
                "If it arrives after all, withdraw the report.",
            ),
        ),
        label="What happens",
    )
    return ui.stack(
        ui.columns(
            ui.section(
                "You report",
                ui.rows(
                    rx.cond(
                        State.about != "",
                        rx.fragment(rx.foreach(State.parcels, _chosen_parcel)),
                        rx.fragment(rx.foreach(State.lines, _chosen_line)),
                    )
                ),
                action=ui.link("Change", ui.hidden_text(" what you report"), to=here),
            ),
            ui.stack(
                ui.section(
                    "What you would like", ui.card(asked_for(State.quote, State.wish, State.files))
                ),
                ui.section("What happens", ui.card(what_happens)),
                gap="large",
            ),
        ),
        ui.form_actions(
            ui.send_button(
                "Send report",
                on_click=State.send,
                busy=State.busy == "send",
            ),
            ui.link_button("Back", to=here),
        ),
        gap="large",
    )


def report_problem() -> rx.Component:
    """The form of two steps; the step is in the address."""
    number = State.order_number
    return rx.fragment(
        ui.page_header("Report a problem", back=("Order " + number, order_link(number))),
        page_data(
            State,
            rx.cond(
                State.has_items | (State.parcels.length() > 0),
                ui.step_list(STEPS, State.step - 1),
            ),
            rx.cond(State.step == 2, _last_look(), _what()),
            bones=[ui.skeleton("title"), ui.skeleton("card"), ui.skeleton("card")],
            missing=ui.empty(
                "not_found",
                "There is no such order",
                "The number may be mistyped, or the order belongs to another account.",
                action=ui.link_button("All your orders", to=routes.ORDERS),
            ),
        ),
    )
