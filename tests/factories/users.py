"""Users, and sessions with tokens."""

from datetime import UTC, datetime, timedelta
from typing import Any

from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.models import NotificationPreference, User, UserSession
from account_portal.security import tokens
from account_portal.security.passwords import hash_password

PASSWORD = "correct horse battery"


def make_user(database: Database, *, password: str | None = PASSWORD, **values: Any) -> User:
    """A user who can sign in with `PASSWORD`."""
    now = datetime.now(UTC)
    identity = values.pop("id", new_id())
    defaults: dict[str, Any] = {
        "email": f"{identity.lower()}@example.com",
        "is_email_verified": True,
        "first_name": "Asha",
        "last_name": "Rao",
        "customer_id": identity,
        "created_at": now,
        "modified_at": now,
    }
    user = User(
        id=identity,
        password_hash=hash_password(password) if password else None,
        **{**defaults, **values},
    )
    with database.session(writes=True) as db:
        db.add(user)
        db.flush()
        db.add(NotificationPreference(user_id=user.id, modified_at=now))
        db.commit()
    return user


def make_session(
    database: Database, user: User | None, *, expires: timedelta = timedelta(minutes=15)
) -> str:
    """An access token on a new session; of a visitor when there is no user."""
    now = datetime.now(UTC)
    session = UserSession(
        user_id=user.id if user else None,
        anonymous_id=new_id(),
        kind="api" if user else "visitor",
        rotated_at=now,
        created_at=now,
        last_seen_at=now,
        expires_at=now + timedelta(days=30),
        ends_at=now + timedelta(days=90),
        proven_at=now,
    )
    with database.session(writes=True) as db:
        db.add(session)
        db.commit()
    return tokens.sign(
        {
            "typ": "access",
            "sid": session.id,
            "ulid": user.id if user else session.anonymous_id,
            "iat": int(now.timestamp()),
            "exp": int((now + expires).timestamp()),
        }
    )
