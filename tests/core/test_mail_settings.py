"""Settings of messages: which are understood, which are refused, and that no secret is repeated."""

from typing import Any

import pytest

from account_portal.core.mail_server import MailServer
from account_portal.core.phone_service import UnusableService, require_usable, service_for
from account_portal.core.settings import SettingsError, load_settings

FROM = {"PORTAL_MAIL_FROM": "orders@shop.example"}


def load(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Any:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return load_settings()


@pytest.mark.parametrize(
    ("settings", "server"),
    [
        ({"URL": "smtp://mail.example"}, MailServer("mail.example", 587, "starttls")),
        ({"URL": "smtp://mail.example:25"}, MailServer("mail.example", 25, "starttls")),
        ({"URL": "smtp://mail.example:465"}, MailServer("mail.example", 465, "tls")),
        ({"URL": "smtps://mail.example"}, MailServer("mail.example", 465, "tls")),
        ({"URL": "smtps://mail.example:2465/"}, MailServer("mail.example", 2465, "tls")),
        ({"URL": "smtp://mail.example?starttls=off"}, MailServer("mail.example", 25, "none")),
        ({"URL": "smtp://127.0.0.1:2525"}, MailServer("127.0.0.1", 2525, "none")),
        ({"URL": "smtp://localhost"}, MailServer("localhost", 25, "none")),
        ({"URL": "smtp://[::1]:2525"}, MailServer("::1", 2525, "none")),
        (
            {"URL": "smtp://localhost:2525?starttls=required"},
            MailServer("localhost", 2525, "starttls"),
        ),
        (
            {"URL": "smtp://shop%40a.example:p%40%2Fss%25@mail.example:587"},
            MailServer("mail.example", 587, "starttls", "shop@a.example", "p@/ss%"),
        ),
        ({"HOST": "mail.example"}, MailServer("mail.example", 587, "starttls")),
        ({"HOST": "mail.example", "PORT": "465"}, MailServer("mail.example", 465, "tls")),
        ({"HOST": "mail.example", "SECURITY": "tls"}, MailServer("mail.example", 465, "tls")),
        (
            {"HOST": "mail.example", "USER": "shop", "PASSWORD": "p@/ss%"},
            MailServer("mail.example", 587, "starttls", "shop", "p@/ss%"),
        ),
        ({"HOST": "127.0.0.1", "PORT": "2525"}, MailServer("127.0.0.1", 2525, "none")),
    ],
)
def test_mail_servers_by_address_or_in_parts(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], server: MailServer
) -> None:
    named = {f"PORTAL_SMTP_{name}": value for name, value in settings.items()}
    assert load(monkeypatch, **named, **FROM).mail_server == server


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"PORTAL_SMTP_URL": "smtp://u:hunter2@mail.example/?to=shop@shop.example"}, "SMTP_URL"),
        ({"PORTAL_SMTP_URL": "smtp://u:hunter2@mail.example/shop@shop.example"}, "SMTP_URL"),
        ({"PORTAL_SMTP_URL": "mailtos://u:hunter2@mail.example?to=a@b.example"}, "SMTP_URL"),
        ({"PORTAL_SMTP_URL": "smtp://u:hunter2@:25"}, "SMTP_URL"),
        ({"PORTAL_SMTP_URL": "smtp://u:hunter2@mail.example:hunter2"}, "SMTP_URL"),
        ({"PORTAL_SMTP_URL": "smtp://u:hunter2@mail.example?starttls=maybe"}, "SMTP_URL"),
        ({"PORTAL_SMTP_URL": "smtps://u:hunter2@mail.example?starttls=off"}, "SMTP_URL"),
        ({"PORTAL_SMTP_URL": "smtp://u:hunter2@mail.example?starttls=off"}, "SMTP_URL"),
        ({"PORTAL_SMTP_URL": "smtp://u@mail.example"}, "SMTP_URL"),
        ({"PORTAL_SMTP_URL": "smtp://mail.example", "PORTAL_SMTP_HOST": "a"}, "SMTP_HOST"),
        ({"PORTAL_SMTP_PASSWORD": "hunter2"}, "SMTP_PASSWORD"),
        ({"PORTAL_SMTP_HOST": "mail.example", "PORTAL_SMTP_PASSWORD": "hunter2"}, "user"),
        ({"PORTAL_SMTP_HOST": "a", "PORTAL_SMTP_SECURITY": "maybe"}, "SMTP_SECURITY"),
        ({"PORTAL_SMTP_HOST": "a", "PORTAL_MAIL_FROM": ""}, "MAIL_FROM"),
        ({"PORTAL_MAIL_FROM": "the shop"}, "MAIL_FROM"),
        ({"PORTAL_MAIL_FROM": "Shop <shop@>"}, "MAIL_FROM"),
        ({"PORTAL_SMS_URL": "twilio://AC1:hunter2@15551230000/15559990000"}, "SMS_URL"),
        ({"PORTAL_SMS_URL": "twilio://AC1:hunter2@15551230000/{to}/15559990000"}, "SMS_URL"),
        ({"PORTAL_SMS_URL": "twilio://AC1:hunter2@15551230000?to=15559990000"}, "SMS_URL"),
        ({"PORTAL_SMS_URL": "mailto://shop:hunter2@shop.example"}, "SMS_URL"),
        ({"PORTAL_SMS_URL": "json://hunter2@shop.example"}, "SMS_URL"),
        ({"PORTAL_WHATSAPP_URL": "nonsense://hunter2"}, "WHATSAPP_URL"),
    ],
)
def test_what_would_send_codes_elsewhere_or_nowhere_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], named: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        load(monkeypatch, **{**FROM, **settings})
    (fault,) = str(refused.value).splitlines()
    assert named in fault
    assert "hunter2" not in fault


@pytest.mark.parametrize(
    "url",
    [
        "twilio://AC1:token@15551230000",
        "twilio://AC1:token@15551230000/{to}",
        "twilio://AC1:token@15551230000?to={to}",
        "twilio://AC1:token@15551230000/w:{to}",
        "whatsapp://token@12345",
        "smseagle://token@127.0.0.1:1",
    ],
)
def test_phones_are_set_apart_from_the_address(url: str) -> None:
    require_usable(url)
    service = service_for(url, "+919845012345")
    assert len(service) == 1
    found = getattr(service, "targets", None) or service.target_phones
    assert [one[-1] if isinstance(one, tuple) else one for one in found] == ["+919845012345"]


@pytest.mark.parametrize("recipient", ["+1/15559990000", "+15551112222?to=15559990000", "", "x"])
def test_what_is_no_phone_number_reaches_nobody_else(recipient: str) -> None:
    url = "twilio://AC1:token@15551230000"
    with pytest.raises(UnusableService):
        service_for(url, recipient)
