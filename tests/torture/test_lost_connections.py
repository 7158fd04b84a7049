"""PostgreSQL's connection is lost at each request of a call, one request after the other.

Whatever the moment: the answer is right, or it is 503 and says when to ask again; nothing is half
done; and a repeat with the same key does it once.
"""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from account_portal.api.app import make_app
from account_portal.api.router import systems as door
from account_portal.core.clock import utc_now
from account_portal.core.db import Database, get_database
from account_portal.core.ids import new_id
from account_portal.edge.uploads import HANDLER, PAGE_UPLOADS
from account_portal.edge.wrapper import wrap
from account_portal.gateways import get_gateways
from account_portal.models import User
from account_portal.ui.arrivals import INTRODUCTION, admit_upload
from tests.conftest import BASE, DATABASES, forget_singletons
from tests.factories.auth import make_page_session
from tests.factories.pictures import make_picture
from tests.factories.records import order
from tests.factories.users import PASSWORD, make_session
from tests.merchant.systems import BASE as SYSTEMS
from tests.merchant.systems import make_key
from tests.torture.flaky import Fault, FlakyPostgres
from tests.torture.shop import Deed, Shop

SECRET = "a page's secret"
NDJSON = {"Content-Type": "application/x-ndjson"}
SAID = '{"token": "a-tab-of-mine-0123", "page": "a-page-of-mine-0123"}'
pytestmark = pytest.mark.parametrize("database", DATABASES[1:], indirect=True)
MOST_REQUESTS = 80
"""Of one call to its database; far more than any needs."""


class Calls:
    """The portal over a way to its database that breaks, and calls of all kinds."""

    def __init__(
        self, way: FlakyPostgres, database: Database, owner: User, client: TestClient
    ) -> None:
        self.way, self.database, self.owner, self.client = way, database, owner, client
        self.shop = Shop(database)
        self.deeds: list[Deed] = []
        self.bearer = {"Authorization": f"Bearer {make_session(database, owner)}"}
        self.system = {"Authorization": f"Bearer {make_key(database)}"}
        make_page_session(database, owner, utc_now(), SECRET)
        self.page = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}
        self.page["Cookie"] = f"portal={SECRET}"

    def one(self, name: str) -> Callable[[], Any]:
        """A new call of a kind; it is the same each time it is made."""
        client, account = self.client, f"{BASE}/auth/user/{self.owner.id}"
        if name in ("cancel", "return", "retry-payment"):
            deed = self.shop.deed(name)
            self.deeds.append(deed)
            return lambda: client.post(deed.path, json=deed.body, headers=deed.headers)
        ways_in = {"email": self.owner.email, "password": PASSWORD}
        form = {"contact": self.owner.email, "password": PASSWORD}
        upload = {**self.page, HANDLER.decode(): "x", INTRODUCTION.decode(): SAID}
        picture, records = {"image": make_picture()}, [order(f"A-{new_id()}")]
        key, renamed = {**self.system, "Idempotency-Key": new_id()}, {"first_name": "Nia"}
        calls: dict[str, Callable[[], Any]] = {
            "read": lambda: client.get(
                f"{BASE}/orders?user_id={self.owner.id}", headers=self.bearer
            ),
            "write": lambda: client.put(account, json=renamed, headers=self.bearer),
            "wrong": lambda: client.put(account, json={"first_name": 1}, headers=self.bearer),
            "missing": lambda: client.delete(f"{account}/addresses/none", headers=self.bearer),
            "picture": lambda: client.post(
                f"{account}/profile-image", files=picture, headers=self.bearer
            ),
            "sign-in": lambda: client.post(f"{BASE}/auth/login/password", json=ways_in),
            "refused": lambda: client.post(
                f"{BASE}/auth/login/password", json={**ways_in, "password": "not this one"}
            ),
            "code": lambda: client.post(f"{BASE}/auth/login/email", json={"email": "a@b.example"}),
            "form": lambda: client.post("/api/session/login", data=form, headers=self.page),
            "upload": lambda: client.post(PAGE_UPLOADS, headers=upload),
            "records": lambda: client.post(f"{SYSTEMS}/records", json=records, headers=key),
            "stream": lambda: client.post(
                f"{SYSTEMS}/records", content=json.dumps(records[0]), headers={**key, **NDJSON}
            ),
            "list": lambda: client.get(f"{SYSTEMS}/orders", headers=self.system),
        }
        return calls[name]

    def faults(self) -> list[str]:
        """What is not as it must be once each deed was repeated until it was done."""
        wrong = self.shop.faults(self.deeds)
        with self.database.session(writes=False) as db:
            kept = db.execute(text("SELECT id, sizes FROM media")).all()
        storage = get_gateways().storage
        names = [f"{media}/{size}" for media, sizes in kept for size in sizes.split(",")]
        for name in names:
            if (file := storage.open(name)) is None:
                wrong.append(f"no file {name}")
            else:
                file.close()
        return wrong


@pytest.fixture
def calls(database: Database, owner: User, monkeypatch: pytest.MonkeyPatch) -> Iterator[Calls]:
    monkeypatch.setattr(door, "_uses", door._Uses())
    monkeypatch.setattr(door, "_allowance", door._Allowance())
    url = database.engine.url
    with FlakyPostgres(url.host or "127.0.0.1", url.port or 5432) as way:
        # Nothing but the database's own protocol goes this way.
        plain = {"sslmode": "disable", "gssencmode": "disable"}
        flaky = url.set(host="127.0.0.1", port=way.port).update_query_dict(plain)
        monkeypatch.setenv("PORTAL_DATABASE_URL", flaky.render_as_string(hide_password=False))
        forget_singletons()
        app: Any = wrap(make_app(), uploads=(admit_upload, lambda _name: True))  # type: ignore[arg-type]
        # Not begun: no loop of the server's asks the database meanwhile.
        client = TestClient(app, raise_server_exceptions=False)
        yield Calls(way, database, owner, client)
        client.close()
        get_database().dispose()
    forget_singletons()


CALLS = (
    "cancel", "return", "retry-payment", "read", "write", "wrong", "missing", "picture", "sign-in",
    "refused", "code", "form", "upload", "records", "stream",
    "list",
)  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "stays_away"), [("unsent", False), ("ended", True), ("unanswered", False)]
)
@pytest.mark.parametrize("name", CALLS)
def test_whichever_request_is_lost_the_answer_is_right_or_503(
    calls: Calls, caplog: pytest.LogCaptureFixture, name: str, fault: Fault, stays_away: bool
) -> None:
    way = calls.way
    right = {calls.one(name)().status_code, 429}
    assert max(right) < 500
    for number in range(1, MOST_REQUESTS):
        call = calls.one(name)
        way.arm(number, fault, stays_away=stays_away)
        answer = call()
        is_past = way.asked < number
        way.arm(0)
        assert [record for record in caplog.records if record.levelno >= logging.ERROR] == [], (
            f"request {number}"
        )
        if answer.status_code == 503:
            assert int(answer.headers["retry-after"]) > 0
        else:
            assert answer.status_code in right, f"request {number}: {answer.text}"
        again = [call() for _ in range(2)][-1]
        assert again.status_code in right, f"after request {number}: {again.text}"
        if answer.status_code == 200 and name in ("cancel", "return", "retry-payment"):
            assert again.content == answer.content
        assert get_database().in_use == 0
        if is_past:
            break
    else:
        pytest.fail("no call asks so often")
    assert calls.faults() == []
