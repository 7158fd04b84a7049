"""Keys of the shop's systems: what they look like, what they may do, and whose a secret is."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, or_, select, text, update
from sqlmodel import Session, col

from account_portal.core.db import Transaction
from account_portal.core.errors import InsufficientScope
from account_portal.core.reading import PreparedSelect
from account_portal.models import ApiKey, ApiKeyUsage
from account_portal.security import tokens

PREFIX = "apk_"
SHOWN = 12
"""Characters of a secret that lists show, so that people can tell keys apart."""
_KINDS = (
    "orders",
    "customers",
    "returns",
    "refunds",
    "payments",
    "reviews",
    "loyalty",
    "bank_accounts",
    "webhooks",
    "policies",
    "withdrawals",
)
SCOPES = (
    *(f"{kind}:{verb}" for kind in _KINDS for verb in ("read", "write")),
    "messages:read",
    "events:read",
    "records:write",
)
"""What a key may be allowed; `*` stands for all, `orders:*` for both verbs."""
SCOPE_TO_READ = {
    "order": "orders:read",
    "shipment": "orders:read",
    "payment": "payments:read",
    "refund": "refunds:read",
    "return": "returns:read",
    "review": "reviews:read",
    "customer": "customers:read",
    "address": "customers:read",
    "preferences": "customers:read",
    "points": "loyalty:read",
    "bank_account": "bank_accounts:read",
    "message": "messages:read",
}
"""The scope that shows a thing, wherever it is shown: in a list, in another thing, in an event."""


def new_secret() -> str:
    """A new secret: 192 bits nobody can guess."""
    return PREFIX + secrets.token_hex(24)


def is_scope(scope: str) -> bool:
    """Whether a key may be given this scope."""
    kind, _, verb = scope.partition(":")
    if verb == "*":
        return any(known.startswith(f"{kind}:") for known in SCOPES)
    return scope == "*" or scope in SCOPES


def allows(scopes: Collection[str], needed: str) -> bool:
    """Whether a key with these scopes may do what needs that one."""
    return bool({"*", needed, needed.partition(":")[0] + ":*"} & set(scopes))


def require_to_read(scopes: Collection[str], *kinds: str) -> None:
    """Show things of these kinds, as `SCOPE_TO_READ` names them, only to a key that may read them.

    Raises:
        InsufficientScope: it may not.
    """
    for kind in kinds:
        if not allows(scopes, SCOPE_TO_READ[kind]):
            raise InsufficientScope(f"This key has no scope {SCOPE_TO_READ[kind]}.")


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key that is in use, as its secret finds it."""

    id: str
    name: str
    scopes: frozenset[str]
    last_used_at: datetime | None
    last_used_from: str | None


_KEY_OF_SECRET = PreparedSelect(
    select(
        col(ApiKey.id),
        col(ApiKey.name),
        col(ApiKey.scopes),
        col(ApiKey.last_used_at),
        col(ApiKey.last_used_from),
        col(ApiKey.key_hash),
        col(ApiKey.old_until),
        col(ApiKey.expires_at),
        col(ApiKey.revoked_at),
    ).where(
        or_(
            col(ApiKey.key_hash) == bindparam("digest"),
            col(ApiKey.old_key_hash) == bindparam("digest"),
        )
    )
)


def find(transaction: Transaction, secret: str, now: datetime) -> KnownKey | None:
    """The key of a secret; none: nobody has it, or it is over."""
    if not secret.startswith(PREFIX) or len(secret) > 100:
        return None
    digest = tokens.digest(secret)
    rows = transaction.read(_KEY_OF_SECRET, {"digest": digest})
    if not rows:
        return None
    key_id, name, scopes, used_at, used_from, key_hash, old_until, expires_at, revoked_at = rows[0]
    if revoked_at is not None or (expires_at is not None and expires_at <= now):
        return None
    if key_hash != digest and (old_until is None or old_until <= now):
        return None
    return KnownKey(key_id, name, frozenset(scopes.split()), used_at, used_from)


def note_use(db: Session, key_id: str, address: str | None, now: datetime) -> None:
    """Note that a key is in use, and where."""
    db.execute(
        update(ApiKey)
        .where(col(ApiKey.id) == key_id)
        .values(last_used_at=now, last_used_from=address)
        .execution_options(synchronize_session=False)
    )


_TAKE = text(
    "INSERT INTO api_key_usage (key_id, minute, calls) VALUES (:key_id, :minute, :calls) "
    "ON CONFLICT (key_id, minute) DO UPDATE SET calls = api_key_usage.calls + excluded.calls "
    "RETURNING calls"
)


def take_calls(db: Session, key_id: str, minute: int, calls: int) -> int:
    """Take calls out of a key's allowance for a minute; returns how many all have taken by now."""
    values = {"key_id": key_id, "minute": minute, "calls": calls}
    taken: int = db.execute(_TAKE, values).scalar_one()
    return taken


def sweep(db: Session, now: datetime) -> None:
    """Remove what was taken in minutes that are over."""
    this_minute = int(now.timestamp() // 60)
    db.execute(delete(ApiKeyUsage).where(col(ApiKeyUsage.minute) < this_minute - 1))
