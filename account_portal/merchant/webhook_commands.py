"""Endpoints of webhooks on the command line: `python -m account_portal webhooks …`."""

from datetime import timedelta

import click
from pydantic import ValidationError

from account_portal.core.validation import to_fields
from account_portal.merchant import lists
from account_portal.merchant.rows import DeliveriesQuery
from account_portal.merchant.running import run_as_shop
from account_portal.states import DeliveryStatus
from account_portal.webhooks import service
from account_portal.webhooks.schemas import CreateWebhook


@click.group()
def webhooks() -> None:
    """Manage where events are sent to."""


@webhooks.command("create")
@click.argument("url")
@click.option("--type", "types", multiple=True, help="A type of event; all without. Repeatable.")
@click.option("--expand", is_flag=True, help="Send what events are about along.")
def create(url: str, types: tuple[str, ...], *, expand: bool) -> None:
    """Send events to an address from now on. Prints its id and its secret, shown this once."""
    try:
        data = CreateWebhook(url=url, types=list(types) or ["*"], expand=expand)
    except ValidationError as error:
        faults = to_fields(error.errors(include_url=False, include_input=False))
        texts = (f"{name}: {', '.join(found)}" for name, found in faults.items())
        raise click.ClickException("; ".join(texts)) from None
    made = run_as_shop(service.create_webhook, data)
    click.echo(f"{made.id} {made.secret}")


@webhooks.command("list")
def list_all() -> None:
    """List endpoints and whether they work."""
    found = run_as_shop(service.list_webhooks)
    if not found:
        click.echo("There are no webhooks.")
    for one in found:
        click.echo(f"{one.id}  {one.status}  {one.url}  {' '.join(one.types)}")
        if one.disabled_reason:
            click.echo(f"    {one.disabled_reason}")
        elif one.failing_since:
            click.echo(f"    failing since {one.failing_since:%Y-%m-%d %H:%M} UTC")


@webhooks.command("test")
@click.argument("webhook_id")
def test(webhook_id: str) -> None:
    """Send a test now; exit code 1 if it did not arrive."""
    made = run_as_shop(service.try_webhook, webhook_id)
    if made.status != DeliveryStatus.DELIVERED:
        raise click.ClickException(f"It did not arrive: {made.error}.")
    click.echo(f"It arrived: {made.response_status or 'the sink took it'}.")


@webhooks.command("rotate")
@click.argument("webhook_id")
@click.option(
    "--overlap",
    type=click.IntRange(0, 720),
    default=24,
    show_default=True,
    help="Hours in which the old secret signs too.",
)
def rotate(webhook_id: str, overlap: int) -> None:
    """Give an endpoint a new secret. Prints it; it is shown this once only."""
    made = run_as_shop(service.rotate_secret, webhook_id, overlap=timedelta(hours=overlap))
    click.echo(made.secret)


@webhooks.command("enable")
@click.argument("webhook_id")
def enable(webhook_id: str) -> None:
    """Send to an endpoint again that was disabled, beginning with what it missed."""
    run_as_shop(service.enable_webhook, webhook_id)
    click.echo(f"Webhook {webhook_id} is enabled.")


@webhooks.command("delete")
@click.argument("webhook_id")
def delete(webhook_id: str) -> None:
    """Remove an endpoint, and what is on its way to it."""
    run_as_shop(service.delete_webhook, webhook_id)
    click.echo(f"Webhook {webhook_id} is deleted.")


@webhooks.command("dead")
def dead() -> None:
    """List what could not be delivered, newest first."""
    found = run_as_shop(
        lists.list_deliveries, DeliveriesQuery(status=[DeliveryStatus.DEAD], limit=200)
    )
    if not found.rows:
        click.echo("Everything was delivered.")
    for one in found.rows:
        click.echo(f"{one.id}  {one.event_type}  {one.settled_at:%Y-%m-%d}  {one.error}")


@webhooks.command("resend")
@click.argument("delivery_id")
def resend(delivery_id: str) -> None:
    """Send an event again: the same body under the same id."""
    run_as_shop(service.resend_delivery, delivery_id)
    click.echo(f"Delivery {delivery_id} is due.")
