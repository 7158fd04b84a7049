"""What a form is told that the browser itself sent and that was refused, and at which field."""

from typing import Any

from account_portal.core.settings import get_settings
from account_portal.ui.page_state import sentence

WHOLE = "_"

_WORDS = {
    # The same whether there is such an account or not.
    "invalid_credentials": ("password", "Wrong e-mail, phone or password."),
    # Also of an order without an account, whose customer has no password to remember.
    "email_taken": (
        "contact",
        "There is an account with this e-mail already. Sign in with a code: no password is needed.",
    ),
    "phone_taken": ("contact", "There is an account with this number already. Sign in instead."),
    "otp_invalid": ("otp", "This code is not right."),
    "otp_expired": ("otp", "This code is no longer valid. Ask for a new one."),
    "otp_not_found": ("otp", "This code is no longer valid. Ask for a new one."),
    "otp_action_mismatch": ("otp", "This code was made for something else. Ask for a new one."),
    "otp_not_verified": ("otp", "Enter the code we sent you."),
    "channel_not_available": (WHOLE, "This store does not send codes this way."),
    "order_closed": (WHOLE, "An order stays open here for an hour. Find it again to go on."),
    "passkey_invalid": (WHOLE, "This passkey could not be checked. Try again."),
    "passkey_unknown": (
        WHOLE,
        "This passkey opens no account here any more. Sign in another way.",
    ),
    "passkey_expired": (WHOLE, "That took too long. Try again."),
    "passkey_cancelled": (WHOLE, "No passkey was used. Try again, or go on another way."),
    "passkey_exists": (WHOLE, "This device keeps a passkey for your account already."),
    "passkey_failed": (WHOLE, "Your browser could not use a passkey. Try another way."),
    "passkeys_not_available": (WHOLE, "There are no passkeys in this browser at this address."),
    "password_wrong": ("password", "This password is not right."),
    "recovery_code_wrong": ("recovery_code", "This code is not right, or was used before."),
    "second_proof_expired": (WHOLE, "That took too long. Sign in again from the beginning."),
    "second_proof_unfit": (WHOLE, "That is the same proof again. Choose another way."),
    "offline": (WHOLE, "There is no connection. What you typed is kept; try again in a moment."),
    "validation_error": (WHOLE, "Something is missing or not in the right form."),
    "forbidden": (WHOLE, "This could not be sent. Load the page again, then try once more."),
    "gateway_unavailable": (WHOLE, "This could not be done just now. Try again in a moment."),
}
_FAULT = (WHOLE, "Something went wrong on our side. Try again in a moment.")

# The pages ask once for what the contract has several fields for.
_SHOWN_AT = {"email": "contact", "phone": "contact", "country_code": "contact"}
_NOT_SHOWN = {"confirm_password", "otp_token", "otp_action"}


def wait_words(seconds: int) -> str:
    """How long to wait, in the largest unit that fits."""
    if seconds < 60:
        return "a minute" if seconds > 45 else f"{max(seconds, 1)} seconds"
    minutes = -(-seconds // 60)
    return f"{minutes} minutes" if minutes > 1 else "a minute"


def closed_words() -> str:
    """What whoever proved a closed account is told: who opens it, and what is left without it."""
    return (
        f"This account is closed. Write to {get_settings().store_email or 'us'} to have it opened "
        "again. A single order still opens by “Find your order”."
    )


def refused(code: str, fields: Any = None, retry_after: int = 0) -> dict[str, str]:
    """Texts by field for an answer with this code.

    Args:
        code: of the contract's error; anything else counts as a fault of ours.
        fields: reasons by field, as far as the answer told any.
        retry_after: seconds to wait, 0 when unknown.
    """
    if code == "too_many_requests":
        wait = wait_words(retry_after) if retry_after else "a few minutes"
        return {WHOLE: f"Too many attempts. Try again in {wait}."}
    if code == "account_deactivated":
        return {WHOLE: closed_words()}
    if code == "validation_error" or code not in _WORDS:
        told = _by_field(fields)
        if told:
            return told
    field, words = _WORDS.get(code, _FAULT)
    return {field: words}


def _by_field(fields: Any) -> dict[str, str]:
    """Only what a page has a field for; a browser may send anything here."""
    if not isinstance(fields, dict):
        return {}
    return {
        _SHOWN_AT.get(name, name)[:40]: sentence(texts[0][:200])
        for name, texts in list(fields.items())[:20]
        if isinstance(name, str)
        and name not in _NOT_SHOWN
        and isinstance(texts, list)
        and texts
        and isinstance(texts[0], str)
    }
