"""What the portal was set up with, as staff may read it: never a secret."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from account_portal.context import Context
from account_portal.core.environment import is_secret, variable_of
from account_portal.core.settings import Settings


@dataclass(frozen=True, slots=True)
class Shown:
    """A setting, its value and what it is for."""

    variable: str
    value: str
    is_default: bool
    description: str


def shown_settings(ctx: Context) -> list[Shown]:
    """All settings, in their order. Of secrets only whether they are set."""
    ctx.require_shop()
    found = []
    for name, field in Settings.model_fields.items():
        value = getattr(ctx.settings, name)
        found.append(
            Shown(
                variable=variable_of(name, field),
                value=_secret(value) if is_secret(field) else _plain(value),
                is_default=value == field.get_default(call_default_factory=True),
                description=field.description or "",
            )
        )
    return found


def _secret(value: object) -> str:
    return "set, not shown" if value else ""


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(str(one) for one in value)
    return _without_password(str(value))


def _without_password(text: str) -> str:
    """An address without what stands before its host, which may be a password."""
    parts = urlsplit(text) if "://" in text else None
    if parts is None or "@" not in parts.netloc:
        return text
    return text.replace(parts.netloc, parts.netloc.rpartition("@")[2], 1)
