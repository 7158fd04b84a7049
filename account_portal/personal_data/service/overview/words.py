"""How the page names columns and writes values: for a person, in English."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from account_portal.addresses.rules import zone_of_store
from account_portal.context import Context
from account_portal.core.told_days import told_day
from account_portal.core.written import (
    written_amount,
    written_full_date,
    written_number,
)

LABELS: Mapping[str, str] = {
    "about": "What it was about",
    "address_line1": "Address",
    "address_line2": "Address, second line",
    "asked_amount": "Amount you asked for",
    "asked_fee": "Fee when you asked",
    "asked_shipping_amount": "Cost of the way back when you asked",
    "asked_tax": "Tax when you asked",
    "associated_options": "Options",
    "awb_no": "Tracking number",
    "backorder": "Ordered ahead of stock",
    "billing_address_id": "Billing address",
    "by_law": "Withdrawal by law",
    "byte_count": "Size",
    "can_ask_again": "Can be asked for again",
    "completes_at": "Complete from",
    "country_code": "Calling code",
    "courier_company_name": "Courier",
    "created_at": "Added",
    "credit_balance_used": "Paid with store credit",
    "customer_email": "E-mail address",
    "customer_groups": "Customer groups",
    "customer_note": "Your note",
    "customer_phone": "Phone",
    "deactivated_at": "Account closed",
    "delivered_date": "Delivered",
    "email": "E-mail address",
    "ends_at": "Ends at the latest",
    "eta_delivery": "Expected",
    "expires_at": "Valid until",
    "extra": "Further details",
    "free_quantity": "Of these free",
    "grand_total": "Total",
    "handling_charge_excluding_tax": "Handling, without tax",
    "handling_charge_tax_amount": "Tax on handling",
    "ifsc_code": "Bank code (IFSC)",
    "interval": "Every so many",
    "ip_address": "Internet address",
    "is_carried_out": "Carried out",
    "is_default": "The one used first",
    "is_default_billing": "Used first for billing",
    "is_default_shipping": "Used first for delivery",
    "is_email_verified": "E-mail address verified",
    "is_on": "Agreed",
    "is_phone_verified": "Phone verified",
    "is_proven": "Proven to be yours",
    "item_total_tax": "Tax on items",
    "items_text": "Items, in your words",
    "kind": "What it is",
    "line_id": "Item",
    "line_total": "Total",
    "listing_price": "Listed price",
    "loyalty_amount": "Paid with points",
    "loyalty_point": "Points",
    "loyalty_point_earned": "Points earned",
    "loyalty_point_redeemed": "Points spent",
    "modified_at": "Last changed",
    "number_masked": "Account number",
    "order_text": "Order, in your words",
    "payload": "What it said",
    "payment_success_date": "Paid",
    "pickup_address_id": "Picked up at",
    "pincode": "Postcode",
    "placed_with": "Placed with",
    "price_including_tax": "Price includes tax",
    "product_id": "Product",
    "reference_number": "Number",
    "request_number": "Number",
    "return_reason": "In your words",
    "shipment_id": "Parcel",
    "shipping_address_id": "Delivery address",
    "shipping_amount": "Shipping",
    "shipping_discount_amount": "Discount on shipping",
    "shipping_estimated_cost": "Shipping before discounts",
    "shipping_tax_amount": "Tax on shipping",
    "shop_email": "E-mail address in the store's systems",
    "sku": "SKU",
    "statement": "What was said",
    "subtotal": "Before tax",
    "tax_identification_number": "Tax number",
    "total_boxes": "Boxes",
    "total_weight": "Weight",
    "transactional_email": "Orders and account, by e-mail",
    "transactional_sms": "Orders and account, by text message",
    "transactional_whatsapp": "Orders and account, by WhatsApp",
    "promotional_email": "Offers, by e-mail",
    "promotional_sms": "Offers, by text message",
    "promotional_whatsapp": "Offers, by WhatsApp",
    "newsletter_email": "Newsletter, by e-mail",
    "newsletter_sms": "Newsletter, by text message",
    "newsletter_whatsapp": "Newsletter, by WhatsApp",
    "two_step_at": "Two-step sign-in since",
    "two_step_waived_at": "Two-step sign-in declined",
    "upi_id": "UPI address",
    "user_agent": "Browser",
    "wish": "What you wished for",
    "withdraw_items": "Items",
    "written_off": "Units that got lost",
}
"""Of columns whose own name does not say it."""

CODES = frozenset(
    [
        "action",
        "activity",
        "activity_type",
        "category",
        "cause",
        "channel",
        "collection",
        "frequency",
        "kind",
        "method",
        "name",
        "payment_mode",
        "payment_status",
        "problem",
        "product_type",
        "purpose",
        "reason_code",
        "refusal_code",
        "resolution",
        "refused_goods",
        "second_method",
        "source",
        "status",
        "transports",
        "type",
        "verification_status",
        "wish",
    ]
)
"""Columns whose values may be words of programs, such as `awaiting_shipment`."""

_CODE = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)")
_AMOUNT = re.compile(r"(^|_)(amount|price|savings|subtotal|total|charge|fee)$")
"""Parts of values that are money; totals of things are columns, and known as such."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_SAID = {
    "found_image": "Photo by the store",
    "found_video": "Video by the store",
    "not_arrived": "Did not arrive",
    "sms": "Text message",
    "success": "Done",
}
"""Words of programs that say something else to people."""
_SHORT = {"sms": "text message", "id": "number", "url": "address", "otp": "code"}


