"""The console, used over HTTP by members of staff of every role."""

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pyotp
import pytest
from starlette.testclient import TestClient

from account_portal.console.rules import Role
from account_portal.console.service import accounts
from account_portal.context import SHOP, enter
from account_portal.core.db import Database
from account_portal.security import tokens
from tests.conftest import Clock

ORIGIN = "http://localhost:8000"
PASSWORD = "a long enough phrase of ours"


class Page(HTMLParser):
    """The forms of a page, by what they post to, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.forms.append({"action": found.get("action", ""), "fields": {}})
        elif tag in ("input", "select") and self.forms and found.get("name"):
            self.forms[-1]["fields"][found["name"]] = found.get("value") or ""

    def handle_data(self, data: str) -> None:
        self.text += f"{data} "

    def form(self, deed: str, number: str = "") -> dict[str, str]:
        """The fields of the form of a deed on a thing."""
        [fields] = [
            form["fields"]
            for form in self.forms
            if form["action"] == f"/console/do/{deed}"
            and (not number or form["fields"]["number"] == number)
        ]
        return dict(fields)

    def deeds(self) -> set[str]:
        """Names of deeds there are forms for."""
        start = "/console/do/"
        actions = {form["action"] for form in self.forms}
        return {one.removeprefix(start) for one in actions if one.startswith(start)}


class Browser:
    """A browser of somebody's: what it is at, and what it sends."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.clock: Clock | None = None

    def get(self, path: str = "", **kwargs: Any) -> Any:
        return self.client.get(f"/console{path}", **kwargs)

    def page(self, path: str = "") -> Page:
        answer = self.get(path)
        assert answer.status_code == 200, (answer.status_code, answer.text[:2000])
        return Page(answer.text)

    def post(self, path: str, form: dict[str, Any], **kwargs: Any) -> Any:
        headers = {"Origin": ORIGIN, **kwargs.pop("headers", {})}
        if self.clock:
            self.clock.advance(seconds=1)  # people take their time
        return self.client.post(f"/console{path}", data=form, headers=headers, **kwargs)

    def do(self, deed: str, number: str, **fields: Any) -> Any:
        """Post a deed."""
        return self.post(f"/do/{deed}", {"number": number, "back": "/console", **fields})

    def told(self) -> str:
        """What the next page says of the last deed."""
        text = self.page().text
        return " ".join(text.split())


@pytest.fixture
def browser(database: Database) -> Iterator[Callable[[], Browser]]:
    """Browsers in which nobody is signed in."""
    from account_portal.api.app import make_app

    app = make_app()
    opened: list[TestClient] = []

    def new() -> Browser:
        client = TestClient(
            app, base_url=ORIGIN, raise_server_exceptions=False, follow_redirects=False
        )
        opened.append(client)
        return Browser(client)

    yield new
    for client in opened:
        client.close()


def make_staff(database: Database, role: Role = Role.ADMIN, email: str = "") -> str:
    """Somebody who has a password and an app already; returns the app's secret."""
    email = email or f"{role}@shop.example"
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        accounts.invite(ctx, email, role, by="tests")
    with enter(writes=False, actor=SHOP, database=database) as ctx:
        accounts.set_password(ctx, email, PASSWORD, PASSWORD, by="tests")
    secret = pyotp.random_base32()
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        member = accounts.require_member(ctx, email)
        member.totp_secret, member.totp_confirmed_at = tokens.encrypt(secret), ctx.now
    return secret


def sign_in(browser: Browser, email: str, secret: str, clock: Clock) -> Any:
    """Give password and code."""
    browser.post("/login", {"email": email, "password": PASSWORD})
    return browser.post("/code", {"code": pyotp.TOTP(secret).at(clock.now)})


@pytest.fixture
def signed_in(
    database: Database, browser: Callable[[], Browser], clock: Clock
) -> Callable[..., Browser]:
    """`signed_in(Role.SUPPORT)`: a browser of somebody of that role."""

    def open_as(role: Role = Role.ADMIN, email: str = "") -> Browser:
        email = email or f"{role}@shop.example"
        secret = make_staff(database, role, email)
        found = browser()
        answer = sign_in(found, email, secret, clock)
        assert answer.status_code == 303, answer.text
        found.clock = clock
        return found

    return open_as
