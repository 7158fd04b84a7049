"""Fields and buttons that the pages of sign-in share."""

from typing import Any

import reflex as rx

from account_portal.auth.components.sent_form import Countdown
from account_portal.ui import components as ui
from account_portal.ui.store import StoreState
from account_portal.ui.variants import Text

CONTACT = "E-mail or phone"
PASSWORD_RULE = "At least 8 characters. A few unusual words are stronger than symbols."  # noqa: S105 - words


def contact_field(state: Any, *, id: str = "contact", **props: Any) -> rx.Component:
    """The one field for either contact, known to password managers as the user's name."""
    return ui.text_field(
        "contact",
        CONTACT,
        id=id,
        error=state.faults["contact"],
        auto_capitalize="none",
        spell_check=False,
        max_length=254,
        required=True,
        dir="ltr",
        **{"auto_complete": "username", **props},
    )


def known_as(contact: Any) -> rx.Component:
    """Tells password managers whose new password it is, where the form itself does not ask."""
    return rx.el.input(
        type="text",
        name="username",
        value=contact,
        auto_complete="username",
        read_only=True,
        hidden=True,
    )


def _code_button(state: Any, label: Text, channel: str, action: str, **look: Any) -> rx.Component:
    return ui.button(
        label,
        type="submit",
        name="channel",
        value=channel,
        form_action=action,
        form_no_validate=True,
        full=True,
        busy=state.underway == action.rpartition("/")[2],
        busy_label="Sending…",
        **look,
    )


def _or() -> rx.Component:
    return ui.row(
        ui.grow(ui.divider()),
        ui.text("or", tone="muted", size="small", inline=True),
        ui.grow(ui.divider()),
    )


def code_buttons(state: Any, action: str, *, primary: bool = False) -> rx.Component:
    """Ways a code can travel to the contact that is being typed, as far as they are set up.

    Args:
        state: of the page.
        action: where the form goes.
        primary: a code is what the form is for; else it is another way, said after an "or".
    """
    look: dict[str, Any] = {"variant": "primary"} if primary else {}
    email, sms, whatsapp = (
        StoreState.channels.contains(channel) for channel in ("email", "sms", "whatsapp")
    )
    before = rx.fragment() if primary else _or()

    def none(what: str) -> rx.Component:
        words = ui.text(f"This store does not send codes {what}.", tone="muted")
        return words if primary else rx.fragment()

    return rx.el.div(
        rx.el.div(
            rx.cond(
                email,
                ui.stack(
                    before,
                    _code_button(
                        state, "E-mail me a code", "email", action, icon_name="mail", **look
                    ),
                ),
                none("by e-mail"),
            ),
            class_name="grid group-data-[contact=phone]:hidden",
        ),
        rx.el.div(
            rx.cond(
                sms | whatsapp,
                ui.stack(
                    before,
                    rx.el.div(
                        rx.cond(
                            sms,
                            _code_button(
                                state, "Code by SMS", "sms", action, icon_name="smartphone", **look
                            ),
                        ),
                        rx.cond(
                            whatsapp,
                            _code_button(
                                state,
                                "Code by WhatsApp",
                                "whatsapp",
                                action,
                                icon_name="message-circle",
                            ),
                        ),
                        class_name=rx.cond(
                            sms & whatsapp, "grid gap-3 sm:grid-cols-2", "grid gap-3"
                        ),
                    ),
                ),
                none("to phones"),
            ),
            class_name="hidden group-data-[contact=phone]:grid",
        ),
    )


def code_fields(state: Any, *, hint: Text = "", **field: Any) -> rx.Component:
    """Where the code went, and the code itself.

    Args:
        state: has the words of `Sending`.
        hint: said under the field, such as where the demo's codes are found.
        **field: options of the code's field.
    """
    way = rx.match(state.channel, ("sms", " by SMS"), ("whatsapp", " by WhatsApp"), " by e-mail")
    sent = rx.cond(
        state.contact,
        ui.text(
            "If there is an account, a code is on its way to ",
            rx.el.strong(state.contact, dir="ltr", class_name="wrap-anywhere"),
            way,
            ". It works for 10 minutes.",
            tone="muted",
        ),
        ui.text(
            "If there is an account, a code is on its way. It works for 10 minutes.", tone="muted"
        ),
    )
    return ui.stack(
        rx.cond(state.is_closed, rx.fragment(), sent),
        ui.hidden_field("contact", state.contact),
        ui.hidden_field("channel", state.channel),
        ui.code_field(error=state.faults["otp"], hint=hint, required=True, **field),
    )


def another_code(state: Any, action: str, *, shown: Any = None, **button: Any) -> rx.Component:
    """Sends another code, once enough time has passed. Stands after the button that signs in.

    The first button of a form is the one that the Enter key presses. `shown` says when it is there,
    else once a contact is known; `button` is what the form is to say with it.
    """
    return rx.cond(
        state.contact if shown is None else shown,
        ui.row(
            ui.button(
                "Send another code",
                type="submit",
                size="small",
                variant="quiet",
                form_action=action,
                form_no_validate=True,
                disabled=state.wait > 0,
                busy=state.underway == action.rpartition("/")[2],
                busy_label="Sending…",
                **button,
            ),
            ui.text(
                Countdown.create(
                    seconds=state.wait,
                    stamp=state.wait_stamp,
                    label="possible in",
                    on_end=state.wait_is_over,
                ),
                size="small",
                tone="muted",
                inline=True,
            ),
        ),
    )
