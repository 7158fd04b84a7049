"""The parcel that a customer sent themselves: what they said of it, and the form that asks."""

from typing import Any

import reflex as rx

from account_portal.returns.state import ReturnDetailState as State
from account_portal.states import ReturnStatus
from account_portal.ui import components as ui


def parcel_told(page: Any) -> rx.Component:
    """What the customer said of their parcel, or the button to say it."""
    one = page.order_return
    told = ui.facts(
        ("Tracking number", ui.unbroken(one.awb_no.to(str))),
        ("Courier", rx.cond(one.courier_company_name, one.courier_company_name.to(str), "–")),
        ("You told us", ui.date(one.parcel_told_at.to(str), "datetime")),
    )
    tell = ui.button(
        rx.cond(one.awb_no, "Change tracking number", "Add tracking number"),
        on_click=State.open_parcel,
    )
    is_sent = one.status == ReturnStatus.SHIPPED  # a courier who collected it knows the number
    return rx.cond(
        one.awb_no | (page.can_tell_parcel & ~is_sent),
        ui.section(
            "Your parcel",
            ui.card(
                ui.stack(
                    rx.cond(
                        one.awb_no,
                        told,
                        ui.text("Did you send the parcel yourself? Tell us its tracking number."),
                    ),
                    rx.cond(page.can_tell_parcel, ui.screen_only(ui.row(tell))),
                )
            ),
        ),
    )


def parcel_dialog(page: Any) -> rx.Component:
    """Asks for the tracking number of the parcel."""
    one = page.order_return
    return ui.dialog(
        ui.form(
            ui.text_field(
                "awb_no",
                "Tracking number",
                hint="It is on the receipt of the courier.",
                default_value=rx.cond(one.awb_no, one.awb_no, "").to(str),
                auto_complete="off",
                auto_capitalize="characters",
                spell_check=False,
                max_length=64,
                required=True,
                error=State.errors["awb_no"],
            ),
            ui.text_field(
                "courier_company_name",
                "Courier",
                optional=True,
                default_value=rx.cond(one.courier_company_name, one.courier_company_name, "").to(
                    str
                ),
                auto_complete="off",
                max_length=100,
                error=State.errors["courier_company_name"],
            ),
            ui.form_actions(
                ui.submit("Save", busy=State.busy == "tell_parcel", busy_label="Saving…"),
                ui.button("Not now", on_click=State.close_parcel),
                end=True,
            ),
            on_submit=State.tell_parcel,
            errors=State.errors,
            labels={"awb_no": "Tracking number", "courier_company_name": "Courier"},
            busy=State.busy == "tell_parcel",
        ),
        id="return-parcel",
        title="Your parcel",
        size="small",
        open=State.is_telling_parcel,
        on_close=State.close_parcel,
    )
