"""Policies on the command line: `python -m account_portal shop policy …`."""

from pathlib import Path
from typing import Any

import click

from account_portal.core.errors import InvalidInput
from account_portal.merchant.running import run_as_shop
from account_portal.orders import service
from account_portal.orders.schemas import Policy, PolicyChange


class _PolicyFile(click.ParamType[Policy]):
    """A policy, from a file in TOML or JSON."""

    name = "file"

    def convert(self, value: Any, param: Any, ctx: Any) -> Policy:
        try:
            return service.read_policy_file(Path(str(value)))
        except InvalidInput as error:
            self.fail(f"{value}: {error.message}", param, ctx)


@click.group("policy")
def policy_group() -> None:
    """What customers may do after the purchase."""


@policy_group.command("show")
def show_policies() -> None:
    """Print the policy in force, as JSON, and when each version was set."""
    found = run_as_shop(service.list_policies)
    if not found:
        click.echo("None was set: the settings decide.")
        return
    click.echo(found[0].policy.model_dump_json(indent=2, exclude_unset=True))
    for one in found:
        click.echo(
            f"{one.number}: {one.in_force_from:%Y-%m-%d %H:%M} UTC, by {one.source}", err=True
        )


@policy_group.command("try")
@click.argument("policy", type=_PolicyFile())
def try_policy(policy: Policy) -> None:
    """Say what a policy would change for the latest orders; sets nothing."""
    trial = run_as_shop(service.try_policy, policy)
    click.echo(f"Tried on {trial.orders} orders.")
    _print("Orders that are there get kinder:", trial.changes)
    _print("Had they been placed under it:", trial.new_orders)


def _print(title: str, changes: list[PolicyChange]) -> None:
    if changes:
        click.echo(title)
    for one in changes:
        click.echo(f"  {one.order_number} {one.sku}: {one.now} -> {one.then}")


@policy_group.command("set")
@click.argument("policy", type=_PolicyFile())
def set_policy(policy: Policy) -> None:
    """Put a policy in force: for new orders, and where it is kinder, for all."""
    version = run_as_shop(service.set_policy, policy, source="command")
    click.echo(f"Policy {version.number} is in force.")
