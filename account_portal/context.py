"""Who calls, when, and in which transaction: what every service function takes first.

`enter` is THE transaction: it resolves the caller inside it, commits on success and rolls back on
an exception. Nobody else commits.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Select, bindparam, select
from sqlmodel import Session, SQLModel, col

from account_portal.core.clock import utc_now
from account_portal.core.db import Database, Transaction, get_database
from account_portal.core.errors import (
    Forbidden,
    LoginRequired,
    NotAuthenticated,
    NotFound,
    PortalError,
    TopLevelRequired,
)
from account_portal.core.reading import PreparedSelect
from account_portal.core.settings import Settings, get_settings
from account_portal.gateways import Gateways, get_gateways
from account_portal.models import User
from account_portal.security import sessions, tokens

Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True, slots=True)
class Caller:
    """What a request brings along, believed by nobody yet."""

    bearer: str | None = None
    cookie: str | None = None
    proof: str | None = None
    """Of a page in a storefront's frame: a signed token that names its session and storefront."""
    origin: str | None = None
    """Of the storefront in whose frame the caller says to be; a frame's session is of one only."""
    order_proof: str | None = None
    """Opens one order, whose contact was proven: a secret out of a browser's cookie."""
    device: str | None = None
    """Secret of a device that may have signed in before; it opens nothing."""
    ip_address: str | None = None
    user_agent: str | None = None
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who a caller turned out to be. Both ids are set for customers only."""

    kind: str = "nobody"
    user_id: str | None = None
    customer_id: str | None = None
    session_id: str | None = None
    anonymous_id: str | None = None
    is_framed: bool = False
    """Signed in inside a storefront's frame only."""
    proven_at: datetime | None = None
    """When the customer last proved in this session who they are."""
    key_id: str | None = None
    """The key by which one of the shop's systems calls."""
    name: str | None = None
    """What the shop calls that key."""
    scopes: frozenset[str] = frozenset({"*"})
    """What that key may do; the shop's own commands may do everything."""

    @property
    def is_customer(self) -> bool:
        """Whether somebody is signed in."""
        return self.kind == "customer"


def answers_at_once() -> bool:
    """Whether the database is a file: an indexed row is there before a thread would have begun."""
    return get_database().is_sqlite


PROOF = "proof"
"""Type of the token by which a frame's page names its session, once its storefront vouched."""
NOBODY = Actor()
SHOP = Actor(kind="shop")


class Person(NamedTuple):
    """A user, as far as every page shows them."""

    id: str
    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None
    picture_id: str | None
    news: int


