"""Messages to customers: Apprise URLs for the real world, a folder and the console for a demo."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from account_portal.core.ids import new_id
from account_portal.core.settings import MAIL_SCHEMES, Settings

CHANNELS = ("email", "sms", "whatsapp")
log = logging.getLogger("account_portal.messages")


class DeliveryFailed(Exception):
    """The message did not go out; it may be tried again."""


@dataclass(frozen=True, slots=True)
class Message:
    """Something to be read by one person."""

    channel: str
    recipient: str
    subject: str
    text: str
    kind: str


class Sender(Protocol):
    """Delivers messages."""

    def send(self, message: Message) -> None:
        """Deliver one message.

        Raises:
            DeliveryFailed: it did not go out.
        """
        ...


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


class AppriseSender:
    """Sends through a service that Apprise knows (Twilio and a hundred others)."""

    def __init__(self, url: str) -> None:
        self._url = url

    def send(self, message: Message) -> None:
        if not _service_for(self._url, message.recipient).notify(
            title=message.subject, body=message.text
        ):
            raise DeliveryFailed("the service refused the message")


def _service_for(url: str, recipient: str) -> Any:
    """The service behind an Apprise URL, for one recipient.

    A recipient is whatever a customer typed: it is never part of the text of a URL that says where
    the mail server is, nor taken apart again. Other services are given it quoted.

    Raises:
        DeliveryFailed: the URL cannot be used.
    """
    from apprise import Apprise  # slow to import, and most machines never need it
    from apprise.plugins.email import NotifyEmail

    if url.lower().startswith(MAIL_SCHEMES):
        service = Apprise.instantiate(url.replace("{to}", "nobody@portal.invalid"))
        if isinstance(service, NotifyEmail):
            service.targets = [(False, recipient)]
            return service
    else:
        service = Apprise.instantiate(url.replace("{to}", quote(recipient, safe="")))
        if service is not None and "{to}" in url:
            return service
    raise DeliveryFailed("the Apprise URL cannot be used")


def make_messenger(settings: Settings) -> Messenger:
    """What the settings set up; a demo writes everything else to its outbox folder."""
    urls = {
        "email": settings.email_url,
        "sms": settings.sms_url,
        "whatsapp": settings.whatsapp_url,
    }
    senders: dict[str, Sender] = {
        channel: AppriseSender(url) for channel, url in urls.items() if url
    }
    if settings.demo:
        folder = OutboxFolder(settings.data_dir / "outbox", echo=settings.debug_otp)
        senders = dict.fromkeys(CHANNELS, folder) | senders
    return Messenger(senders)
