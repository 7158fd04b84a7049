"""The list of bank accounts, shown with the profile.

`state` is `BankAccountsState`, given by the page: components know no state by name.
"""

from typing import Any

import reflex as rx

from account_portal.ui import components as ui
from account_portal.ui.removing import removal_dialog

LABELS = {
    "account_name": "Account holder",
    "account_number": "Account number",
    "ifsc_code": "IFSC code",
    "bank_name": "Bank",
}


def _state_of(account: Any) -> rx.Component:
    return rx.match(
        account.verification_status,
        ("pending", "We are checking this account. Refunds can go here once it is verified."),
        ("verified", "Refunds can be paid to this account."),
        ("rejected", "We could not verify this account. Check its details, then ask again."),
        "Ask us to verify this account before a refund can go here.",
    )


def _line(state: Any, account: Any) -> rx.Component:
    number = "•••• " + account.account_number[-4:]
    named = account.bank_name + " " + number
    of_it = ui.hidden_text(" ", named)
    can_ask = (account.verification_status == "unverified") | (
        account.verification_status == "rejected"
    )
    # Refunds go to verified accounts only, so no other is worth choosing.
    can_use = (account.verification_status == "verified") & ~account.is_default
    ask = ui.button(
        "Ask to verify",
        of_it,
        size="small",
        on_click=state.ask_for_verification(account.id),
    )
    use = ui.button("Make default", of_it, size="small", on_click=state.use_account(account.id))
    return ui.stack(
        ui.row(
            ui.grow(
                ui.text(account.bank_name, " ", rx.el.bdi(number), strong=True),
                ui.text(account.account_name, tone="muted", size="small"),
            ),
            ui.icon_button("pencil", "Edit " + named, on_click=state.edit_account(account.id)),
            ui.icon_button(
                "trash-2", "Delete " + named, on_click=state.ask_delete_account(account.id)
            ),
            wrap=False,
            align="start",
        ),
        ui.row(
            ui.status_badge("bank_account", account.verification_status),
            rx.cond(account.is_default, ui.badge("Default", tone="accent")),
        ),
        ui.text(_state_of(account), tone="muted", size="small"),
        rx.cond(can_ask | can_use, ui.row(rx.cond(can_ask, ask), rx.cond(can_use, use))),
        gap="small",
    )


def _form(state: Any) -> rx.Component:
    kept = rx.cond(
        state.edited,
        "Leave it empty to keep the number that ends in " + state.edited.account_number[-4:] + ".",
        "6 to 34 digits or letters.",
    ).to(str)
    return ui.form(
        ui.text_field(
            "account_name",
            LABELS["account_name"],
            default_value=rx.cond(state.edited, state.edited.account_name, "").to(str),
            error=state.errors["account_name"],
            hint="As the bank has it.",
            auto_complete="name",
            required=True,
            min_length=2,
            max_length=150,
        ),
        ui.text_field(
            "bank_name",
            LABELS["bank_name"],
            default_value=rx.cond(state.edited, state.edited.bank_name, "").to(str),
            error=state.errors["bank_name"],
            auto_complete="off",
            required=True,
            min_length=2,
            max_length=150,
        ),
        ui.text_field(
            "account_number",
            LABELS["account_number"],
            error=state.errors["account_number"],
            hint=kept,
            auto_complete="off",
            required=~state.edited.to(bool),
            max_length=60,
            dir="ltr",
        ),
        ui.text_field(
            "ifsc_code",
            LABELS["ifsc_code"],
            default_value=rx.cond(state.edited, state.edited.ifsc_code, "").to(str),
            error=state.errors["ifsc_code"],
            hint="11 characters, such as HDFC0000001. It is on your cheques and statements.",
            auto_complete="off",
            auto_capitalize="characters",
            required=True,
            max_length=20,
            dir="ltr",
        ),
        rx.cond(
            state.accounts.length() > 0,
            rx.cond(
                state.edited.is_default,
                rx.fragment(),
                ui.checkbox("is_default", "Make this my default account"),
            ),
        ),
        rx.cond(
            state.edited,
            ui.text(
                "A new number, IFSC code or holder has to be verified again.",
                tone="muted",
                size="small",
            ),
        ),
        ui.form_actions(
            ui.submit("Save account", busy=state.busy == "save_account"),
            ui.button("Cancel", closes=True),
            end=True,
        ),
        on_submit=state.save_account,
        errors=state.errors,
        labels=LABELS,
        busy=state.busy == "save_account",
    )


def bank_account_dialogs(state: Any) -> rx.Component:
    """The form, and the question whether to delete."""
    return rx.fragment(
        ui.dialog(
            rx.cond(state.is_writing_account, _form(state)),
            id="bank-account-form",
            title=rx.cond(state.edited, "Edit bank account", "New bank account"),
            open=state.is_writing_account,
            on_close=state.stop_writing_account,
        ),
        removal_dialog(
            state,
            ui.text(state.deleting_name, " will be removed. Past refunds are not affected."),
            thing="bank account",
            deed="delete_account",
            keep="keep_account",
            open=state.is_deleting_account,
            refusal=state.refusal,
        ),
    )


def bank_accounts(state: Any) -> rx.Component:
    """The section of a page with all accounts."""
    add = ui.button("Add account", size="small", icon_name="plus", on_click=state.write_new_account)
    return ui.section(
        "Bank accounts",
        ui.by_phase(
            state.phase,
            rx.cond(
                state.accounts.length() > 0,
                ui.rows(ui.each(state.accounts, lambda account: _line(state, account), key="id")),
                ui.card(
                    ui.empty(
                        "nothing",
                        "No bank account yet",
                        "Add one to get refunds by bank transfer.",
                        icon_name="landmark",
                    )
                ),
            ),
            bones=[ui.skeleton("card")],
            retry=state.load,
        ),
        action=add,
        description="Refunds can be paid to these accounts once they are verified.",
        id="bank-accounts",
    )
