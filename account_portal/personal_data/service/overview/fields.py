"""One row on the page: its title, and what of it a person reads."""

from collections.abc import Mapping
from html import escape
from typing import Any

import orjson
from sqlmodel import SQLModel

from account_portal import models as m
from account_portal.context import Context
from account_portal.personal_data.service.overview import words
from account_portal.personal_data.service.overview.references import References, line_name
from account_portal.personal_data.service.rows import Row, measure_of
from account_portal.personal_data.service.tables import Own
from account_portal.state_words import STATE_WORDS, Kind

_TITLES: Mapping[type[SQLModel], tuple[str, str]] = {
    m.Address: ("{}", "nickname"),
    m.BankAccount: ("{}", "bank_name"),
    m.CancelledItem: ("{}", "line_id"),
    m.Claim: ("Report {}", "claim_number"),
    m.ClaimItem: ("{}", "line_id"),
    m.ConsentChange: ("{}", "name"),
    m.CreditActivity: ("{}", "cause"),
    m.Invoice: ("Invoice {}", "number"),
    m.LoyaltyActivity: ("{}", "title"),
    m.Media: ("{}", "kind"),
    m.Order: ("Order {}", "order_number"),
    m.OrderReturn: ("Return {}", "request_number"),
    m.OtpChallenge: ("{}", "action"),
    m.OutboxMessage: ("{}", "kind"),
    m.Passkey: ("{}", "name"),
    m.Payment: ("Payment {}", "request_number"),
    m.Purchase: ("{}", "product_name"),
    m.Refund: ("Refund {}", "request_number"),
    m.ReturnItem: ("{}", "line_id"),
    m.Review: ("{}", "product_id"),
    m.Shipment: ("Parcel {}", "reference_number"),
    m.Subscription: ("{}", "product_id"),
    m.Withdrawal: ("Withdrawal {}", "reference"),
}
"""What names a row, and how it is said."""

_STATES: Mapping[tuple[type[SQLModel], str], Kind] = {
    (m.BankAccount, "verification_status"): "bank_account",
    (m.Claim, "status"): "claim",
    (m.Order, "payment_status"): "payment",
    (m.Order, "status"): "order",
    (m.OrderReturn, "status"): "return",
    (m.Payment, "payment_status"): "payment",
    (m.Refund, "status"): "refund",
    (m.Review, "status"): "review",
    (m.Shipment, "status"): "shipment",
    (m.Withdrawal, "status"): "withdrawal",
}
"""Columns whose states have words on the pages."""

_HIDDEN = frozenset(
    [
        "aaguid",
        "claim_id",
        "claim_item_id",
        "content",
        "content_type",
        "courier_company_id",
        "currency",
        "customer_group_id",
        "customer_id",
        "external_id",
        "id",
        "key",
        "media_id",
        "position",
        "product_image_url",
        "replaces_claim_id",
        "replaces_return_id",
        "return_id",
        "return_item_id",
        "review_id",
        "sequence",
        "shipment_id",
        "shipping_provider_id",
        "sizes",
        "slug",
        "twin_of",
        "variant_id",
        "year",
    ]
)
"""Numbers of programs, and what is said otherwise."""
_ZERO_COUNTS = frozenset({"grand_total", "line_total", "amount", "refund_amount", "selling_price"})
"""Amounts that say something when they are nothing."""
_NO_COUNTS = (m.NotificationPreference, m.ConsentChange, m.SignIn, m.User)
"""Tables in which a *no* says something."""


class Fields:
    """Writes rows, one at a time."""

    def __init__(self, ctx: Context, refers: References) -> None:
        self._ctx, self._refers = ctx, refers

    def title(self, own: Own, row: Row) -> str:
        """What a row is called; may be empty."""
        if own.model is m.OrderLine:
            return line_name(row.values)
        if own.model is m.ImportStatement:
            kind, _, name = str(row.values["key"]).partition("/")
            return f"{words.code(kind)} {'' if kind == 'user' else name}".strip()
        pattern, name = _TITLES.get(own.model, ("", ""))
        text = self._text(own, row, name) if name else ""
        return pattern.format(text) if text else ""

    def listed(self, own: Own, row: Row) -> str:
        """What a row says, each with its label."""
        titles = {_TITLES.get(own.model, ("", ""))[1]}
        if own.model is m.OrderLine:
            titles = {"product_id", "product_name", "variant_name", "price_including_tax"}
        if own.order is not None:
            titles.add("order_number")  # stands above
        shown = [
            (words.label(name), text)
            for name in row.values
            if name not in titles and (text := self._text(own, row, name))
        ]
        inside = "".join(
            f"<div><dt>{escape(label)}</dt><dd>{escape(text)}</dd></div>" for label, text in shown
        )
        return f"<dl>{inside}</dl>" if inside else ""

    def line(self, own: Own, row: Row) -> str:
        """A row of a list: an item in a parcel, or a step on a parcel's way."""
        values = row.values
        if own.model is m.ShipmentItem:
            return f"{values['quantity']} × {self._text(own, row, 'line_id') or 'item'}"
        when = words.moment(self._ctx, values["happened_at"])
        what = values["text"] or STATE_WORDS["shipment"].get(values["status"], values["status"])
        return ", ".join(filter(None, (f"{when}: {what}", values["place"])))

    def pictures(self, own: Own, row: Row) -> str:
        """What belongs to a row, of pictures and videos that are in the archive."""
        if own.model is m.Media:
            shown = self._refers.file(row.values["id"])
            return f'<div class="pictures">{shown}</div>' if shown else ""
        if own.model in (m.ReturnItem, m.ClaimItem, m.Review):
            return self._refers.pictures(row.values["id"])
        return ""

    def _text(self, own: Own, row: Row, name: str) -> str:
        """A value in words; empty: it says nothing to a person."""
        value: Any = row.values[name]
        if name in _HIDDEN or not words.says_something(value):
            return ""
        if isinstance(value, bool):
            return (
                words.text(self._ctx, name, value, row.currency)
                if value or own.model in _NO_COUNTS
                else ""
            )
        measure = measure_of(own, name)
        if value == 0 and name not in _ZERO_COUNTS:
            return ""
        if measure == "money":
            return words.amount(self._ctx, value, row.currency)
        if name in ("line_id", "product_id") or name.endswith("address_id"):
            return self._refers.named(name, value) or ""
        if (kind := _STATES.get((own.model, name))) and value in STATE_WORDS[kind]:
            return STATE_WORDS[kind][value]
        if own.model is m.ImportStatement and name == "statement":
            value = orjson.loads(value)
        return words.text(self._ctx, name, value, row.currency)
