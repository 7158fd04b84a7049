"""The shop's side on the command line: `python -m account_portal shop …`.

Each command is one call of one service, as the shop.
"""

from decimal import Decimal
from typing import Any

import click

from account_portal.auth import service as auth
from account_portal.bank_accounts import service as bank_accounts
from account_portal.loyalty import service as loyalty
from account_portal.merchant import deeds
from account_portal.merchant.claim_commands import claim_group
from account_portal.merchant.list_commands import list_commands
from account_portal.merchant.policy_commands import policy_group
from account_portal.merchant.return_commands import return_group
from account_portal.merchant.running import read_input, read_number, read_units, run_as_shop
from account_portal.orders import service as orders
from account_portal.personal_data import service as personal_data
from account_portal.reviews import service as reviews
from account_portal.states import ShipmentStatus
from account_portal.withdrawals import service as withdrawals
from account_portal.withdrawals.schemas import MatchWithdrawal, SettleWithdrawal


@click.group()
def shop() -> None:
    """Do what only the shop decides: ship, refund, approve, verify, grant; list what waits."""


@shop.group("order")
def order_group() -> None:
    """Orders."""


@order_group.command("approve")
@click.argument("order_number")
def approve_order(order_number: str) -> None:
    """Accept an order that waits for approval."""
    run_as_shop(orders.approve_order, order_number)
    click.echo(f"Order {order_number} is confirmed.")


@order_group.command("cancel")
@click.argument("order_number")
@click.argument("reason")
def cancel_order(order_number: str, reason: str) -> None:
    """Cancel an order nothing of which was sent; what was paid is owed back."""
    run_as_shop(orders.cancel_for_shop, order_number, reason)
    click.echo(f"Order {order_number} is cancelled.")


@shop.group("shipment")
def shipment_group() -> None:
    """Parcels."""


@shipment_group.command("create")
@click.argument("order_number")
@click.argument("units", nargs=-1, metavar="[SKU=UNITS]...", callback=read_units)
def create_shipment(order_number: str, units: dict[str, int]) -> None:
    """Put units into a new parcel; none named: all that are in no parcel yet. Prints its number."""
    click.echo(run_as_shop(orders.create_shipment, order_number, units or None))


@shipment_group.command("move")
@click.argument("reference_number")
@click.argument("status", type=click.Choice([status.value for status in ShipmentStatus]))
@click.option("--place", help="Where that happened.")
@click.option("--text", help="What the customer reads; the usual words if left out.")
@click.option("--courier", help="Who carries the parcel.")
@click.option("--awb", "awb_no", help="The courier's tracking number.")
@click.option("--tracking-url", help="Where the parcel can be followed.")
@click.option("--eta", help="Expected day, YYYY-MM-DD.")
def move_shipment(reference_number: str, status: str, **details: str | None) -> None:
    """Take a parcel a step further, such as to packed, shipped or delivered."""
    run_as_shop(orders.move_shipment, reference_number, ShipmentStatus(status), **details)
    click.echo(f"Parcel {reference_number} is {status}.")


@shipment_group.command("resend")
@click.argument("reference_number")
def resend_shipment(reference_number: str) -> None:
    """Send what was in a parcel that was lost or came back again. Prints the new number."""
    click.echo(run_as_shop(orders.resend_shipment, reference_number))


@shipment_group.command("refund")
@click.argument("reference_number")
def refund_shipment(reference_number: str) -> None:
    """Refund what was in a parcel that was lost or came back. Prints the refunds' numbers."""
    numbers = run_as_shop(orders.refund_shipment, reference_number)
    click.echo("\n".join(numbers) or "Nothing was paid for it. It is not asked for any more.")


OUTCOME = click.Choice(["success", "failed"])


@shop.group("payment")
def payment_group() -> None:
    """Payments."""


