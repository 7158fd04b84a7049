"""Rows of sessions, as far as every call has to do with them."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, col

from account_portal.core.db import Database
from account_portal.core.reading import PreparedSelect
from account_portal.models import User, UserSession

_SESSIONS, _USERS = UserSession.__table__.c, User.__table__.c  # type: ignore[attr-defined]


class Found(NamedTuple):
    """The session a caller names, and of its user the last four."""

    id: str
    user_id: str | None
    kind: str
    origin: str | None
    opened_by: str | None
    anonymous_id: str
    expires_at: datetime
    revoked_at: datetime | None
    generation: int
    pair_used_at: datetime | None
    proven_at: datetime | None
    customer_id: str | None
    deactivated_at: datetime | None
    is_demo: bool | None
    two_step_at: datetime | None


_FOUND = [
    *(_SESSIONS[name] for name in Found._fields[:-4]),
    *(_USERS[name] for name in Found._fields[-4:]),
]
OF_TOKEN = PreparedSelect(
    select(*_FOUND)
    .outerjoin(User.__table__, _USERS.id == _SESSIONS.user_id)  # type: ignore[attr-defined]
    .where(_SESSIONS.id == bindparam("session_id"))
)
OF_COOKIE = PreparedSelect(
    select(*_FOUND)
    .join(User.__table__, _USERS.id == _SESSIONS.user_id)  # type: ignore[attr-defined]
    .where(_SESSIONS.cookie_hash == bindparam("cookie_hash"))
)


def is_in_force(db: Session, session_id: str) -> bool:
    """Whether nobody has ended a session; nobody can until this transaction is over."""
    statement = select(col(UserSession.id)).where(
        col(UserSession.id) == session_id, col(UserSession.revoked_at).is_(None)
    )
    return db.execute(statement.with_for_update(read=True)).first() is not None


def note_first_use(database: Database, session_id: str, generation: int, now: datetime) -> None:
    """Note that the newest pair of a session arrived: the token it was traded for is over soon.

    Once for each pair, in a transaction of its own, as most calls only read. Without the lock
    nothing is noted; the next call does it.
    """
    changed = (
        update(UserSession)
        .where(
            col(UserSession.id) == session_id,
            col(UserSession.generation) == generation,
            col(UserSession.pair_used_at).is_(None),
        )
        .values(pair_used_at=now)
        .execution_options(synchronize_session=False)
    )
    try:
        with database.session(writes=True) as db:
            db.execute(changed)
            db.commit()
    except Exception as error:
        if not database.is_away(error):
            raise
