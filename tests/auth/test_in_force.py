"""A session that ended does nothing more, however long its call had been waiting."""

from threading import Thread

import pytest
from sqlalchemy import text, update
from sqlmodel import col

from account_portal.auth.service import sessions
from account_portal.context import Caller, Context, enter
from account_portal.core.clock import utc_now
from account_portal.core.db import Database
from account_portal.core.errors import NotAuthenticated
from account_portal.models import User, UserSession
from tests.factories.records import rows
from tests.factories.users import make_session


def end_sessions(database: Database, user: User) -> None:
    """As another device does, or a reset."""
    with database.session(writes=True) as db:
        db.execute(
            update(UserSession)
            .where(col(UserSession.user_id) == user.id)
            .values(revoked_at=utc_now())
        )
        db.commit()


def first_name(database: Database, user: User) -> str | None:
    return str(rows(database, User, id=user.id)[0].first_name)


def rename(ctx: Context) -> None:
    user = ctx.get_user(lock=True)
    user.first_name = "Late"


def test_what_waited_for_a_lock_while_its_session_was_ended_is_refused(
    database: Database, owner: User
) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite's one lock is taken before anybody asks who calls")
    caller = Caller(bearer=make_session(database, owner))
    seen: list[object] = []

    def write() -> None:
        try:
            with enter(caller, writes=True) as ctx:
                rename(ctx)
        except NotAuthenticated as error:
            seen.append(error)

    with database.session(writes=True) as other:
        other.execute(text("SELECT id FROM users FOR UPDATE"))
        waiting = Thread(target=write)
        waiting.start()
        waits = text("SELECT pg_stat_clear_snapshot(), count(*) FROM pg_stat_activity WHERE "
                     "datname = current_database() AND wait_event_type = 'Lock'")  # fmt: skip
        with database.engine.connect() as watching:
            while not watching.execute(waits).one()[1]:
                assert waiting.is_alive()
        other.execute(text("UPDATE sessions SET revoked_at = now()"))
        other.commit()
    waiting.join(timeout=30)
    assert len(seen) == 1
    assert first_name(database, owner) == "Olivia"


@pytest.mark.parametrize("begins_with_reading", [False, True])
def test_what_was_ended_during_something_slow_is_refused(
    database: Database, owner: User, begins_with_reading: bool
) -> None:
    if database.is_sqlite and not begins_with_reading:
        pytest.skip("nobody else writes meanwhile")
    caller = Caller(bearer=make_session(database, owner))

    def write() -> None:
        with enter(caller, writes=not begins_with_reading) as ctx:
            end_sessions(database, owner)
            if begins_with_reading:
                ctx.begin_writing()
            rename(ctx)

    with pytest.raises(NotAuthenticated):
        write()
    assert first_name(database, owner) == "Olivia"


def test_a_call_may_end_its_own_session(database: Database, owner: User) -> None:
    caller = Caller(bearer=make_session(database, owner))
    with enter(caller, writes=True) as ctx:
        rename(ctx)
        sessions.end_sessions_of(ctx, owner.id)
    assert first_name(database, owner) == "Late"
