"""What every message is: a few values, and the words made of them when it is delivered."""

from datetime import timedelta
from typing import ClassVar, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict
from typing_extensions import override

Channel = Literal["email", "sms", "whatsapp"]
Category = Literal["transactional", "promotional", "newsletter", "security"]
ITEMS = 8
"""Lines of an order that a message names; of the rest it says how many there are."""


class Button(NamedTuple):
    """Where a message leads to: a path of the portal, or an address elsewhere."""

    label: str
    to: str


class Item(BaseModel):
    """Something bought, as a message names it."""

    model_config = ConfigDict(frozen=True)

    name: str
    quantity: int
    amount: str | None = None
    """As it is written, if it is told."""


class Words(BaseModel):
    """Values of a message. They wait in the database as JSON, so keep them small and plain.

    Attributes:
        kind: name of the message, such as ``order_cancelled``; unique, at most 40 characters.
    """

    model_config = ConfigDict(frozen=True)

    kind: ClassVar[str]

    def subject(self) -> str:
        """One line; the title of an e-mail."""
        raise NotImplementedError

    def text(self) -> str:
        """The message itself, plain text, short enough for an SMS where it can be."""
        raise NotImplementedError

    def button(self) -> Button | None:
        """The page that an e-mail leads to."""
        return None

    def highlight(self) -> str:
        """What an e-mail shows large, such as a code."""
        return ""

    def facts(self) -> list[tuple[str, str]]:
        """What an e-mail lists below its text, by name."""
        return []

    def listed(self) -> tuple[Item, ...]:
        """What was bought, if the message is about that."""
        return ()


class CustomerMessage(Words):
    """News for a customer, sent over every channel the customer opted into.

    Attributes:
        category: which opt-ins count. ``security`` asks for none: it goes to every contact, to the
            phone as SMS.
        lapses_after: how long it is true; it is not sent later. None: for good.
    """

    category: ClassVar[Category] = "transactional"
    lapses_after: ClassVar[timedelta | None] = None


class CodeMessage(Words):
    """A one-time code. Kept encrypted while it waits and forgotten once it is sent."""

    kind = "one_time_code"

    code: str
    purpose: str
    store: str
    minutes: int

    @override
    def subject(self) -> str:
        return f"{self.code} is your code for {self.store}"

    @override
    def text(self) -> str:
        return (
            f"{self.code} is your code to {self.purpose} at {self.store}. It is valid for "
            f"{self.minutes} minutes. Nobody from {self.store} will ever ask you for it."
        )

    @override
    def highlight(self) -> str:
        return self.code


class DeviceLink(Words):
    """In place of a code, when strangers tried too many: opens codes again for one device."""

    kind = "device_link"

    link: str
    store: str
    minutes: int

    @override
    def subject(self) -> str:
        return f"Confirm your device for {self.store}"

    @override
    def text(self) -> str:
        return (
            f"Too many wrong codes were tried for you at {self.store}, so new devices get none "
            f"just now. To go on, open this link within {self.minutes} minutes on the device you "
            f"want to use, then ask for a code there: {self.link}\n"
            "If you did not ask for a code, do nothing."
        )

    @override
    def button(self) -> Button:
        return Button("Confirm this device", self.link)
