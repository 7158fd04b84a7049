"""Policies as people write them: read from TOML or JSON, and written as TOML."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pydantic
import tomli_w

from account_portal.core.errors import InvalidInput
from account_portal.core.validation import words_of
from account_portal.orders.schemas import Policy


def read_policy_file(path: Path) -> Policy:
    """The policy that a file says.

    Raises:
        InvalidInput: it cannot be read, or what it says cannot.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise _refusal([f"{error}."]) from None
    return read_policy(text)


def read_policy(text: str) -> Policy:
    """The policy that a text says: JSON where it begins with a brace, else TOML.

    Raises:
        InvalidInput: it cannot be read; a sentence for each fault says where.
    """
    try:
        data = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise _refusal([f"This cannot be read: {error}."]) from None
    try:
        return Policy.model_validate(data)
    except pydantic.ValidationError as error:
        faults = [
            f"{_place(data, one['loc'])}: {words_of(one).rstrip('.')}." for one in error.errors()
        ]
        raise _refusal(faults) from None


def _refusal(faults: list[str]) -> InvalidInput:
    return InvalidInput(" ".join(faults), rules=faults)


def _place(data: Any, path: tuple[int | str, ...]) -> str:
    """Where a fault is, by the name of its rule where it has one."""
    if len(path) < 2 or path[0] != "rules" or not isinstance(path[1], int):
        return ".".join(map(str, path)) or "The policy"
    rule = data["rules"][path[1]]
    name = rule.get("name") if isinstance(rule, dict) else None
    named = f"“{name}”" if isinstance(name, str) and name else f"Rule {path[1] + 1}"
    return ", ".join([named, ".".join(map(str, path[2:]))] if path[2:] else [named])


def write_policy(policy: Policy) -> str:
    """A policy as TOML that reads as the same policy; JSON where TOML has no word for it."""
    text = tomli_w.dumps(policy.model_dump(exclude_unset=True, exclude_none=True))
    try:
        if read_policy(text) == policy:
            return text
    except InvalidInput:
        pass  # a rule that only says `null`
    return policy.model_dump_json(exclude_unset=True, indent=2)
