"""The profile: name, picture, e-mail, phone, password, bank accounts."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.addresses.components import DIALLING_CODES
from account_portal.bank_accounts.components import bank_account_dialogs, bank_accounts
from account_portal.bank_accounts.state import BankAccountsState
from account_portal.profile.components import contact_row
from account_portal.profile.state.profile import ProfileState as State
from account_portal.ui import components as ui
from account_portal.ui.page_state import PageState
from account_portal.ui.phases import page_data
from account_portal.ui.store import StoreState
from account_portal.ui.uploading import is_sending

PICTURE = "profile-picture"
LABELS = {"first_name": "First name", "last_name": "Last name"}


def _picture_url(profile: Any) -> Any:
    return rx.cond(profile.profile_image_url, profile.profile_image_url, "").to(str)


def _name_form(profile: Any) -> rx.Component:
    return ui.form(
        ui.grid(
            ui.text_field(
                "first_name",
                LABELS["first_name"],
                default_value=rx.cond(profile.first_name, profile.first_name, "").to(str),
                error=State.errors["first_name"],
                auto_complete="given-name",
                auto_focus=True,
                required=True,
                max_length=100,
            ),
            ui.text_field(
                "last_name",
                LABELS["last_name"],
                default_value=rx.cond(profile.last_name, profile.last_name, "").to(str),
                error=State.errors["last_name"],
                auto_complete="family-name",
                optional=True,
                max_length=100,
            ),
        ),
        ui.form_actions(
            ui.submit("Save name", busy=State.busy == "save_name"),
            ui.button("Cancel", on_click=State.stop_renaming),
        ),
        on_submit=State.save_name,
        errors=State.errors,
        labels=LABELS,
        busy=State.busy == "save_name",
    )


def _who(profile: Any) -> rx.Component:
    name = PageState.viewer.name
    picture = rx.cond(profile.profile_image_url, "Change picture", "Add picture")
    buttons = ui.row(
        ui.button("Edit name", size="small", icon_name="pencil", on_click=State.rename),
        ui.button(picture, size="small", icon_name="camera", on_click=State.choose_picture),
    )
    return ui.card(
        ui.stack(
            ui.lead_row(
                ui.avatar(name, _picture_url(profile), size="large"),
                ui.text(name, size="lead", strong=True),
                ui.text("Customer since ", ui.date(State.since), tone="muted", size="small"),
                rx.cond(State.is_renaming, rx.fragment(), buttons),
            ),
            rx.cond(State.is_renaming, _name_form(profile)),
        )
    )


def _reach(profile: Any) -> rx.Component:
    email = rx.cond(profile.email, profile.email, "").to(str)
    phone = rx.cond(profile.phone, profile.phone, "").to(str)
    return ui.section(
        "Contact",
        ui.rows(
            contact_row(
                "E-mail",
                email,
                is_verified=profile.is_email_verified,
                shown=ui.text(email, inline=True),
                missing="No e-mail address yet",
                on_verify=State.verify_contact("email"),
                on_change=State.change_contact("email"),
                busy=State.busy == "verify_contact",
                can_prove=StoreState.channels.contains("email"),
            ),
            contact_row(
                "Phone",
                phone,
                is_verified=profile.is_phone_verified,
                shown=ui.text(rx.el.bdi(State.phone_text), inline=True),
                missing="No phone number yet",
                on_verify=State.verify_contact("phone"),
                on_change=State.change_contact("phone"),
                busy=State.busy == "verify_contact",
                can_prove=StoreState.channels.contains("sms")
                | StoreState.channels.contains("whatsapp"),
            ),
        ),
        description="You sign in with these, and we send news of your orders here.",
    )


def _password() -> rx.Component:
    return ui.section(
        "Password",
        ui.rows(
            ui.row(
                ui.text("A new password signs out your other devices.", tone="muted"),
                ui.link_button("Change password", to=routes.SECURITY, size="small"),
                justify="between",
            )
        ),
    )


def _picture_dialog(profile: Any) -> rx.Component:
    remove = rx.cond(
        profile.profile_image_url,
        ui.button(
            "Remove picture",
            size="small",
            icon_name="trash-2",
            on_click=State.remove_picture,
            busy=State.busy == "remove_picture",
            busy_label="Removing…",
        ),
    )
    ask = ui.stack(
        ui.file_field(
            "image",
            "Choose a picture",
            upload_id=PICTURE,
            hint="JPEG, PNG or WebP, 5 MB at most",
            error=State.errors["image"],
            reset_key=profile.profile_image_url,
            progress=State.progress,
            on_picked=State.pick_picture,
        ),
        ui.form_error(State.errors["_"]),
        remove,
    )
    return ui.dialog(
        rx.cond(State.is_picturing, ask),
        id="picture",
        title="Your picture",
        description="It is shown beside your name.",
        footer=[
            ui.button(
                "Save picture",
                variant="primary",
                disabled=~State.has_picked,
                busy=is_sending(State, "save_picture"),
                busy_label="Saving…",
                on_click=State.save_picture(
                    rx.upload_files(PICTURE, on_upload_progress=State.show_progress)
                ),
            ),
            ui.button("Cancel", closes=True),
        ],
        open=State.is_picturing,
        on_close=State.stop_picturing,
    )


def _new_contact() -> rx.Component:
    email = ui.text_field(
        "email",
        "New e-mail address",
        type="email",
        error=State.errors["email"],
        auto_complete="email",
        required=True,
        max_length=254,
        dir="ltr",
    )
    phone = rx.fragment(
        ui.phone_field(
            "New phone number",
            codes=DIALLING_CODES,
            code_value=rx.cond(
                State.profile.country_code, State.profile.country_code, StoreState.dialling_code
            ).to(str),
            error=State.errors["phone"],
            required=True,
            max_length=24,
        ),
        rx.cond(
            StoreState.channels.contains("sms") & StoreState.channels.contains("whatsapp"),
            ui.radio_cards(
                "Send the code by",
                ui.radio_card("channel", "sms", "SMS", default_checked=True),
                ui.radio_card("channel", "whatsapp", "WhatsApp"),
                id="channel",
                columns=2,
            ),
        ),
    )
    return ui.form(
        rx.cond(State.asked == "email", email, phone),
        ui.form_actions(
            ui.submit("Send code", busy=State.busy == "send_code", busy_label="Sending…"),
            ui.button("Cancel", closes=True),
            end=True,
        ),
        on_submit=State.send_code,
        errors=State.errors,
        labels={"email": "E-mail", "phone": "Phone", "country_code": "Dialling code"},
        busy=State.busy == "send_code",
    )


def _code() -> rx.Component:
    return ui.form(
        ui.text(
            "Enter the code we sent to ",
            ui.text(rx.el.bdi(State.sent_to), strong=True, inline=True),
            ". It works for 10 minutes.",
        ),
        rx.cond(
            State.was_sent_again,
            ui.alert("Another code is on its way.", tone="success", announce=True),
        ),
        ui.code_field(error=State.errors["otp"], required=True, auto_focus=True),
        ui.form_actions(
            ui.submit("Verify", busy=State.busy == "confirm", busy_label="Checking…"),
            ui.button(
                "Send another code",
                variant="quiet",
                on_click=State.send_again,
                busy=State.busy == "send_again",
                busy_label="Sending…",
            ),
            end=True,
        ),
        on_submit=State.confirm,
        errors=State.errors,
        labels={"otp": "Code"},
        busy=State.busy == "confirm",
    )


def _contact_dialog() -> rx.Component:
    what = rx.cond(State.asked == "email", "e-mail address", "phone number").to(str)
    has_one = rx.cond(State.asked == "email", State.profile.email, State.profile.phone).bool()
    return ui.dialog(
        rx.cond(
            State.asked,
            rx.cond(State.is_confirming, _code(), _new_contact()),
        ),
        id="contact",
        title=rx.cond(
            State.is_new_contact, rx.cond(has_one, "Change your ", "Add your "), "Verify your "
        )
        + what,
        open=State.asked != "",
        on_close=State.stop_asking,
    )


def profile_page() -> rx.Component:
    """Who the customer is, how we reach them, where refunds go."""
    profile = State.profile
    return rx.fragment(
        ui.page_header("Profile"),
        page_data(
            State,
            ui.stack(
                _who(profile),
                _reach(profile),
                _password(),
                bank_accounts(BankAccountsState),
                gap="huge",
            ),
            bones=[ui.skeleton("card"), ui.skeleton("card"), ui.skeleton("row")],
            also=[BankAccountsState],
            follows=[BankAccountsState],
        ),
        _picture_dialog(profile),
        _contact_dialog(),
        bank_account_dialogs(BankAccountsState),
    )
