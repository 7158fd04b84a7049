"""The shop's people on the command line: `python -m account_portal staff …`."""

import click

from account_portal.console.deeds.systems import invitation_link
from account_portal.console.rules import ROLE_WORDS, Role
from account_portal.console.service import accounts
from account_portal.context import SHOP, Context, enter
from account_portal.core.errors import PortalError
from account_portal.merchant.key_commands import me
from account_portal.merchant.running import run_as_shop

ROLES = click.Choice([role.value for role in Role])


def _by() -> str:
    return f"command line: {me()}"


@click.group(help="Manage who of the shop may use the console.\n\n" + "\n\n".join(
    f"{role}: {does}." for role, does in ROLE_WORDS.items()
))  # fmt: skip
def staff() -> None:
    """Who of the shop may use the console."""


def _link(service: object, *args: object) -> str:
    def work(ctx: Context) -> str:
        return invitation_link(ctx, service(ctx, *args, by=_by()))  # type: ignore[operator]

    return str(run_as_shop(work))


@staff.command("create")
@click.argument("email")
@click.option("--role", type=ROLES, required=True, help="What they are to the shop.")
@click.option("--password", "asks", is_flag=True, help="Ask for a password here instead.")
def create(email: str, role: str, *, asks: bool) -> None:
    """Let somebody in. Prints a link by which they set their password, within three days."""
    link = _link(accounts.invite, email, Role(role))
    if asks:
        _set_password(email)
        click.echo(f"{email} may sign in at {link.partition('/invitation')[0]}.")
    else:
        click.echo(link)


def _set_password(email: str) -> None:
    password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        with enter(writes=False, actor=SHOP) as ctx:
            accounts.set_password(ctx, email, password, password, by=_by())
    except PortalError as error:
        reasons = [f"The password {text}." for texts in error.fields.values() for text in texts]
        again = f"Try again by `staff reset {email} --password`."
        raise click.ClickException(" ".join([*reasons, again])) from None


@staff.command("list")
def list_all() -> None:
    """List who may, and in which role."""
    found = run_as_shop(accounts.list_staff)
    if not found:
        click.echo("There is nobody; `staff create EMAIL --role admin` lets the first one in.")
    for one in found:
        last = f"{one.last_sign_in_at:%Y-%m-%d}" if one.last_sign_in_at else "never"
        click.echo(f"{one.email}  {one.role}  {one.state}  last here: {last}")


@staff.command("role")
@click.argument("email")
@click.argument("role", type=ROLES)
def change_role(email: str, role: str) -> None:
    """Give somebody another role."""
    run_as_shop(accounts.change_role, email, Role(role), by=_by())
    click.echo(f"{email} is {role} now.")


@staff.command("reset")
@click.argument("email")
@click.option("--password", "asks", is_flag=True, help="Ask for a password here instead.")
def reset(email: str, *, asks: bool) -> None:
    """Let somebody in anew who lost password or device. Prints a link, as `create` does."""
    link = _link(accounts.invite_again, email)
    if asks:
        _set_password(email)
    else:
        click.echo(link)


@staff.command("disable")
@click.argument("email")
def disable(email: str) -> None:
    """Let somebody in no more; ends their sessions."""
    run_as_shop(accounts.disable, email, by=_by())
    click.echo(f"{email} is let in no more.")


@staff.command("enable")
@click.argument("email")
def enable(email: str) -> None:
    """Let somebody in again."""
    run_as_shop(accounts.enable, email, by=_by())
    click.echo(f"{email} is let in again.")
