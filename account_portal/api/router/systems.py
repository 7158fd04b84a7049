"""The shop's systems at the door: whose key it is, whether it may do this, and how often."""

from datetime import date, datetime
from threading import Lock

from account_portal.context import NOBODY, SHOP, Actor, Caller, enter
from account_portal.core.db import Database, get_database
from account_portal.core.errors import (
    GatewayUnavailable,
    InsufficientScope,
    NotAuthenticated,
    TooManyAttempts,
)
from account_portal.core.settings import get_settings
from account_portal.security import api_keys

Headers = list[tuple[bytes, bytes]]

_PORTIONS = 20
"""A process takes a twentieth of a key's allowance at a time, so that few calls write."""


def admit(caller: Caller, scope: str, headers: Headers) -> Actor:
    """Let a system in by its key.

    Args:
        caller: whose bearer token is the key.
        scope: what the call needs.
        headers: of the answer; those that tell the key's allowance are added.

    Raises:
        NotAuthenticated: no key, or one that is over.
        TooManyAttempts: the key's calls of this minute are used up.
        InsufficientScope: the key was not allowed this.
    """
    with enter(caller, writes=False, actor=NOBODY) as ctx:
        key = api_keys.find(ctx.transaction, caller.bearer or "", ctx.now)
    if key is None:
        raise NotAuthenticated("Send a key of the shop as Authorization: Bearer apk_…")
    _uses.note(key, caller.ip_address, ctx.now)
    _allowance.take(key.id, ctx.now, headers)
    if not api_keys.allows(key.scopes, scope):
        raise InsufficientScope(f"This key has no scope {scope}.")
    return Actor(kind=SHOP.kind, key_id=key.id, name=key.name, scopes=key.scopes)


class _Uses:
    """When and where keys were used: written once a day and address, whatever comes between."""

    def __init__(self) -> None:
        self._day: date | None = None
        self._noted: set[tuple[Database, str, str | None]] = set()
        self._lock = Lock()

    def note(self, key: api_keys.KnownKey, address: str | None, now: datetime) -> None:
        mark = (get_database(), key.id, address)
        with self._lock:
            if self._day != now.date():
                self._day, self._noted = now.date(), set()
            if mark in self._noted:
                return
            self._noted.add(mark)
        used = key.last_used_at
        if used is not None and used.date() == now.date() and key.last_used_from == address:
            return
        try:
            with enter(writes=True, actor=SHOP) as ctx:
                api_keys.note_use(ctx.db, key.id, address, now)
        except GatewayUnavailable:
            with self._lock:
                self._noted.discard(mark)  # the next call does it


class _Allowance:
    """Calls of each key in the current minute, counted over all processes."""

    def __init__(self) -> None:
        self._minute = 0
        self._left: dict[str, int] = {}
        """Calls this process has taken and not used yet."""
        self._free: dict[str, int] = {}
        """Calls that nobody has taken, as far as this process knows."""
        self._lock = Lock()

    def take(self, key_id: str, now: datetime, headers: Headers) -> None:
        """Use one call up; tell what is left.

        Raises:
            TooManyAttempts: none is.
        """
        limit = get_settings().merchant_calls_per_minute
        minute, second = divmod(int(now.timestamp()), 60)
        is_left = self._use(key_id, minute)
        if not is_left and self._free.get(key_id, 1) > 0:
            self._take_more(key_id, minute, limit)
            is_left = self._use(key_id, minute)
        remaining = self._left.get(key_id, 0) + self._free.get(key_id, 0)
        headers += [
            (b"ratelimit-limit", b"%d" % limit),
            (b"ratelimit-remaining", b"%d" % remaining),
            (b"ratelimit-reset", b"%d" % (60 - second)),
        ]
        if not is_left:
            raise TooManyAttempts(60 - second, "Too many calls with this key. Try again later.")

    def _use(self, key_id: str, minute: int) -> bool:
        with self._lock:
            if self._minute != minute:
                self._minute = minute
                self._left, self._free = {}, {}
            left = self._left.get(key_id, 0)
            if left:
                self._left[key_id] = left - 1
            return left > 0

    def _take_more(self, key_id: str, minute: int, limit: int) -> None:
        portion = max(1, limit // _PORTIONS)
        try:
            with enter(writes=True, actor=SHOP) as ctx:
                taken = api_keys.take_calls(ctx.db, key_id, minute, portion)
        except GatewayUnavailable:
            taken = portion  # nobody is refused because the database is busy
        with self._lock:
            granted = max(0, min(portion, limit - (taken - portion)))
            self._left[key_id] = self._left.get(key_id, 0) + granted
            self._free[key_id] = max(0, limit - taken)


_uses = _Uses()
_allowance = _Allowance()
