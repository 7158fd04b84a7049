"""The command `demo`."""

import click

from account_portal.core.demo import DEMO_STAFF
from account_portal.core.opening import CannotOpen, open_database
from account_portal.demo.seed import DemoRefused, seed_demo
from account_portal.demo.seed.people import PASSWORD, PEOPLE


@click.command()
@click.option("--fresh", is_flag=True, help="Delete the demo and all that was done with it first.")
def demo(*, fresh: bool) -> None:
    """Fill an empty database with the demo; a demo that is there stays as it is."""
    try:
        written = seed_demo(open_database(), fresh=fresh)
    except (CannotOpen, DemoRefused) as error:
        raise click.ClickException(str(error)) from None
    click.echo(
        "Demo data written." if written else "The demo is there already (--fresh renews it)."
    )
    for person in PEOPLE:
        click.echo(f"  {person.email} / {PASSWORD}")
    click.echo(f"  {DEMO_STAFF} / {PASSWORD} (staff: /console)")
