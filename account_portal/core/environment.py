"""The names of the environment: those that nothing knows, and those that name a file."""

import os
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

PREFIX = "PORTAL_"
FILE = "_FILE"
"""`PORTAL_SECRET_KEY_FILE` names a file that holds what `PORTAL_SECRET_KEY` would."""

REPLACED = {"PORTAL_EMAIL_URL": "PORTAL_SMTP_URL"}
"""Names of earlier versions, and what took their place."""


class EnvironmentFault(Exception):
    """A name or a file cannot be used. ``str(error)`` has one sentence per fault."""


def variable_of(name: str, field: FieldInfo) -> str:
    """What a field of the settings is called in the environment."""
    return field.alias or f"{PREFIX}{name.upper()}"


def is_secret(field: FieldInfo) -> bool:
    """Whether a value may hold a secret: it is never shown, and may come from a file."""
    return not field.repr


def known_variables(fields: Mapping[str, FieldInfo]) -> list[str]:
    """All names that mean something, those of files for secrets included."""
    names = [variable_of(name, field) for name, field in fields.items()]
    files = [variable_of(name, field) + FILE for name, field in fields.items() if is_secret(field)]
    return [*names, *files]


def unknown_variables(environment: Collection[str], known: Collection[str]) -> list[str]:
    """A sentence for each name that begins like a setting and is none, with the nearest one."""
    sentences = []
    for name in sorted(environment):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            upper = name.upper()
            near = [REPLACED[upper]] if upper in REPLACED else []
            near += get_close_matches(upper, known, n=1, cutoff=0.75)
            hint = f"did you mean {near[0]}?" if near else "docs/settings.md lists all."
            sentences.append(f"{name}: is no setting; {hint}")
    return sentences


class SecretFiles(PydanticBaseSettingsSource):
    """Reads secrets from the files that `…_FILE` names, as containers are given them."""

    def __init__(self, settings_cls: type[BaseSettings]) -> None:
        super().__init__(settings_cls)
        self._environment = {name.upper(): value for name, value in os.environ.items()}

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """What a field's file holds, if one is named; a line break at its end is no part of it.

        Raises:
            EnvironmentFault: the file cannot be read or is empty, or the secret is given twice.
        """
        setting = variable_of(field_name, field)
        path = self._environment.get(setting + FILE) if is_secret(field) else None
        if not path:
            return None, field_name, False
        if setting in self._environment:
            raise EnvironmentFault(f"{setting}: is set, and {setting}{FILE} too; leave one out.")
        try:
            value = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            raise EnvironmentFault(f"{setting}{FILE}: cannot be read: {reason}.") from None
        if not value:
            raise EnvironmentFault(f"{setting}{FILE}: the file is empty.")
        return value, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Values by name of the field."""
        found = {}
        for name, field in self.settings_cls.model_fields.items():
            value, key, _ = self.get_field_value(field, name)
            if value is not None:
                found[key] = value
        return found
