"""Keys of the shop's systems: made, listed, rotated and revoked by the shop."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core.errors import Conflict, InvalidInput, NotFound
from account_portal.models import ApiKey
from account_portal.security import api_keys, tokens

LONGEST_NAME = 100


class KeyNameTaken(Conflict):
    """A key of this name is in use."""

    code = "key_name_taken"
    message = "There is a key of this name; revoke it first, or rotate it."


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A key as the shop sees it: never its secret."""

    name: str
    prefix: str
    scopes: tuple[str, ...]
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    last_used_at: datetime | None
    last_used_from: str | None
    revoked_at: datetime | None
    revoked_by: str | None


def create_key(
    ctx: Context,
    name: str,
    scopes: Sequence[str],
    *,
    by: str,
    lives: timedelta | None = None,
) -> str:
    """Make a key; returns its secret, which nobody can read again.

    Args:
        ctx: the shop's call.
        name: what the shop calls it, such as the system's name.
        scopes: what it may do; `*` is everything.
        by: who makes it.
        lives: after which time it ends; none: it does not.

    Raises:
        Forbidden: only the shop may.
        InvalidInput: no name, or a scope nobody knows.
        KeyNameTaken: a key of that name is in use.
    """
    ctx.require_shop()
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise InvalidInput(name=f"must have 1 to {LONGEST_NAME} characters")
    unknown = [scope for scope in scopes if not api_keys.is_scope(scope)]
    if unknown or not scopes:
        known = ", ".join(("*", *api_keys.SCOPES))
        raise InvalidInput(scopes=f"must be of: {known}")
    if _living(ctx, name) is not None:
        raise KeyNameTaken(f"There is a key {name}; revoke it first, or rotate it.")
    secret = api_keys.new_secret()
    ctx.db.add(
        ApiKey(
            name=name,
            prefix=secret[: api_keys.SHOWN],
            key_hash=tokens.digest(secret),
            scopes=" ".join(sorted(set(scopes))),
            created_at=ctx.now,
            created_by=by[:100],
            expires_at=ctx.now + lives if lives else None,
        )
    )
    ctx.db.flush()
    return secret


def _living(ctx: Context, name: str) -> ApiKey | None:
    statement = select(ApiKey).where(col(ApiKey.name) == name, col(ApiKey.revoked_at).is_(None))
    found: ApiKey | None = ctx.db.execute(statement.with_for_update()).scalar_one_or_none()
    return found


def _require_living(ctx: Context, name: str) -> ApiKey:
    ctx.require_shop()
    key = _living(ctx, name)
    if key is None:
        raise NotFound(f"There is no key {name}.")
    return key


def list_keys(ctx: Context, *, limit: int = 200) -> list[ListedKey]:
    """The latest keys, newest first, those in use before revoked ones.

    Raises:
        Forbidden: only the shop may.
    """
    ctx.require_shop()
    rows = ctx.db.execute(
        select(ApiKey)
        .order_by(col(ApiKey.revoked_at).is_not(None), col(ApiKey.id).desc())
        .limit(limit)
    ).scalars()
    return [
        ListedKey(
            name=row.name,
            prefix=row.prefix,
            scopes=tuple(row.scopes.split()),
            created_at=row.created_at,
            created_by=row.created_by,
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
            last_used_from=row.last_used_from,
            revoked_at=row.revoked_at,
            revoked_by=row.revoked_by,
        )
        for row in rows
    ]


def revoke_key(ctx: Context, name: str, *, by: str) -> None:
    """End a key at once.

    Raises:
        Forbidden: only the shop may.
        NotFound: no key of that name is in use.
    """
    key = _require_living(ctx, name)
    key.revoked_at, key.revoked_by = ctx.now, by[:100]


def rotate_key(ctx: Context, name: str, *, overlap: timedelta = timedelta()) -> str:
    """Give a key a new secret, which is returned.

    Args:
        ctx: the shop's call.
        name: whose secret to replace.
        overlap: how long the old secret still works beside the new one.

    Raises:
        Forbidden: only the shop may.
        NotFound: no key of that name is in use.
    """
    key = _require_living(ctx, name)
    secret = api_keys.new_secret()
    key.old_key_hash = key.key_hash if overlap else None
    key.old_until = ctx.now + overlap if overlap else None
    key.key_hash, key.prefix = tokens.digest(secret), secret[: api_keys.SHOWN]
    return secret
