"""Form fields: label, hint and error wired to the control, for eyes and for screen readers."""

from account_portal.ui.components.fields.choice import (
    checkbox,
    group,
    radio_card,
    radio_cards,
    star_field,
    switch,
)
from account_portal.ui.components.fields.frame import field
from account_portal.ui.components.fields.secret import code_field, password_field
from account_portal.ui.components.fields.select import phone_field, select_field
from account_portal.ui.components.fields.text import (
    date_field,
    search_field,
    text_field,
    textarea_field,
)

__all__ = [
    "checkbox",
    "code_field",
    "date_field",
    "field",
    "group",
    "password_field",
    "phone_field",
    "radio_card",
    "radio_cards",
    "search_field",
    "select_field",
    "star_field",
    "switch",
    "text_field",
    "textarea_field",
]