@dataclass(slots=True)
class Context:
    """One call: its transaction, its caller, its moment and the outside world."""

    transaction: Transaction
    now: datetime
    settings: Settings
    gateways: Gateways
    actor: Actor = NOBODY
    caller: Caller = Caller()
    after_commit: list[Callable[[], None]] = field(default_factory=list)
    attempt: str | None = None
    """What an earlier run of this very call began and could not answer; see `checkpoint`."""
    note_attempt: Callable[[str], None] | None = None
    has_ended_session: bool = False
    """Whether this call has ended the session by which it came, as signing out does."""
    after_rollback: list[Callable[[], None]] = field(default_factory=list)
    """Undo what a database can't roll back, such as a stored file."""

    @property
    def db(self) -> Session:
        """The session of this call's transaction."""
        return self.transaction.session

    @property
    def customer_id(self) -> str:
        """Whose rows may be seen.

        Raises:
            NotAuthenticated: nobody is signed in.
            LoginRequired: a visitor calls.
        """
        if self.actor.customer_id is None:
            raise LoginRequired if self.actor.kind == "visitor" else NotAuthenticated
        return self.actor.customer_id

    @property
    def user_id(self) -> str:
        """Who is signed in.

        Raises:
            NotAuthenticated: nobody is.
            LoginRequired: a visitor calls.
        """
        if self.actor.user_id is None:
            raise LoginRequired if self.actor.kind == "visitor" else NotAuthenticated
        return self.actor.user_id

    def identify(self, actor: Actor) -> None:
        """Say who calls, also to the session: whose rows are seen, who causes what it tells."""
        self.actor = actor
        self.transaction.tell("actor", actor.kind)

    def require_shop(self) -> None:
        """Let only the shop itself pass.

        Raises:
            Forbidden: anybody else calls.
        """
        if self.actor.kind != SHOP.kind:
            raise Forbidden("Only the store can do this.")

    def require_top_level(self) -> None:
        """Let nobody pass who is signed in inside another site's page only.

        What changes how an account is entered, or ends it, is asked for where the address bar
        shows whose page it is.

        Raises:
            TopLevelRequired: the caller's session belongs to a frame.
        """
        if self.actor.is_framed:
            raise TopLevelRequired

    def read(self, read: PreparedSelect, **values: str | int) -> list[tuple[Any, ...]]:
        """Rows of a prepared read; what is pending in the session is not flushed first."""
        return self.transaction.read(read, values)

    def owned(self, model: type[Row]) -> Select[Row]:
        """The caller's rows of a table: how every statement on customer rows begins."""
        owner: Any = model.customer_id  # type: ignore[attr-defined]
        return select(model).where(owner == self.customer_id)

    def get_owned(self, model: type[Row], *, lock: bool = False, **values: Any) -> Row:
        """One row of the caller; `lock` serialises writers on it.

        Raises:
            NotFound: there is none, or it is somebody else's.
        """
        statement = self.owned(model).where(
            *(getattr(model, name) == value for name, value in values.items())
        )
        if lock:
            statement = statement.with_for_update()
        row = self.db.execute(statement).scalar_one_or_none()
        if row is None:
            raise NotFound
        return row

    def get_person(self) -> "Person":
        """What pages show of the signed-in user; asked for all the time.

        Raises:
            NotAuthenticated: nobody is signed in.
        """
        return Person(*self.read(_PERSON, user_id=self.user_id)[0])

    def get_user(self, *, lock: bool = False) -> User:
        """The signed-in user's row.

        Raises:
            NotAuthenticated: nobody is signed in.
        """
        statement = select(User).where(col(User.id) == self.user_id)
        return self.db.execute(statement.with_for_update() if lock else statement).scalar_one()

    def commit(self) -> None:
        """Keep what was done, unless the caller's session has ended meanwhile.

        A session that is ended while a call waits for a lock, or works on something slow, does
        nothing more: its end waits for this commit, or this commit for it.

        Raises:
            NotAuthenticated: it has ended, and not by this call itself.
        """
        session_id = None if self.has_ended_session else self.actor.session_id
        if session_id is not None and self.transaction.writes and self.transaction.begun:
            self.db.flush()  # in this order all calls lock: what they change, then their session
            if not sessions.is_in_force(self.db, session_id):
                raise NotAuthenticated
        self.transaction.commit()

    def checkpoint(self, attempt: str | None = None) -> None:
        """Keep what was done so far, and go on in a new transaction.

        For calls that ask the outside world in between: the attempt is recorded first, and no lock
        is held while somebody else takes their time. What was read before has to be read again.

        Args:
            attempt: what a repeat of this very call, by its Idempotency-Key, has to go on with if
                the answer never comes: it is kept with the key in the same transaction.
        """
        if attempt is not None and self.note_attempt is not None:
            self.note_attempt(attempt)
        self.commit()
        self.db.expunge_all()
        hooks, self.after_commit = self.after_commit, []
        self.after_rollback.clear()
        for hook in hooks:
            hook()

    def begin_writing(self) -> None:
        """Leave the reading transaction and begin a writing one; a call that writes goes on.

        For calls that do something slow first (hashing a password): they read, work without a lock,
        then call this and read again what they rely on.
        """
        self.transaction.begin_writing()


