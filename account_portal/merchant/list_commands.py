"""Lists on the command line: `python -m account_portal shop returns --state created`."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import click
import orjson

from account_portal.context import SHOP, enter
from account_portal.core.pagination import CursorPage
from account_portal.core.schemas import EncodedView
from account_portal.merchant import lists, rows
from account_portal.merchant.claim_rows import ClaimsQuery
from account_portal.states import (
    ClaimStatus,
    MessageStatus,
    OrderStatus,
    RefundStatus,
    ReturnStatus,
    ReviewStatus,
    ShipmentStatus,
    TransactionStatus,
    VerificationStatus,
    WithdrawalStatus,
)

PAGE = 200


class List(NamedTuple):
    """A list, and what of each row a terminal shows."""

    read: Callable[..., CursorPage[Any]]
    query: Any
    states: Any
    shown: tuple[str, ...]
    of_customer: bool = False
    by_payment: bool = False


LISTS = {
    "orders": List(
        lists.list_orders,
        rows.OrdersQuery,
        OrderStatus,
        ("order_number", "status", "payment_status", "order_date"),
        of_customer=True,
        by_payment=True,
    ),
    "shipments": List(
        lists.list_shipments,
        rows.ShipmentsQuery,
        ShipmentStatus,
        ("reference_number", "status", "order_number", "updated_at"),
        by_payment=True,
    ),
    "payments": List(
        lists.list_payments,
        rows.PaymentsQuery,
        TransactionStatus,
        ("request_number", "status", "order_number", "amount", "currency", "updated_at"),
    ),
    "refunds": List(
        lists.list_refunds,
        rows.RefundsQuery,
        RefundStatus,
        ("request_number", "status", "order_number", "refund_amount", "currency", "updated_at"),
    ),
    "returns": List(
        lists.list_returns,
        rows.ReturnsQuery,
        ReturnStatus,
        ("request_number", "status", "order_number", "grand_total", "currency", "created_at"),
        of_customer=True,
    ),
    "claims": List(
        lists.list_claims,
        ClaimsQuery,
        ClaimStatus,
        ("claim_number", "status", "order_number", "wish", "amount", "currency", "created_at"),
        of_customer=True,
    ),
    "reviews": List(
        lists.list_reviews,
        rows.ReviewsQuery,
        ReviewStatus,
        ("id", "status", "product_id", "rating", "review_date"),
        of_customer=True,
    ),
    "bank-accounts": List(
        lists.list_bank_accounts,
        rows.BankAccountsQuery,
        VerificationStatus,
        ("id", "status", "account_name", "account_number", "ifsc_code"),
        of_customer=True,
    ),
    "withdrawals": List(
        lists.list_withdrawals,
        rows.WithdrawalsQuery,
        WithdrawalStatus,
        ("reference", "status", "received_at", "name", "order_text", "contact", "outcome"),
    ),
    "customers": List(
        lists.list_customers,
        rows.CustomersQuery,
        None,
        ("customer_id", "external_id", "email", "first_name", "last_name"),
    ),
    "messages": List(
        lists.list_messages,
        rows.MessagesQuery,
        MessageStatus,
        ("id", "status", "channel", "kind", "recipient", "last_error"),
    ),
}


def list_commands() -> Iterator[click.Command]:
    """A command for each list."""
    for name, kind in LISTS.items():
        yield _command(name, kind)


def _command(name: str, kind: List) -> click.Command:
    def show(*, limit: int, as_json: bool, **filters: Any) -> None:
        count = 0
        for row in _rows(kind, limit, filters):
            count += 1
            if as_json:
                click.echo(orjson.dumps(row))
            else:
                texts = ("-" if row[field] is None else str(row[field]) for field in kind.shown)
                click.echo("\t".join(texts))
        if not count and not as_json:
            click.echo("There are none.", err=True)

    options = [
        click.Option(
            ["--limit"],
            type=click.IntRange(1, 1_000_000),
            default=50,
            show_default=True,
            help="Rows at most.",
        ),
        click.Option(["--json", "as_json"], is_flag=True, help="Whole rows, one JSON a line."),
        click.Option(["--oldest", "sort"], flag_value="oldest", help="What came first is first."),
    ]
    if kind.states is not None:
        options.append(
            click.Option(
                ["--state", "status"],
                multiple=True,
                type=click.Choice([state.value for state in kind.states]),
                help="Only those in this state; may be repeated.",
            )
        )
    if kind.by_payment:
        options.append(
            click.Option(
                ["--awaits-payment/--may-be-sent"],
                default=None,
                help="Only what waits until its order is paid, or only what may be sent.",
            )
        )
    if kind.of_customer:
        options.append(click.Option(["--customer"], help="Only of this customer: id or own id."))
    shown = ", ".join(kind.shown)
    return click.Command(
        name,
        params=list(options),
        callback=show,
        short_help=f"List {name.replace('-', ' ')}.",
        help=f"List {name.replace('-', ' ')}, newest first. Columns, tab by tab: {shown}.",
    )


def _rows(kind: List, limit: int, filters: dict[str, Any]) -> Iterator[dict[str, Any]]:
    given = {name: list(v) if isinstance(v, tuple) else v for name, v in filters.items()}
    cursor = None
    while limit > 0:
        query = kind.query(**given, limit=min(limit, PAGE), cursor=cursor)
        with enter(writes=False, actor=SHOP) as ctx:
            page = kind.read(ctx, query)
            found = page.rows
            if isinstance(found, EncodedView):
                yield from orjson.loads(found.json)
            else:
                yield from (row.model_dump(mode="json") for row in found)
        limit -= query.limit
        cursor = page.next_cursor
        if cursor is None:
            return
