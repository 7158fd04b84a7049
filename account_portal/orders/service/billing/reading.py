"""What stands on a receipt or an invoice, read from the order."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from account_portal.addresses.rules import postcode_first, zone_of_store
from account_portal.context import Context
from account_portal.core import money
from account_portal.core.written import written_date
from account_portal.models import AddressCopy, Order
from account_portal.orders import rules
from account_portal.orders.facts import OrderFacts, cancelled_worth
from account_portal.orders.schemas import Bill, BillKind, BillLine, BillSum, BillTax
from account_portal.orders.service.refund_reading import arrived_payments
from account_portal.states import OrderStatus, RefundStatus


def bill_of(ctx: Context, order: Order, facts: OrderFacts, kind: BillKind, number: str) -> Bill:
    """What a receipt says of the order now, or what an invoice issued now is to say."""
    settings, currency = ctx.settings, order.currency

    def major(minor: int) -> Decimal:
        return money.to_major(minor, currency)

    account = rules.account_of(facts.money())
    gone = cancelled_worth(facts)
    billing, shipping = _copy(ctx, order.billing_address_id), _copy(ctx, order.shipping_address_id)
    buyer, receiver = address_lines(billing or shipping), address_lines(shipping)
    return Bill(
        kind=kind,
        number=number,
        issued_at=ctx.now,
        order_number=order.order_number,
        ordered_at=order.order_date,
        currency=currency,
        seller=[
            settings.seller_name or settings.store_name,
            *filter(None, (line.strip() for line in settings.seller_address.split("|"))),
        ],
        seller_tax_number=settings.seller_tax_number,
        buyer=buyer,
        buyer_tax_number=(billing and billing.tax_identification_number) or "",
        delivered_to=[] if receiver == buyer else receiver,
        lines=[
            BillLine(
                name=line["product_name"],
                detail=" · ".join(filter(None, [line["variant_name"], line["sku"], _free(line)])),
                quantity=line["quantity"],
                price=major(line["selling_price"]),
                total=major(line["line_total"]),
            )
            for line in facts.lines
        ],
        sums=[
            BillSum(label=part.label, amount=major(part.amount))
            for part in rules.parts_of_total(
                facts.order, facts.lines, cancelled=gone.amount, charge=gone.charge
            )
        ],
        total=major(order.grand_total - gone.amount + gone.charge),
        taxes=[
            BillTax(label=_tax_label(part), net=major(part.net), tax=major(part.tax))
            for part in rules.taxes_of(facts.order, facts.lines, gone.by_line)
        ],
        means=[
            BillSum(label=label, amount=-major(minor))
            for label, minor in (
                ("Paid with points", order.loyalty_amount - gone.points),
                ("Paid with store credit", order.credit_balance_used - gone.credit),
            )
            if minor
        ],
        payments=_payments(ctx, order, facts) if kind == "receipt" else [],
        kept=major(account.arrived - account.gone),
        note=_note(ctx, order) if kind == "receipt" else "",
    )


def _copy(ctx: Context, copy_id: str | None) -> AddressCopy | None:
    return ctx.db.get(AddressCopy, copy_id) if copy_id else None


def address_lines(copy: AddressCopy | None) -> list[str]:
    """An address as it is written on a letter."""
    if copy is None:
        return []
    in_town = [copy.city, copy.pincode]
    if copy.country in postcode_first():
        in_town.reverse()
    lines = [
        " ".join(filter(None, [copy.first_name, copy.last_name])),
        copy.business_name,
        copy.address_line1,
        copy.address_line2,
        copy.landmark,
        " ".join(filter(None, in_town)),
        copy.state,
        copy.country,
    ]
    return [line for line in lines if line]


def _free(line: Mapping[str, Any]) -> str:
    return f"{line['free_quantity']} free" if line["free_quantity"] else ""


def _tax_label(part: rules.TaxPart) -> str:
    """Such as `GST 18 %`."""
    rate = Decimal(part.rate) / 100
    return f"{part.name} {rate.normalize():f} %" if part.rate else part.name


def _payments(ctx: Context, order: Order, facts: OrderFacts) -> list[BillSum]:
    """What arrived and what went back, oldest first."""
    zone, country = zone_of_store(ctx.settings), ctx.settings.store_country
    found = []
    for row in facts.payments:
        if row["payment_status"] in rules.ARRIVED:
            method = row["payment_method"] or "Payment"
            end = f" •••• {row['card_number'][-4:]}" if row["card_number"] else ""
            found.append((row["payment_date"] or row["created_at"], method + end, row["amount"]))
    paid_by = arrived_payments(ctx, order.id)
    for row in facts.refunds:
        is_money = rules.is_money(row["payment_mode"], row["payment_method"])
        if row["status"] == RefundStatus.SUCCESS and is_money:
            way = rules.refund_way(row, paid_by)
            when = row["refund_date"] or row["modified_at"]
            found.append((when, f"Refund {way}", -row["refund_amount"]))
    return [
        BillSum(
            label=f"{written_date(moment.astimezone(zone).date(), country)}, {label}",
            amount=money.to_major(minor, order.currency),
        )
        for moment, label, minor in sorted(found)
    ]


def _note(ctx: Context, order: Order) -> str:
    if order.status != OrderStatus.CANCELLED:
        return ""
    if order.cancelled_at is None:
        return "This order was cancelled."
    day = order.cancelled_at.astimezone(zone_of_store(ctx.settings)).date()
    return f"This order was cancelled on {written_date(day, ctx.settings.store_country)}."
