"""Rows of sessions, as far as every call has to do with them."""

from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from account_portal.core.db import Database
from account_portal.models import UserSession


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
