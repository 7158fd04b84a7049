"""A shop as it runs for its customers: the production build, no demo, mail that really goes out."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx
from sqlmodel import SQLModel

from account_portal.core.db import Database
from account_portal.models import User
from tests.conftest import BASE
from tests.factories.users import make_user
from tests.factories.vouching import SHOP
from tests.live_tab import somebodys_email
from tests.mail_servers import Mailbox, mail_server
from tests.portal_server import free_port, portal_server

VOUCHING = "a word between shop and portal, long enough"
KEY = "a key for tests only, long enough"
"""That of the tests' own settings, so that they can sign what the server reads."""
MAIL_WITHIN = 15.0  # seconds


@dataclass
class Shop:
    """The server, its data, the mail it sent and what it logged."""

    url: str
    database: Database
    box: Mailbox
    folder: Path
    began: int
    """Length of the log when the server was ready; building pages is told in plain words before."""

    def customer(self, **values: Any) -> User:
        """Somebody with a proven e-mail address and a password."""
        return make_user(self.database, **{"email": somebodys_email(), **values})

    def browser(self, address: str = "203.0.113.1", **headers: str) -> httpx.Client:
        """Somebody's browser, seen to come from an IP address."""
        ours = {"Origin": self.url, "Accept": "application/json", "X-Forwarded-For": address}
        return httpx.Client(base_url=self.url, headers=ours | headers, timeout=20)

    def code_for(self, email: str, after: int = 0) -> str:
        """The newest code that was mailed to an address.

        Args:
            email: the address.
            after: how many mails it had before; a newer one is waited for.
        """
        end = time.monotonic() + MAIL_WITHIN
        while time.monotonic() < end:
            texts = self.mails_to(email)
            found = [re.findall(r"\b\d{6}\b", text) for text in texts[after:]]
            if codes := [code for each in found for code in each]:
                return codes[-1]
            time.sleep(0.02)
        raise AssertionError(f"no code came for {email}: {self.box.recipients}")

    def mails_to(self, email: str) -> list[str]:
        """The texts that went to an address so far."""
        return [
            mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
            for mail in [*self.box.mails]
            if email in [one.addr_spec for one in mail["To"].addresses]
        ]

    def log(self) -> str:
        """All that the server wrote."""
        return (self.folder / "server.log").read_text()[self.began :]

    def told(self) -> list[dict[str, Any]]:
        """The lines of its log; each is JSON or somebody forged one."""
        lines = [line for line in self.log().splitlines() if line != f"Ready: {self.url}"]
        return [json.loads(line) for line in lines]


class Client:
    """A client of the contract, with the tokens of whoever signed in."""

    def __init__(self, shop: Shop, address: str = "203.0.113.1") -> None:
        self.http = shop.browser(address)
        self.token = ""
        self.refresh = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def ask(self, method: str, path: str, json: Any = None, **headers: str) -> httpx.Response:
        """Send a call below the store's address."""
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return self.http.request(method, BASE + path, json=json, headers=headers)

    def post(self, path: str, json: Any = None, **headers: str) -> httpx.Response:
        return self.ask("POST", path, json if json is not None else {}, **headers)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.ask("GET", path, **headers)

    def take(self, answer: httpx.Response) -> httpx.Response:
        """Keep the tokens of an answer that signed in."""
        assert answer.status_code == 200, answer.text
        content = answer.json()["content"]
        self.token, self.refresh = content["access_token"], content["refresh_token"]
        return answer


@contextmanager
def open_shop(folder: Path, database_url: str, **settings: str) -> Iterator[Shop]:
    """Serve a shop on a database; its rows are gone afterwards."""
    port = free_port()
    with mail_server() as box:
        values = {
            "PORTAL_DEMO": "false",
            "PORTAL_SECRET_KEY": KEY,
            "PORTAL_DATABASE_URL": database_url,
            "PORTAL_PUBLIC_URL": f"http://localhost:{port}",
            "PORTAL_PASSWORD_MEMORY_KIB": "64",
            "PORTAL_SMTP_URL": f"smtp://127.0.0.1:{box.port}",
            "PORTAL_MAIL_FROM": "Shop <orders@shop.example>",
            "PORTAL_EMBED_ORIGINS": SHOP,
            "PORTAL_EMBED_SECRET": VOUCHING,
            "PORTAL_TRUSTED_PROXY_HOPS": "1",
            **settings,
        }
        with portal_server(folder, port=port, **values) as url:
            database = Database(database_url)
            started = (folder / "server.log").read_text()
            yield Shop(url, database, box, folder, len(started))
    with database.engine.begin() as connection:
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.execute(table.delete())
    database.dispose()
