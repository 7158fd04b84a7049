"""Types shared by the kit, and the check that turns a misspelt variant into a build error."""

from collections.abc import Mapping
from typing import Any, TypeVar

import reflex as rx

Text = str | rx.Var[str]
Flag = bool | rx.Var[bool]
Number = int | float | rx.Var[int] | rx.Var[float]
Child = rx.Component | str | rx.Var[Any]

Chosen = TypeVar("Chosen")


def pick(table: Mapping[Any, Chosen], variant: str | int, what: str) -> Chosen:
    """The entry of a variant.

    Raises:
        ValueError: the variant does not exist; names those that do.
    """
    try:
        return table[variant]
    except (KeyError, TypeError):
        there_are = ", ".join(map(str, table))
        raise ValueError(f"{what} must be one of {there_are}; got {variant!r}") from None


def classes(*parts: str) -> str:
    """Class names in one string; empty parts fall away."""
    return " ".join(part for part in parts if part)


def given(**props: Any) -> dict[str, Any]:
    """The props that have a value: `None` means "not set"."""
    return {name: value for name, value in props.items() if value is not None}