def label(name: str) -> str:
    """What a column is called: `packed_at` is *Packed*."""
    if name in LABELS:
        return LABELS[name]
    words = name.removeprefix("is_").removesuffix("_at").split("_")
    said = " ".join(_SHORT.get(word, word) for word in words)
    return said[:1].upper() + said[1:]


def code(value: str) -> str:
    """A word of programs, for a person; what is none stays as it is."""
    said = _SAID.get(value) or LABELS.get(value)
    if said:
        return said
    if not _CODE.fullmatch(value):
        return value
    return value.replace("_", " ").replace("-", " ").capitalize()


def amount(ctx: Context, value: float, currency: str) -> str:
    """Money with its currency, as the store's country writes it."""
    return written_amount(Decimal(str(value)), currency, ctx.settings.store_country)


def moment(ctx: Context, value: datetime) -> str:
    """A moment in the store's time zone; what was told as a day alone, as that day."""
    country = ctx.settings.store_country
    if (day := told_day(value)) is not None:
        return written_full_date(date.fromisoformat(day), country)
    there = value.astimezone(zone_of_store(ctx.settings))
    return f"{written_full_date(there.date(), country)}, {there:%H:%M}"


def text(ctx: Context, name: str, value: Any, currency: str) -> str:
    """Any value, as a person reads it.

    Args:
        ctx: whose store it is.
        name: of its column, or of its place in a value that has parts.
        value: which.
        currency: of amounts among its parts: an ISO 4217 code.
    """
    match value:
        case bool():
            return "Yes" if value else "No"
        case datetime():
            return moment(ctx, value)
        case int() | float():
            is_money = _AMOUNT.search(name) is not None
            return amount(ctx, value, currency) if is_money else _number(ctx, name, value)
        case dict():
            return "\n".join(
                f"{label(str(part))}: {text(ctx, str(part), one, currency)}"
                for part, one in value.items()
                if says_something(one)
            )
        case list():
            between = "\n" if any(isinstance(one, dict | list) for one in value) else ", "
            return between.join(
                text(ctx, name, one, currency) for one in value if says_something(one)
            )
    return _words(ctx, name, str(value))


def says_something(value: Any) -> bool:
    """Whether anything is there to be read."""
    if isinstance(value, dict):
        return any(map(says_something, value.values()))
    if isinstance(value, list):
        return any(map(says_something, value))
    return value is not None and value != ""


def _number(ctx: Context, name: str, value: float) -> str:
    if name == "byte_count":
        kilobytes = max(1, round(value / 1000))
        return f"{kilobytes:,} KB" if kilobytes < 1000 else f"{value / 10**6:,.1f} MB"
    if name == "total_weight":
        return f"{value / 1000:g} kg" if value >= 1000 else f"{value} g"
    if name == "rating":
        return f"{value / 2:g} of 5 stars"
    if name.endswith("_rate"):
        return f"{value:g} %"
    if name == "year":
        return str(value)
    return written_number(Decimal(str(value)), ctx.settings.store_country)


def _words(ctx: Context, name: str, value: str) -> str:
    if name in CODES:
        return code(value)
    if _MOMENT.fullmatch(value):
        return moment(ctx, datetime.fromisoformat(value))
    if _DAY.fullmatch(value):
        try:
            return written_full_date(date.fromisoformat(value), ctx.settings.store_country)
        except ValueError:
            return value
    return value
