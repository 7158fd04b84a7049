"""Keeps the demo customer signed in, whatever the calls did to the account."""

import os
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import schemathesis
from schemathesis.core.failures import Failure
from sqlalchemy import delete, select, update
from sqlmodel import col

from account_portal.context import SHOP, enter
from account_portal.core.db import get_database
from account_portal.core.ids import new_id
from account_portal.core.settings import get_settings
from account_portal.merchant import keys
from account_portal.models import RateEvent, User, UserSession
from account_portal.security import tokens
from tests.factories.users import make_session

SCHEMA_FAULTS = re.compile(
    r"is required|is not known|must be (a text|a number|a whole number|true or false|a list)|"
    r"must be (an object|at least .*|at most .*|more than .*|less than .*|'.*)|"
    r"must have at (least|most) \d+ (characters|entries)|is not valid JSON"
)
"""What the API says of input that breaks a schema, rather than a rule."""

EMAIL = "demo@example.com"
CLEAR_LIMITS_EVERY = 25
"""Calls; without this, all but the first few would only meet the limits."""


class DemoCustomer:
    """An access token; a new one as soon as a call ended the session or closed the account."""

    def __init__(self) -> None:
        self._database = get_database()
        with self._database.session(writes=False) as db:
            self._user = db.execute(select(User).where(col(User.email) == EMAIL)).scalar_one()
        self._token = ""
        self._session = ""
        self._calls = 0

    def token(self) -> str:
        self._calls += 1
        if self._calls % CLEAR_LIMITS_EVERY == 0:
            self._forget_limits()
        if not self._token or not self._is_alive():
            self._open_account()
            self._token = make_session(self._database, self._user, expires=timedelta(hours=6))
            self._session = tokens.verify(self._token, datetime.now(UTC))["sid"]
        return self._token

    def _is_alive(self) -> bool:
        open_session = (
            select(col(UserSession.id))
            .join(User, col(User.id) == col(UserSession.user_id))
            .where(
                col(UserSession.id) == self._session,
                col(UserSession.revoked_at).is_(None),
                col(User.deactivated_at).is_(None),
            )
        )
        with self._database.session(writes=False) as db:
            return db.execute(open_session).first() is not None

    def _open_account(self) -> None:
        with self._database.session(writes=True) as db:
            db.execute(
                update(User).where(col(User.id) == self._user.id).values(deactivated_at=None)
            )
            db.commit()

    def _forget_limits(self) -> None:
        with self._database.session(writes=True) as db:
            db.execute(delete(RateEvent))
            db.commit()


class System:
    """A key of the shop that may do everything."""

    def __init__(self) -> None:
        with enter(writes=True, actor=SHOP) as ctx:
            self._key = keys.create_key(ctx, f"fuzz {new_id()}", ["*"], by="fuzz")

    def token(self) -> str:
        return self._key


@schemathesis.auth(refresh_interval=None)
class SignedIn:
    """Sends the token the way a client does."""

    def __init__(self) -> None:
        is_system = os.environ.get("FUZZED_API") == "merchant"
        self._caller = System() if is_system else DemoCustomer()

    def get(self, _case: schemathesis.Case, _context: schemathesis.AuthContext) -> str:
        return self._caller.token()

    def set(self, case: schemathesis.Case, data: str, _context: Any) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}
        if case.operation.path == "/auth/anonymous":
            case.headers["X-Api-Key"] = get_settings().public_key


@schemathesis.check
def refused_by_a_rule(
    _context: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case
) -> None:
    """Input that keeps to the schema is never told that it breaks it."""
    positive = case.meta is not None and case.meta.generation.mode.is_positive
    if not positive or response.status_code != 400:
        return
    faults = response.json().get("error", {})
    broken = {
        name: text
        for name, texts in faults.items()
        for text in texts
        if SCHEMA_FAULTS.fullmatch(text)
        and not any(_has_loose_ends(said, name) for said in (case.body, case.query))
    }
    if broken:
        raise Failure(
            operation=case.operation.label,
            title="The schema allows what the API refuses",
            message=str(broken),
        )


def _has_loose_ends(body: Any, name: str) -> bool:
    """Whether a text begins or ends with white space: without it, it may be too short."""
    found = body
    for part in name.split("."):
        if isinstance(found, list) and part.isdigit():
            found = found[int(part)]
        else:
            found = found.get(part) if isinstance(found, dict) else None
    return isinstance(found, str) and found != found.strip()
