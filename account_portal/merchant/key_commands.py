"""Keys of the shop's systems on the command line: `python -m account_portal keys …`."""

import getpass
from datetime import datetime, timedelta

import click

from account_portal.merchant import keys as service
from account_portal.merchant.running import run_as_shop


def me() -> str:
    """Who runs the command, as logs name them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user need not have a name
        return "command line"


@click.group()
def keys() -> None:
    """Manage the keys by which the shop's systems call the merchant API."""


@keys.command("create")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    metavar="SCOPE",
    help="What it may do, such as orders:write; '*' is everything. May be repeated.",
)
@click.option("--days", type=click.IntRange(1, 3650), help="Days after which the key ends.")
def create(name: str, scopes: tuple[str, ...], days: int | None) -> None:
    """Make a key. Prints its secret, which is shown this once only."""
    lives = timedelta(days=days) if days else None
    click.echo(run_as_shop(service.create_key, name, scopes, by=me(), lives=lives))


@keys.command("list")
def list_all() -> None:
    """List keys: what they may do, and when and from where they were last used."""
    found = run_as_shop(service.list_keys)
    if not found:
        click.echo("There are no keys.")
    for key in found:
        click.echo(f"{key.name}  {key.prefix}…  {_state(key)}")
        click.echo(f"    scopes   {' '.join(key.scopes)}")
        click.echo(f"    created  {_day(key.created_at)} by {key.created_by or 'unknown'}")
        used = (
            f"{_day(key.last_used_at)} from {key.last_used_from}" if key.last_used_at else "never"
        )
        click.echo(f"    used     {used}")


def _state(key: service.ListedKey) -> str:
    if key.revoked_at is not None:
        return f"revoked {_day(key.revoked_at)} by {key.revoked_by}"
    return f"until {_day(key.expires_at)}" if key.expires_at else "in use"


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""


@keys.command("revoke")
@click.argument("name")
def revoke(name: str) -> None:
    """End a key at once."""
    run_as_shop(service.revoke_key, name, by=me())
    click.echo(f"Key {name} is revoked.")


@keys.command("rotate")
@click.argument("name")
@click.option(
    "--overlap",
    type=click.IntRange(0, 720),
    default=0,
    help="Hours the old secret still works; without, it ends at once.",
)
def rotate(name: str, overlap: int) -> None:
    """Give a key a new secret. Prints it; it is shown this once only."""
    click.echo(run_as_shop(service.rotate_key, name, overlap=timedelta(hours=overlap)))
