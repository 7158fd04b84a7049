"""Parts of return pages that others may show."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.evidence.components import evidence_shown
from account_portal.evidence.schemas import EvidenceFile
from account_portal.orders.components import comes_back, why_no_more
from account_portal.returns.schemas import REFUSALS, KeptFee
from account_portal.ui import components as ui


def return_link(request_number: Any) -> Any:
    """Address of a return's page, from a var of its number."""
    return routes.RETURNS + "/" + request_number


def return_card(card: Any) -> rx.Component:
    """One return of the list; the whole card is the link."""
    return ui.card(
        ui.lead_row(
            ui.thumbnail_stack(card.pictures, more=card.more_pictures),
            ui.link(
                ui.hidden_text("Return "),
                card.request_number,
                to=return_link(card.request_number),
                variant="cover",
            ),
            ui.row(
                ui.grow(ui.text(card.summary, tone="muted", size="small", line=True)),
                ui.text(ui.date(card.created_at, "short"), tone="muted", size="small"),
            ),
            ui.status_badge("return", card.status),
        ),
        variant="link",
    )


def wish(resolution: Any) -> Any:
    """What the customer wants for an item, in words."""
    return rx.cond(resolution == "replacement", "Replacement", "Refund")


def return_item(item: Any) -> rx.Component:
    """Units that go back, why, and for what."""
    return ui.order_line(
        item.product_name,
        picture=item.product_image_url,
        detail=rx.fragment(
            "Quantity ", ui.number(item.quantity), " · ", rx.el.bdi(item.return_reason)
        ),
        below=ui.stack(
            rx.cond(item.inspection, _inspected(item)), evidence_shown(item.evidence), gap="tight"
        ),
        end=ui.text(wish(item.resolution), tone="muted", size="small"),
    )


def _inspected(item: Any) -> rx.Component:
    """What of the units was accepted, and what becomes of the rest."""
    found = item.inspection
    missing = item.quantity - found.accepted_quantity - found.refused_quantity
    why = rx.match(found.reason_code, *REFUSALS.items(), "")
    return ui.stack(
        ui.text("Accepted: ", ui.number(found.accepted_quantity), size="small"),
        rx.cond(
            found.refused_quantity > 0,
            ui.stack(
                ui.text(
                    "Not accepted: ",
                    ui.number(found.refused_quantity),
                    ". ",
                    why,
                    rx.cond(found.note, rx.fragment(": ", rx.el.bdi(found.note.to(str))), ""),
                    size="small",
                ),
                ui.text(
                    rx.cond(
                        found.goods == "kept", "It stays with the store.", "It is sent back to you."
                    ),
                    rx.cond(found.can_ask_again, " You can ask to return it again.", ""),
                    tone="muted",
                    size="small",
                ),
                gap="none",
            ),
        ),
        rx.cond(
            missing > 0,
            ui.text("Not in the parcel: ", ui.number(missing), size="small"),
        ),
        rx.cond(
            found.evidence.length() > 0,
            ui.stack(
                ui.text("What the store found:", size="small"),
                evidence_shown(found.evidence.to(list[EvidenceFile])),
                gap="tight",
            ),
        ),
        gap="none",
    )


def _is_refund(quote: Any) -> Any:
    return (quote.money + quote.credit + quote.points) > 0


def outcome_title(quote: Any) -> Any:
    """What a quote is of."""
    return rx.cond(
        quote.replaced_units == 0,
        "Your refund",
        rx.cond(_is_refund(quote), "Your refund and replacement", "Your replacement"),
    )


def quoted(quote: Any, goods: Any) -> rx.Component:
    """What comes back, line by line, and why the store keeps something of it.

    Args:
        quote: a `ReturnQuote`.
        goods: what its items are called.
    """
    return ui.stack(
        comes_back(
            quote,
            goods,
            ui.PriceLine("Restocking fee", quote.fee, minus=True, optional=True),
            ui.PriceLine("Replaced items", quote.replaced_amount, minus=True, optional=True),
        ),
        rx.cond(
            quote.fee > 0,
            ui.stack(
                ui.text("The store's policy keeps a restocking fee, because:", tone="muted"),
                rx.foreach(quote.fees.to(list[KeptFee]), lambda fee: _kept_fee(quote, fee)),
                gap="tight",
            ),
        ),
    )


def _kept_fee(quote: Any, fee: Any) -> rx.Component:
    """For which reason a line has a fee; of a return of one line its name is said already."""
    return ui.text(
        rx.cond(quote.lines.length() > 1, fee.product_name + ": ", ""),
        rx.el.bdi(fee.return_reason),
        rx.cond(
            quote.fees.length() > 1,
            rx.fragment(" (", ui.money(fee.amount, quote.currency), ")"),
        ),
        tone="muted",
        size="small",
    )


def outcome(quote: Any) -> rx.Component:
    """What would come back."""
    is_refund = _is_refund(quote)
    return ui.stack(
        rx.cond(
            quote.goods > quote.replaced_amount,
            quoted(quote, "Returned items"),
            rx.cond(quote.less_reason, why_no_more(quote)),
        ),
        rx.cond(
            quote.points > 0,
            ui.text(
                ui.number(quote.points),
                rx.cond(is_refund, " points you paid with come back too.", " points come back."),
            ),
        ),
        rx.cond(
            quote.points_taken_back > 0,
            ui.text(
                ui.number(quote.points_taken_back),
                " points you earned with these items are taken back.",
                tone="muted",
            ),
        ),
        rx.cond(
            quote.replaced_units > 0,
            ui.text(
                ui.number(quote.replaced_units),
                rx.cond(
                    quote.replaced_units == 1,
                    " item is sent again, free of charge.",
                    " items are sent again, free of charge.",
                ),
            ),
        ),
    )
