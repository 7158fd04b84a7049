"""E-mail reaches a real mail server, addressed to exactly who was meant, and over checked TLS."""

import ssl
from email.headerregistry import Address
from pathlib import Path

import pytest

from account_portal.core.mail_server import MailServer, sender_of, server_of_url
from account_portal.gateways import email
from account_portal.gateways.email import EmailSender
from account_portal.gateways.message import DeliveryFailed, DeliveryRefused, Message
from tests.mail_servers import Mailbox, certificate, mail_server, silent_server

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH")
SENDER = sender_of("Näh & Co <orders@shop.example>")


def message(recipient: str = "asha@shop.example") -> Message:
    return Message("01J", "email", recipient, "Your cöde", "It is 123456 …\n", "one_time_code")


def send(url: str, recipient: str = "asha@shop.example") -> None:
    EmailSender(server_of_url(url), SENDER).send(message(recipient))


@pytest.mark.parametrize(
    ("recipient", "on_the_envelope"),
    [
        ("asha@shop.example", ""),
        ("o'neil@shop.example", ""),
        ("a&smtp=evil.example@shop.example", ""),
        ("a?to=evil@shop.example", ""),
        ("a+b@shop.example", ""),
        ("a=b%40c@shop.example", ""),
        ("a/b{to}@shop.example", ""),
        ('"a b"@shop.example', ""),
        ("asha@xn--bcher-kva.example", ""),
        ("asha@bücher.example", "asha@xn--bcher-kva.example"),
        ("asha@straße.example", "asha@xn--strae-oqa.example"),
        ("आशा@shop.example", ""),
    ],
)
def test_mail_goes_to_exactly_its_recipient(recipient: str, on_the_envelope: str) -> None:
    with mail_server() as box:
        send(f"smtp://127.0.0.1:{box.port}", recipient)
    assert box.recipients == [on_the_envelope or recipient]
    (mail,) = box.mails
    (to,) = mail["To"].addresses
    assert to.addr_spec == box.recipients[0]


@pytest.mark.parametrize(
    "recipient", ["a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example", "nobody", "", "@b"]
)
def test_what_is_no_address_is_never_tried(recipient: str) -> None:
    with mail_server() as box, pytest.raises(DeliveryRefused):
        send(f"smtp://127.0.0.1:{box.port}", recipient)
    assert box.recipients == box.mails == []


def test_a_mail_says_who_it_is_from_and_which_one_it_is() -> None:
    with mail_server() as box:
        send(f"smtp://127.0.0.1:{box.port}")
        send(f"smtp://127.0.0.1:{box.port}")
    mail, again = box.mails
    (sender,) = mail["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Näh & Co", "orders@shop.example")
    assert (mail["Subject"], mail["Auto-Submitted"]) == ("Your cöde", "auto-generated")
    assert mail["Message-ID"] == again["Message-ID"] == "<01J@shop.example>"
    assert mail.get_content().splitlines() == ["It is 123456 …"]
    assert mail["Date"].datetime is not None


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    context, authority = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    return context


def signed_in(box: Mailbox, security: str, password: str = "hunter2") -> EmailSender:
    server = MailServer("127.0.0.1", box.port, security, "shop", password)  # type: ignore[arg-type]
    return EmailSender(server, SENDER)


@pytest.mark.parametrize(("security", "at_once"), [("starttls", False), ("tls", True)])
def test_a_password_goes_to_a_server_whose_certificate_is_good(
    tls: ssl.SSLContext, security: str, at_once: bool
) -> None:
    with mail_server(tls=tls, at_once=at_once, signs_in=True) as box:
        signed_in(box, security).check()
        signed_in(box, security).send(message())
        assert box.recipients == ["asha@shop.example"]
        with pytest.raises(DeliveryFailed, match="535"):
            signed_in(box, security, "wrong").send(message())
    assert len(box.mails) == 1


@pytest.mark.parametrize(("security", "at_once"), [("starttls", False), ("tls", True)])
@pytest.mark.parametrize("name", ["127.0.0.1", "evil.example"])
def test_a_certificate_that_nobody_vouches_for_or_of_another_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str, at_once: bool, name: str
) -> None:
    context, authority = certificate(tmp_path, name)
    if name != "127.0.0.1":
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    with mail_server(tls=context, at_once=at_once, signs_in=True) as box:
        with pytest.raises(DeliveryFailed, match="certificate"):
            signed_in(box, security).send(message())
        assert (box.passwords, box.mails) == ([], [])


def test_a_server_that_offers_no_tls_hears_no_password_and_no_mail() -> None:
    with mail_server(signs_in=True) as box:
        with pytest.raises(DeliveryFailed, match="STARTTLS"):
            signed_in(box, "starttls").send(message())
        assert (box.passwords, box.recipients, box.mails) == ([], [], [])


def test_what_a_server_refuses_for_good_is_not_tried_again() -> None:
    with mail_server() as box:
        box.answers = {"gone@b.example": "550 no such user", "full@b.example": "452 mailbox full"}
        with pytest.raises(DeliveryRefused, match="550: no such user"):
            send(f"smtp://127.0.0.1:{box.port}", "gone@b.example")
        with pytest.raises(DeliveryFailed, match="452: mailbox full") as busy:
            send(f"smtp://127.0.0.1:{box.port}", "full@b.example")
        assert not isinstance(busy.value, DeliveryRefused)


def test_a_server_that_hangs_or_is_away_fails_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(email, "ANSWERS_WITHIN", 0.2)
    with silent_server() as port, pytest.raises(DeliveryFailed, match="does not answer"):
        send(f"smtp://127.0.0.1:{port}")
    with pytest.raises(DeliveryFailed, match="does not answer"):
        send(f"smtp://127.0.0.1:{port}")


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("orders@shop.example", "", "orders@shop.example"),
        ("Shop <orders@shop.example>", "Shop", "orders@shop.example"),
        ("Shop <orders@bücher.example>", "Shop", "orders@xn--bcher-kva.example"),
    ],
)
def test_senders(text: str, name: str, address: str) -> None:
    found = sender_of(text)
    assert isinstance(found, Address)
    assert (found.display_name, found.addr_spec) == (name, address)
