"""A channel that is not set up is not offered and not promised, and nothing lies on disk."""

from pathlib import Path
from typing import Any

import pytest

from account_portal import notifications
from account_portal.core.db import Database
from account_portal.models import OtpChallenge, User
from account_portal.notifications import deliver_due
from account_portal.notifications.messages.account import PasswordChanged
from account_portal.profile.state.profile import ProfileState
from account_portal.ui.store import store_facts
from tests.conftest import Set
from tests.dashboard.test_dashboard_state import open_home
from tests.factories.auth import change_user, messages
from tests.factories.records import rows
from tests.notifications.test_outbox import Parcel, prefer
from tests.open_pages import OpenPage

SMS = "twilio://AC1:token@15551230000/{to}"
CODES = [
    ("/auth/login/email", {"email": "owner@example.com"}),
    ("/auth/login/phone", {"phone": "9845012345"}),
    ("/auth/login/whatsapp", {"phone": "9845012345"}),
    ("/auth/forgot-password", {"email": "owner@example.com"}),
    ("/auth/forgot-password", {"phone": "9845012345"}),
    (
        "/auth/generate-otp",
        {"channel": "sms", "phone": "9845012345", "otp_action": "login"},
    ),
    (
        "/auth/generate-otp",
        {"channel": "email", "email": "nobody@example.com", "otp_action": "register"},
    ),
]


@pytest.mark.parametrize(("path", "body"), CODES)
@pytest.mark.usefixtures("shop_for_real")
def test_no_code_is_promised_that_nobody_delivers(
    api: Any, owner: User, database: Database, tmp_path: Path, path: str, body: dict[str, str]
) -> None:
    answer = api.post(path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "channel_not_available")
    assert rows(database, OtpChallenge) == messages(database) == []
    assert deliver_due(database) == 0
    assert not (tmp_path / "outbox").exists()


def test_a_provider_makes_its_channel(api: Any, owner: User, set_settings: Set) -> None:
    set_settings(PORTAL_DEMO="0", PORTAL_SMS_URL=SMS)
    asked = {path: api.post(path, json=body).status_code for path, body in CODES[:3]}
    assert asked == {
        "/auth/login/email": 422,
        "/auth/login/phone": 200,
        "/auth/login/whatsapp": 422,
    }


def test_pages_sign_nobody_in_by_a_code_that_cannot_be_sent(
    api: Any, owner: User, database: Database, set_settings: Set
) -> None:
    set_settings(PORTAL_DEMO="0", PORTAL_SMS_URL=SMS)
    form = {"contact": "owner@example.com", "channel": "email"}
    for path in ("/api/session/code", "/api/session/forgot"):
        answer = api.client.post(path, data=form, headers={"Origin": "http://localhost:8000"})
        assert "channel_not_available" in answer.headers.get("location", "") + answer.text
    assert messages(database) == []
    (facts,) = store_facts().values()
    assert facts["channels_rx_state_"] == ["sms"]


def test_news_take_the_channels_there_are(
    call: Any, owner: User, database: Database, set_settings: Set
) -> None:
    change_user(database, owner, country_code="+91", phone="9876543210")
    prefer(database, owner, transactional_sms=True, transactional_whatsapp=True)
    set_settings(PORTAL_DEMO="0", PORTAL_SMS_URL=SMS)
    call(notifications.enqueue, Parcel())
    call(notifications.enqueue, PasswordChanged(store="Northwind"))
    assert [(row.channel, row.kind) for row in messages(database)] == [
        ("sms", "parcel"),
        ("sms", "password_changed"),
    ]


def test_ways_to_sign_in_are_those_there_are(api: Any, owner: User, set_settings: Set) -> None:
    shown = f"/auth/user/{owner.id}"

    def methods() -> list[str]:
        return list(api.get(shown, user=owner).json()["content"]["user"]["login_methods"])

    before = methods()
    assert "email" in before
    set_settings(PORTAL_DEMO="0", PORTAL_SMS_URL=SMS)
    assert methods() == [method for method in before if method != "email"]


def test_nobody_is_asked_to_verify_what_cannot_be_verified(
    owner: User, database: Database, set_settings: Set
) -> None:
    change_user(database, owner, is_email_verified=False, country_code="+91", phone="9876543210")
    kinds = [task.kind for task in open_home(database, owner).shown.tasks]
    assert kinds == ["email"]
    set_settings(PORTAL_DEMO="0", PORTAL_WHATSAPP_URL=SMS)
    assert [task.kind for task in open_home(database, owner).shown.tasks] == ["phone"]
    page = OpenPage(database, ProfileState, owner, "/profile")
    page.run("load")
    page.run("verify_contact", "phone")
    assert [(row.channel, row.kind) for row in messages(database)] == [
        ("whatsapp", "one_time_code")
    ]
