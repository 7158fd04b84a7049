"""Claims on the command line: `python -m account_portal shop claim …`."""

from decimal import Decimal

import click

from account_portal.claims import service as claims
from account_portal.claims.schemas import AcceptClaim
from account_portal.merchant.running import read_input, read_number, run_as_shop
from account_portal.states import ClaimResolution


def _amount(text: str) -> Decimal:
    number = read_number(text)
    if number <= 0:
        raise click.BadParameter("must be more than 0")
    return number


@click.group("claim")
def claim_group() -> None:
    """What customers say went wrong."""


@claim_group.command("accept")
@click.argument("claim_number")
@click.argument("resolution", type=click.Choice([one.value for one in ClaimResolution]))
@click.option(
    "--amount",
    callback=lambda _context, _option, text: None if text is None else _amount(text),
    help="How much of it is refunded; all if left out.",
)
@click.option("--answer", help="What the customer reads.")
def accept_claim(
    claim_number: str, resolution: str, amount: Decimal | None, answer: str | None
) -> None:
    """Agree to a claim: refund it, send it again, or ask for the goods."""
    data = read_input(AcceptClaim, resolution=resolution, amount=amount, answer=answer)
    run_as_shop(claims.accept_claim, claim_number, data)
    click.echo(f"Claim {claim_number} is accepted: {resolution}.")


@claim_group.command("reject")
@click.argument("claim_number")
@click.argument("reason")
def reject_claim(claim_number: str, reason: str) -> None:
    """Decline a claim; the customer reads the reason."""
    run_as_shop(claims.reject_claim, claim_number, reason)
    click.echo(f"Claim {claim_number} is rejected.")
