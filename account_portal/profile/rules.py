"""Which contacts a change of the profile asks for. No database, no clock."""

from collections.abc import Mapping
from typing import Any

from account_portal.auth.rules.contacts import Contact, require_possible_phone
from account_portal.auth.schemas import DEFAULT_COUNTRY_CODE
from account_portal.core.errors import InvalidInput
from account_portal.core.validation import national_number, phone_fault
from account_portal.models import User
from account_portal.profile.schemas import PendingContactChange


def wanted_contacts(user: User, sent: Mapping[str, Any]) -> list[Contact]:
    """The contacts that differ from the present ones; null and the present value ask for nothing.

    A phone without a prefix keeps the present prefix, a prefix alone moves the present phone.

    Raises:
        InvalidInput: the phone cannot be one of its prefix.
    """
    wanted = []
    email = sent.get("email")
    if email is not None and email != user.email:
        wanted.append(Contact(email=email))
    country_code = sent.get("country_code") or user.country_code or DEFAULT_COUNTRY_CODE
    typed: Any = sent.get("phone")
    phone = user.phone if typed in (None, user.phone) else national_number(typed, country_code)
    if phone is not None and (country_code, phone) != (user.country_code, user.phone):
        if fault := phone_fault(country_code, phone):
            raise InvalidInput(phone=fault)
        contact = Contact(country_code=country_code, phone=phone)
        require_possible_phone(contact)
        wanted.append(contact)
    return wanted


def pending_change(contact: Contact) -> PendingContactChange:
    """What still has to be confirmed before the contact is the user's."""
    if contact.email is not None:
        return PendingContactChange(
            field="email", value=contact.email, country_code=None, otp_action="update-email"
        )
    return PendingContactChange(
        field="phone",
        value=str(contact.phone),
        country_code=contact.country_code,
        otp_action="update-phone",
    )
