"""How commands of the shop run services."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

import click
from pydantic import ValidationError

from account_portal.context import SHOP, enter
from account_portal.core.errors import PortalError
from account_portal.core.opening import CannotOpen, open_database
from account_portal.core.schemas import Input
from account_portal.core.validation import words_of

Said = TypeVar("Said", bound=Input)


def run_as_shop(service: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Run one service as the shop; what it refuses becomes a sentence and exit code 1."""
    try:
        open_database()
        with enter(writes=True, actor=SHOP) as ctx:
            return service(ctx, *args, **kwargs)
    except CannotOpen as error:
        raise click.ClickException(str(error)) from None
    except PortalError as error:
        reasons = [
            f"{name}: {text}"
            for name, texts in error.fields.items()
            for text in texts
            if text not in error.message
        ]
        raise click.ClickException(" ".join([error.message, *reasons])) from None


def read_input(takes: type[Said], **said: Any) -> Said:
    """What was typed, as a service takes it; what was left out is not said.

    Raises:
        UsageError: it does not do, and why.
    """
    try:
        return takes.model_validate({key: one for key, one in said.items() if one is not None})
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, one['loc']))}: {words_of(one)}" for one in error.errors()]
        raise click.UsageError("; ".join(faults)) from None


def read_number(text: str) -> Decimal:
    """The number that was typed.

    Raises:
        BadParameter: it is none.
    """
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise click.BadParameter(f"{text} is no number") from None
    if not number.is_finite():
        raise click.BadParameter(f"{text} is no number")
    return number


def read_units(_context: click.Context, _option: Any, texts: tuple[str, ...]) -> dict[str, int]:
    """Units by line, each written as SKU=UNITS: a callback of click's."""
    units = {}
    for text in texts:
        sku, equals, count = text.rpartition("=")
        if not equals or not count.isdecimal():
            raise click.BadParameter(f"write SKU=UNITS, not {text}")
        units[sku] = int(count)
    return units
