"""What is sent, and what may come of it."""

from dataclasses import dataclass
from typing import Protocol


class DeliveryFailed(Exception):
    """The message did not go out; it may be tried again."""


class DeliveryRefused(DeliveryFailed):
    """The message did not go out and never will: whom it is for cannot be reached so."""


@dataclass(frozen=True, slots=True)
class Message:
    """Something to be read by one person.

    Attributes:
        id: the same on each try.
        channel: one of `messaging.CHANNELS`.
        recipient: e-mail address, or phone number with its prefix.
        subject: one line.
        text: plain text.
        kind: what it is about, such as ``order_shipped``.
        html: the same with its look, for e-mail; empty: there is none.
        unsubscribe_url: where one click ends such messages (RFC 8058); empty: they cannot be ended.
    """

    id: str
    channel: str
    recipient: str
    subject: str
    text: str
    kind: str
    html: str = ""
    unsubscribe_url: str = ""


class Sender(Protocol):
    """Delivers messages."""

    def send(self, message: Message) -> None:
        """Deliver one message.

        Raises:
            DeliveryFailed: it did not go out.
        """
        ...
