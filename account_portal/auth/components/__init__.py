"""Parts of the pages of sign-in."""

from account_portal.auth.components.fields import (
    PASSWORD_RULE,
    another_code,
    code_buttons,
    code_fields,
    contact_field,
    known_as,
)
from account_portal.auth.components.passkeys import passkey_button, passkey_maker, passkey_proof
from account_portal.auth.components.second import second_steps
from account_portal.auth.components.sent_form import sent_form

__all__ = [
    "PASSWORD_RULE",
    "another_code",
    "code_buttons",
    "code_fields",
    "contact_field",
    "known_as",
    "passkey_button",
    "passkey_maker",
    "passkey_proof",
    "second_steps",
    "sent_form",
]