_USERS = User.__table__.c  # type: ignore[attr-defined]
_PERSON = PreparedSelect(
    select(*(_USERS[name] for name in Person._fields)).where(_USERS.id == bindparam("user_id"))
)


def _resolve(transaction: Transaction, caller: Caller, now: datetime) -> Actor:
    """Who calls. One statement; a token whose session ended is as good as none."""
    rows: list[tuple[Any, ...]] = []
    if caller.bearer is not None:
        try:
            claims = tokens.verify(caller.bearer, now)
        except tokens.TokenInvalid:
            return NOBODY
        if claims.get("typ") != "access":
            return NOBODY
        rows = transaction.read(sessions.OF_TOKEN, {"session_id": claims.get("sid")})
        found = sessions.Found(*rows[0]) if rows else None
        if found and found.pair_used_at is None and claims.get("gen") == found.generation != 0:
            transaction.first_use_of = (found.id, found.generation)
    elif caller.proof is not None:
        try:
            claims = tokens.verify(caller.proof, now)
        except tokens.TokenInvalid:
            return NOBODY
        if claims.get("typ") != PROOF or claims.get("origin") != caller.origin:
            return NOBODY
        rows = transaction.read(sessions.OF_TOKEN, {"session_id": claims.get("sid")})
    elif caller.cookie is not None:
        rows = transaction.read(sessions.OF_COOKIE, {"cookie_hash": tokens.digest(caller.cookie)})
    return _actor(sessions.Found(*rows[0]), caller, now) if rows else NOBODY


def _actor(found: sessions.Found, caller: Caller, now: datetime) -> Actor:
    if found.revoked_at is not None or found.expires_at <= now:
        return NOBODY
    is_framed = found.kind == "frame"
    if is_framed and caller.origin not in (None, found.origin):
        return NOBODY
    if found.user_id is None:
        return Actor("visitor", session_id=found.id, anonymous_id=found.anonymous_id)
    settings = get_settings()
    is_shut_out = found.is_demo and not settings.demo
    if found.customer_id is None or found.deactivated_at is not None or is_shut_out:
        return NOBODY
    # Turning two-step sign-in on ends what one proof opened: of who has it on, all sessions took
    # two. Into a frame by itself only the shop's word leads.
    is_vouched_for = is_framed and found.opened_by is None
    if found.two_step_at is None and settings.requires_two_step and not is_vouched_for:
        return NOBODY
    return Actor(
        kind="customer",
        user_id=found.user_id,
        customer_id=found.customer_id,
        session_id=found.id,
        anonymous_id=found.anonymous_id,
        is_framed=is_framed,
        proven_at=found.proven_at,
    )


@contextmanager
def enter(
    caller: Caller | None = None,
    *,
    writes: bool,
    actor: Actor | None = None,
    database: Database | None = None,
    gateways: Gateways | None = None,
) -> Iterator[Context]:
    """One call in one transaction; `actor` is given by commands of the shop and by workers only.

    Raises:
        Conflict: a race that the database itself decided against this call.
        GatewayUnavailable: the database is away, or gave no connection, lock or answer in time;
            nothing was changed.
    """
    caller = caller or Caller()
    database = database or get_database()
    now = caller.now or utc_now()
    transaction = Transaction(database, writes=writes)
    context = Context(
        transaction=transaction,
        now=now,
        settings=get_settings(),
        gateways=gateways or get_gateways(),
        caller=caller,
    )
    done = False
    try:
        with database.errors_for_callers():
            context.identify(actor or _resolve(transaction, caller, now))
            yield context
            context.commit()
        done = True
    except PortalError as error:
        if error.keeps_changes:
            with database.errors_for_callers():
                transaction.commit()
            done = True
        raise
    finally:
        transaction.close()
        if transaction.first_use_of is not None:
            sessions.note_first_use(database, *transaction.first_use_of, now)
        if not transaction.is_in_doubt:  # a file too many does no harm, one too few does
            for hook in context.after_commit if done else context.after_rollback:
                hook()
