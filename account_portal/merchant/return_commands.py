"""Returns on the command line: `python -m account_portal shop return …`."""

from collections.abc import Callable
from typing import Any

import click

from account_portal.merchant.running import read_input, read_units, run_as_shop
from account_portal.returns import service as returns
from account_portal.returns.schemas import REFUSALS, InspectReturn


@click.group("return")
def return_group() -> None:
    """Return requests."""


@return_group.command("approve")
@click.argument("request_number")
def approve_return(request_number: str) -> None:
    """Agree to a return; makes its refund or replacement order."""
    run_as_shop(returns.approve_return, request_number)
    click.echo(f"Return {request_number} is approved.")


@return_group.command("reject")
@click.argument("request_number")
@click.argument("reason")
def reject_return(request_number: str, reason: str) -> None:
    """Decline a return; the customer reads the reason."""
    run_as_shop(returns.reject_return, request_number, reason)
    click.echo(f"Return {request_number} is rejected.")


@return_group.command("ship")
@click.argument("request_number")
def ship_return(request_number: str) -> None:
    """The goods are on their way back."""
    run_as_shop(returns.mark_return_shipped, request_number)
    click.echo(f"Return {request_number} is shipped.")


@return_group.command("receive")
@click.argument("request_number")
def receive_return(request_number: str) -> None:
    """The goods arrived."""
    run_as_shop(returns.receive_return, request_number)
    click.echo(f"Return {request_number} is received.")


_INSPECTION = (
    click.argument("request_number"),
    click.argument("units", nargs=-1, metavar="[SKU=ACCEPTED]...", callback=read_units),
    click.option(
        "--refuse",
        "refused",
        multiple=True,
        metavar="SKU=UNITS",
        callback=read_units,
        help="Not accepted.",
    ),
    click.option("--reason", "reason_code", type=click.Choice(list(REFUSALS)), help="Why not."),
    click.option("--note", help="The same in words; the customer reads it."),
    click.option("--keep", is_flag=True, help="Keep what is refused; else it goes back."),
    click.option("--can-ask-again", is_flag=True, help="What is refused may be returned again."),
)
"""What the two commands take that say what of a return is accepted."""


def _takes_inspection(command: Callable[..., None]) -> Callable[..., None]:
    for parameter in reversed(_INSPECTION):
        command = parameter(command)
    return command


def _inspection(
    units: dict[str, int], refused: dict[str, int], said: dict[str, Any]
) -> InspectReturn:
    goods = "kept" if said.pop("keep") else "sent_back"
    items = [
        {
            "sku": sku,
            **({"accepted": units[sku]} if sku in units else {}),
            "refused": refused.get(sku, 0),
            "goods": goods,
            **{name: value for name, value in said.items() if value},
        }
        for sku in {**units, **refused}
    ]
    return read_input(InspectReturn, return_items=items)


@return_group.command("inspect")
@_takes_inspection
def inspect_return(
    request_number: str, units: dict[str, int], refused: dict[str, int], **said: Any
) -> None:
    """Say what of a received return is accepted; of lines not named, everything is."""
    run_as_shop(returns.inspect_return, request_number, _inspection(units, refused, said))
    click.echo(f"Return {request_number} is inspected.")


@return_group.command("correct-inspection")
@_takes_inspection
def correct_inspection(
    request_number: str, units: dict[str, int], refused: dict[str, int], **said: Any
) -> None:
    """Say anew, and whole, what is accepted, until a refund of it is approved or it is complete."""
    run_as_shop(returns.correct_inspection, request_number, _inspection(units, refused, said))
    click.echo(f"The inspection of return {request_number} is corrected.")


@return_group.command("complete")
@click.argument("request_number")
def complete_return(request_number: str) -> None:
    """Everything about the return is done."""
    run_as_shop(returns.complete_return, request_number)
    click.echo(f"Return {request_number} is complete.")
