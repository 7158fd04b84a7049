"""Messages to customers: a mail server, services for phones, a folder for a demo."""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from account_portal.core import extensions
from account_portal.core.ids import new_id
from account_portal.core.mail_server import sender_of
from account_portal.core.phone_service import UnusableService, service_for
from account_portal.core.settings import Settings
from account_portal.gateways.email import EmailSender
from account_portal.gateways.message import DeliveryFailed, Message, Sender

CHANNELS = ("email", "sms", "whatsapp")
log = logging.getLogger("account_portal.messages")


class OutboxFolder:
    """Writes each message to a file, newest name last. For demos: codes can be read there."""

    def __init__(self, folder: Path, *, echo: bool) -> None:
        self._folder = folder
        self._echo = echo

    def send(self, message: Message) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        sent_at = datetime.now(UTC)
        name = f"{sent_at:%Y%m%dT%H%M%S%f}-{message.channel}-{message.kind}-{new_id()[-6:]}.json"
        content = {
            "sent_at": sent_at.isoformat().replace("+00:00", "Z"),
            "channel": message.channel,
            "to": message.recipient,
            "kind": message.kind,
            "subject": message.subject,
            "text": message.text,
        }
        if message.html:
            content["html"] = message.html
        draft = self._folder / f".{name}"
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n")
        draft.rename(self._folder / name)
        if self._echo:
            log.info("%s to %s: %s", message.channel, message.recipient, message.text)


class Messenger:
    """Delivers each message by what its channel was set up with; the others are not there."""

    def __init__(self, senders: Mapping[str, Sender]) -> None:
        self._senders = dict(senders)
        self.channels = frozenset(self._senders)
        """Ways in which customers can be reached: some of `CHANNELS`."""

    def send(self, message: Message) -> None:
        """Deliver one message.

        Raises:
            DeliveryFailed: it did not go out, or its channel is not set up.
        """
        sender = self._senders.get(message.channel)
        if sender is None:
            raise DeliveryFailed("no provider is set up for this channel")
        sender.send(message)


class PhoneSender:
    """Sends through a service that Apprise knows (Twilio and a hundred others)."""

    def __init__(self, url: str) -> None:
        self._url = url

    def send(self, message: Message) -> None:
        try:
            service = service_for(self._url, message.recipient)
        except UnusableService as error:
            raise DeliveryFailed(f"the service {error}") from None
        if not service.notify(title=message.subject, body=message.text):
            raise DeliveryFailed("the service refused the message")


def added_sender(url: str, settings: Settings) -> Sender:
    """The sender that an installed package makes of an address of its own."""
    make: Callable[[str, Settings], Sender] = extensions.load(
        extensions.MESSAGES, urlsplit(url).scheme
    )
    return make(url, settings)


def make_messenger(settings: Settings) -> Messenger:
    """What the settings set up; a demo writes everything else to its outbox folder."""
    senders: dict[str, Sender] = {}
    if settings.mail_server is not None:
        senders["email"] = EmailSender(settings.mail_server, sender_of(settings.mail_from))
    urls = {"sms": settings.sms_url, "whatsapp": settings.whatsapp_url}
    senders |= {channel: PhoneSender(url) for channel, url in urls.items() if url}
    senders |= {
        channel: added_sender(url, settings)
        for channel, url in {**urls, "email": settings.smtp_url}.items()
        if extensions.is_added_address(url)
    }
    if settings.demo:
        folder = OutboxFolder(settings.data_dir / "outbox", echo=settings.debug_otp)
        senders = dict.fromkeys(CHANNELS, folder) | senders
    return Messenger(senders)