@payment_group.command("settle")
@click.argument("request_number")
@click.argument("outcome", type=OUTCOME)
@click.option("--reference", help="The gateway's reference.")
def settle_payment(request_number: str, outcome: str, reference: str | None) -> None:
    """Record what became of a payment."""
    succeeded = outcome == "success"
    run_as_shop(orders.settle_payment, request_number, succeeded=succeeded, reference=reference)
    click.echo(f"Payment {request_number}: {outcome}.")


@shop.group("refund")
def refund_group() -> None:
    """Refunds."""


@refund_group.command("create")
@click.argument("order_number")
@click.argument("amount", callback=lambda _context, _option, text: read_number(text))
@click.option("--remarks", help="A word to the customer.")
def create_refund(order_number: str, amount: Decimal, remarks: str | None) -> None:
    """Promise money of an order back, out of goodwill. Prints the refund's number."""
    click.echo(run_as_shop(orders.create_refund, order_number, amount, remarks=remarks))


@refund_group.command("redirect")
@click.argument("request_number")
@click.argument("account_id")
def redirect_refund(request_number: str, account_id: str) -> None:
    """Send a refund that waits to a verified bank account of the customer instead."""
    run_as_shop(orders.redirect_refund, request_number, account_id)
    click.echo(f"Refund {request_number} goes to account {account_id}.")


@refund_group.command("retry")
@click.argument("request_number")
@click.option("--account", help="A verified bank account of the customer, instead of the old way.")
def retry_refund(request_number: str, account: str | None) -> None:
    """Try a refund that failed again. Prints the number of the one that takes its place."""
    click.echo(run_as_shop(orders.retry_refund, request_number, bank_account_id=account))


@refund_group.command("approve")
@click.argument("request_number")
def approve_refund(request_number: str) -> None:
    """Agree to a refund."""
    state = run_as_shop(deeds.approve_refund, request_number)
    whose = "the payment gateway sends it back" if state.by_gateway else "pay it out"
    click.echo(f"Refund {request_number} is approved: {whose}.")


@refund_group.command("settle")
@click.argument("request_number")
@click.argument("outcome", type=OUTCOME)
@click.option("--reference", help="The bank's reference.")
def settle_refund(request_number: str, outcome: str, reference: str | None) -> None:
    """Record whether an approved refund arrived."""
    succeeded = outcome == "success"
    run_as_shop(orders.settle_refund, request_number, succeeded=succeeded, reference=reference)
    click.echo(f"Refund {request_number}: {outcome}.")


@shop.group("bank-account")
def bank_account_group() -> None:
    """Bank accounts of customers."""


@bank_account_group.command("verify")
@click.argument("account_id")
@click.option("--reject", is_flag=True, help="The account cannot be trusted.")
def verify_bank_account(account_id: str, *, reject: bool) -> None:
    """Decide whether refunds may go to an account."""
    run_as_shop(bank_accounts.decide_bank_account, account_id, verified=not reject)
    click.echo(f"Account {account_id} is {'rejected' if reject else 'verified'}.")


@shop.group("review")
def review_group() -> None:
    """Reviews."""


@review_group.command("approve")
@click.argument("review_id")
def approve_review(review_id: str) -> None:
    """Let others see a review."""
    run_as_shop(reviews.decide_review, review_id, approved=True)
    click.echo(f"Review {review_id} is published.")


@review_group.command("reject")
@click.argument("review_id")
def reject_review(review_id: str) -> None:
    """Keep a review from others; its customer may write it anew."""
    run_as_shop(reviews.decide_review, review_id, approved=False)
    click.echo(f"Review {review_id} is not published.")


@shop.group("withdrawal")
def withdrawal_group() -> None:
    """Withdrawals from contracts."""


@withdrawal_group.command("carry-out")
@click.argument("reference")
@click.argument("order_number")
@click.argument("units", nargs=-1, metavar="[SKU=UNITS]...", callback=read_units)
@click.option("--answer", help="What the customer reads; needed where you do less: why.")
def carry_out_withdrawal(
    reference: str, order_number: str, units: dict[str, int], answer: str | None
) -> None:
    """Cancel and return what a withdrawal is about, or these units. Prints what was done."""
    items = [{"sku": sku, "quantity": count} for sku, count in units.items()]
    data = read_input(
        MatchWithdrawal, order_number=order_number, withdraw_items=items, answer=answer
    )
    click.echo(run_as_shop(withdrawals.carry_out_for_shop, reference, data))


