"""Which contacts a change of the profile asks for."""

from datetime import UTC, datetime
from typing import Any

import pytest

from account_portal.core.errors import InvalidInput
from account_portal.models import User
from account_portal.profile import rules

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def user(**values: Any) -> User:
    return User(
        **{
            "customer_id": "C",
            "created_at": NOW,
            "modified_at": NOW,
            "email": "asha@example.com",
            "country_code": "+44",
            "phone": "7911123456",
            **values,
        }
    )


def wanted(sent: dict[str, Any], **values: Any) -> list[str]:
    return [contact.key for contact in rules.wanted_contacts(user(**values), sent)]


@pytest.mark.parametrize(
    ("sent", "keys"),
    [
        ({}, []),
        ({"email": None, "phone": None, "country_code": None}, []),
        ({"email": "asha@example.com", "phone": "7911123456", "country_code": "+44"}, []),
        ({"email": "new@example.com"}, ["new@example.com"]),
        ({"phone": "7911999999"}, ["+44 7911999999"]),
        ({"phone": "9876543210", "country_code": "+91"}, ["+91 9876543210"]),
        ({"country_code": "+91"}, ["+91 7911123456"]),
        (
            {"email": "new@example.com", "phone": "7911999999"},
            ["new@example.com", "+44 7911999999"],
        ),
    ],
)
def test_what_differs_is_wanted(sent: dict[str, Any], keys: list[str]) -> None:
    assert wanted(sent) == keys


def test_a_first_phone_is_taken_for_an_indian_one_unless_said_otherwise() -> None:
    none = {"phone": None, "country_code": None}
    assert wanted({"phone": "9876543210"}, **none) == ["+91 9876543210"]
    assert wanted({"country_code": "+44"}, **none) == []


@pytest.mark.parametrize(
    "sent",
    [
        {"phone": "98765", "country_code": "+91"},
        {"phone": "12345678901234", "country_code": "+91"},
        {"phone": "12345678901234", "country_code": "+44"},
    ],
)
def test_a_phone_that_cannot_be_is_refused(sent: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        wanted(sent)
    assert set(caught.value.fields) == {"phone"}


def test_what_waits_for_its_code_says_which_code() -> None:
    email, phone = (
        rules.pending_change(contact)
        for contact in rules.wanted_contacts(
            user(), {"email": "new@example.com", "phone": "7911999999"}
        )
    )
    assert email.model_dump() == {
        "field": "email",
        "value": "new@example.com",
        "country_code": None,
        "otp_action": "update-email",
    }
    assert phone.model_dump() == {
        "field": "phone",
        "value": "7911999999",
        "country_code": "+44",
        "otp_action": "update-phone",
    }
