"""Who gets a receipt or an invoice, and by what address."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from account_portal.addresses.rules import zone_of_store
from account_portal.context import Context
from account_portal.core.bulk import Stored
from account_portal.core.errors import NotFound
from account_portal.core.reading import PreparedSelect
from account_portal.models import Invoice, InvoiceSeries, Order
from account_portal.orders import rules
from account_portal.orders.facts import OrderFacts, facts_of
from account_portal.orders.schemas import Bill, BillFile, BillKind
from account_portal.orders.service.billing.reading import bill_of
from account_portal.security import tokens

LINK_LIFE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class BillPdf:
    """A file to be sent, drawn when it is asked for."""

    name: str
    etag: str
    _bill: str
    _country: str
    _zone: ZoneInfo

    def content(self) -> bytes:
        """The PDF."""
        return _drawn(self._bill, self._country, self._zone)


def get_receipt(ctx: Context, order_number: str) -> BillFile:
    """Where the receipt of an order of the caller is.

    Raises:
        NotFound: no such order of the caller.
        ReceiptNotAvailable: nothing was paid.
    """
    return _file(ctx, "receipt", _receipt(ctx, ctx.get_owned(Order, order_number=order_number)))


def get_invoice(ctx: Context, order_number: str) -> BillFile:
    """Where the invoice of an order of the caller is; issued when it is first asked for.

    Raises:
        NotFound: no such order of the caller.
        InvoicesNotEnabled: the store issues none here.
        InvoiceNotAvailable: the order is not paid and sent.
    """
    return _file(ctx, "invoice", _invoice(ctx, ctx.get_owned(Order, order_number=order_number)))


def bill_link(ctx: Context, kind: BillKind, order_number: str) -> str:
    """Address of the receipt or invoice of an order of the caller, for a page.

    Raises:
        As `get_receipt` and `get_invoice`.
    """
    found = get_receipt if kind == "receipt" else get_invoice
    return found(ctx, order_number).url


def is_invoiced(ctx: Context, order: Stored) -> bool:
    """Whether an order has an invoice, or would have if it were asked for."""
    if ctx.settings.invoice_series and rules.can_be_invoiced(
        order["status"], order["payment_status"], order["grand_total"]
    ):
        return True
    return bool(ctx.read(_INVOICE, order_id=order["id"]))


_INVOICE = PreparedSelect(
    select(col(Invoice.id)).where(col(Invoice.order_id) == bindparam("order_id"))
)


def open_bill(
    ctx: Context, kind: BillKind, order_number: str, expires: int, signature: str
) -> BillPdf:
    """The file at an address that was given out, for whoever has it.

    Raises:
        NotFound: the address is not one we gave out, or its time is over.
        ReceiptNotAvailable, InvoiceNotAvailable: the order changed meanwhile.
    """
    signed = _signature(kind, order_number, expires)
    if not tokens.same(signature, signed) or ctx.now.timestamp() > expires:
        raise NotFound
    statement = select(Order).where(col(Order.order_number) == order_number)
    order = ctx.db.execute(statement).scalar_one_or_none()
    if order is None:
        raise NotFound
    bill = _receipt(ctx, order) if kind == "receipt" else _invoice(ctx, order)
    country, zone = ctx.settings.store_country, zone_of_store(ctx.settings)
    # A receipt says what is so now; what was so a moment ago is the same file if nothing changed.
    same = bill.model_copy(update={"issued_at": bill.ordered_at}).model_dump_json()
    etag = tokens.keyed_digest("bills", f"{kind} {country} {zone.key} {same}")[:32]
    return BillPdf(_file_name(bill), f'"{etag}"', bill.model_dump_json(), country, zone)


def _file(ctx: Context, kind: BillKind, bill: Bill) -> BillFile:
    ends = ctx.now + LINK_LIFE
    expires = int(ends.timestamp())
    signature = _signature(kind, bill.order_number, expires)
    return BillFile(
        number=bill.number,
        issued_at=bill.issued_at,
        file_name=_file_name(bill),
        url=f"/api/{kind}s/{bill.order_number}.pdf?e={expires}&s={signature}",
        expires_at=datetime.fromtimestamp(expires, UTC),
    )


def _file_name(bill: Bill) -> str:
    return f"{bill.kind}-{bill.number}.pdf"


def _signature(kind: BillKind, order_number: str, expires: int) -> str:
    said = f"{kind}/{order_number}/{expires}"
    return tokens.keyed_digest("links to bills", said)[:32]


def _receipt(ctx: Context, order: Order) -> Bill:
    facts = facts_of(ctx.db, order)
    arrived = rules.account_of(facts.money()).arrived
    if not rules.can_have_receipt(order.status, order.payment_status, arrived):
        raise rules.ReceiptNotAvailable
    return bill_of(ctx, order, facts, "receipt", order.order_number)


def _invoice(ctx: Context, order: Order) -> Bill:
    """The invoice of an order, issued now if it was not before."""
    issued = _issued(ctx, order)
    if issued is not None:
        return Bill.model_validate(issued.content)
    if not ctx.settings.invoice_series:
        raise rules.InvoicesNotEnabled
    ctx.db.refresh(order, with_for_update=True)  # twins queue here
    issued = _issued(ctx, order)
    if issued is not None:
        return Bill.model_validate(issued.content)
    if not rules.can_be_invoiced(order.status, order.payment_status, order.grand_total):
        raise rules.InvoiceNotAvailable
    return _issue(ctx, order, facts_of(ctx.db, order))


def _issued(ctx: Context, order: Order) -> Invoice | None:
    statement = select(Invoice).where(col(Invoice.order_id) == order.id)
    return ctx.db.execute(statement).scalar_one_or_none()


def _issue(ctx: Context, order: Order, facts: OrderFacts) -> Bill:
    settings = ctx.settings
    day = ctx.now.astimezone(zone_of_store(settings)).date()
    year = rules.series_year(day, settings.invoice_year_month)
    sequence = _next_in(ctx, year)
    number = rules.invoice_number(settings.invoice_series, year, sequence)
    bill = bill_of(ctx, order, facts, "invoice", number)
    ctx.db.add(
        Invoice(
            order_id=order.id,
            number=number,
            year=year,
            sequence=sequence,
            issued_at=ctx.now,
            content=bill.model_dump(mode="json"),
        )
    )
    ctx.db.flush()
    return bill


def _next_in(ctx: Context, year: str) -> int:
    """The next number of a series. A rollback gives it back, so that there is no gap."""
    begin = sqlite.insert if ctx.db.get_bind().dialect.name == "sqlite" else postgresql.insert
    ctx.db.execute(begin(InvoiceSeries).values(year=year, last=0).on_conflict_do_nothing())
    series = ctx.db.execute(
        select(InvoiceSeries).where(col(InvoiceSeries.year) == year).with_for_update()
    ).scalar_one()
    series.last += 1
    ctx.db.flush()
    return series.last


@lru_cache(maxsize=32)
def _drawn(bill: str, country: str, zone: ZoneInfo) -> bytes:
    """Drawing takes longer than all else; a file is often asked for twice."""
    from account_portal.orders.service.billing.drawing import draw  # a start needs no fonts

    return draw(Bill.model_validate_json(bill), country, zone)