@withdrawal_group.command("settle")
@click.argument("reference")
@click.argument("outcome")
@click.option("--answer", help="What the customer reads of it.")
def settle_withdrawal(reference: str, outcome: str, answer: str | None) -> None:
    """Say what came of a withdrawal that was settled otherwise."""
    data = read_input(SettleWithdrawal, outcome=outcome, answer=answer)
    run_as_shop(withdrawals.settle_for_shop, reference, data)
    click.echo(f"Withdrawal {reference} is settled.")


@shop.group("points")
def points_group() -> None:
    """Loyalty points."""


def _points(_context: click.Context, _option: Any, text: str) -> Decimal:
    return read_number(text)


@points_group.command("grant")
@click.argument("customer")
@click.argument("points", callback=_points)
@click.option("--remarks", help="A word to the customer.")
def grant_points(customer: str, points: Decimal, remarks: str | None) -> None:
    """Give points to a customer, named by e-mail address or id."""
    run_as_shop(loyalty.grant_points, customer, points, remarks=remarks)
    click.echo(f"{points} points for {customer}.")


@points_group.command("expire")
@click.argument("customer")
@click.argument("points", callback=_points)
@click.option("--remarks", help="A word to the customer.")
def expire_points(customer: str, points: Decimal, remarks: str | None) -> None:
    """Let points of a customer lapse: at most what is there."""
    run_as_shop(loyalty.expire_points, customer, points, remarks=remarks)
    click.echo(f"Up to {points} points of {customer} have lapsed.")


@shop.group("customer")
def customer_group() -> None:
    """Customers."""


@customer_group.command("sign-out")
@click.argument("customer", required=False)
@click.option("--all", "everybody", is_flag=True, help="Of everybody.")
def sign_out(customer: str | None, *, everybody: bool) -> None:
    """End the sessions of a customer, named by e-mail address or id, in all browsers and apps."""
    if (customer is None) is not everybody:
        raise click.UsageError("Name a customer, or say --all.")
    if customer is None:
        ended = run_as_shop(auth.sign_out_everybody)
    else:
        ended = run_as_shop(auth.sign_out_customer, customer)
    click.echo(f"{ended} sessions have ended.")


@customer_group.command("two-step-off")
@click.argument("customer")
def turn_two_step_off(customer: str) -> None:
    """Let a customer, named by e-mail address or id, sign in with one proof again; they are told.

    Passkeys are removed, and all devices signed out.

    With PORTAL_TWO_STEP=required once, within seven days, which turns it on anew.
    For who has lost every second way. Be sure that it is them who asks.
    """
    run_as_shop(auth.turn_two_step_off_for, customer)
    click.echo(f"Two-step sign-in of {customer} is off.")


@customer_group.command("reactivate")
@click.argument("customer")
def reactivate_customer(customer: str) -> None:
    """Open a customer's closed account again, named by e-mail address or id; they are told."""
    run_as_shop(auth.reactivate_customer, customer)
    click.echo(f"The account of {customer} is open again.")


@customer_group.command("delete")
@click.argument("customer")
@click.confirmation_option(prompt="Everything that names this customer goes for good. Go on?")
def delete_customer(customer: str) -> None:
    """Delete a customer's account, named by e-mail address or id. Prints the id."""
    click.echo(run_as_shop(personal_data.delete_customer, customer))


@customer_group.command("readmit")
@click.argument("name")
def readmit_customer(name: str) -> None:
    """Let imports bring a deleted customer back, named as the shop's records name them."""
    run_as_shop(personal_data.readmit, name)
    click.echo("Imports may bring this customer back, as somebody new.")


shop.add_command(claim_group)
shop.add_command(return_group)
shop.add_command(policy_group)
for _command in list_commands():
    shop.add_command(_command)
