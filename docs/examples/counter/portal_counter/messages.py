"""Texts by the modem at the counter, which sends what is written into its folder."""

import json
from pathlib import Path
from urllib.parse import unquote, urlsplit

from account_portal.core.settings import Settings
from account_portal.gateways.message import DeliveryFailed, Message, Sender


class Modem:
    """Writes each text to a file, named by the message: a repeat is no second text."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: Message) -> None:
        """Hand one text over."""
        text = {"to": message.recipient, "text": message.text}
        draft = self._folder / f".{message.id}"
        try:
            draft.write_text(json.dumps(text, ensure_ascii=False))
            draft.replace(self._folder / f"{message.id}.json")
        except OSError as error:
            raise DeliveryFailed(f"the modem's folder: {error.strerror}") from None


def make(url: str, _settings: Settings) -> Sender:
    """Called for `PORTAL_SMS_URL=modem:///var/spool/texts`."""
    return Modem(Path(unquote(urlsplit(url).path)))
