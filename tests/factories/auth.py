"""What sign-in leaves behind: codes on their way, sessions, limits."""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import col

from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.models import OutboxMessage, User, UserSession
from account_portal.security import tokens


def change_user(database: Database, user: User, **values: Any) -> User:
    """The user with other values."""
    with database.session(writes=True) as db:
        found = db.get(User, user.id)
        assert found is not None
        for name, value in values.items():
            setattr(found, name, value)
        db.commit()
        return found


def load_user(database: Database, user: User) -> User:
    """The user as the database has it now."""
    with database.session(writes=False) as db:
        found = db.get(User, user.id)
        assert found is not None
        return found


def messages(database: Database) -> list[OutboxMessage]:
    """All messages queued so far, oldest first."""
    with database.session(writes=False) as db:
        rows = db.execute(select(OutboxMessage).order_by(col(OutboxMessage.id))).scalars()
        return list(rows)


def codes_sent(database: Database) -> list[tuple[str, str, str]]:
    """Channel, recipient and code of all codes that somebody will get, oldest first."""
    return [
        (row.channel, row.recipient, json.loads(tokens.decrypt(row.payload["sealed"]))["code"])
        for row in messages(database)
        if row.kind == "one_time_code" and row.recipient
    ]


def last_code(database: Database) -> str:
    """The newest code that was sent."""
    return codes_sent(database)[-1][2]


def other_code(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


def make_page_session(database: Database, user: User, clock_now: Any, cookie: str) -> str:
    """A signed-in browser; returns the id of its session."""
    session = UserSession(
        user_id=user.id,
        anonymous_id=new_id(),
        kind="page",
        cookie_hash=tokens.digest(cookie),
        rotated_at=clock_now,
        created_at=clock_now,
        last_seen_at=clock_now,
        expires_at=clock_now + timedelta(days=30),
        ends_at=clock_now + timedelta(days=90),
        proven_at=clock_now,
    )
    with database.session(writes=True) as db:
        db.add(session)
        db.commit()
    return session.id


def set_proof(database: Database, user: User, proven_at: datetime | None) -> None:
    """In all sessions of the user: when they last proved who they are; None: never."""
    own = col(UserSession.user_id) == user.id
    with database.session(writes=True) as db:
        db.execute(update(UserSession).where(own).values(proven_at=proven_at))
        db.commit()
