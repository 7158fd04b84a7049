"""Asking to send items back: what, where to collect it, and what happens then."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.addresses.components import COUNTRIES, DIALLING_CODES, address_lines
from account_portal.orders.components import order_address, order_link
from account_portal.returns.components import wish
from account_portal.returns.state import OTHER_REASON, REASONS
from account_portal.returns.state import RequestReturnState as State
from account_portal.ui import components as ui
from account_portal.ui.phases import page_data

STEPS = ("Items", "Pick-up", "Check and send")
LABELS = {
    "first_name": "First name",
    "last_name": "Last name",
    "phone": "Phone",
    "country_code": "Dialling code",
    "email": "E-mail",
    "country": "Country",
    "address_line1": "Address",
    "address_line2": "Flat, floor or building",
    "city": "City",
    "state": "State or region",
    "pincode": "Postal code",
}


def _choices(line: Any) -> rx.Component:
    sku = line.item.sku
    reason, comment = "reason-" + sku, "comment-" + sku
    return ui.stack(
        ui.grid(
            ui.select_field(
                "quantity-" + sku,
                "How many",
                line.counts,
                value=line.quantity,
                on_change=State.choose_quantity(sku),
            ),
            ui.select_field(
                reason,
                "Reason",
                [(one, one) for one in REASONS],
                placeholder="Choose a reason",
                value=line.reason,
                error=State.errors[reason],
                on_change=State.choose_reason(sku),
            ),
        ),
        rx.cond(
            line.reason == OTHER_REASON,
            ui.text_field(
                comment,
                "Tell us in a few words",
                default_value=line.comment,
                error=State.errors[comment],
                max_length=500,
            ),
        ),
        ui.radio_cards(
            "What would you like?",
            *[
                ui.radio_card(
                    "resolution-" + sku,
                    resolution,
                    label,
                    hint=hint,
                    checked=line.resolution == resolution,
                    on_change=State.choose_resolution(sku, resolution),
                )
                for resolution, label, hint in (
                    ("refund", "A refund", "Back the way you paid"),
                    ("replacement", "A replacement", "The same item again"),
                )
            ],
            id="resolution-" + sku,
            columns=2,
        ),
    )


def _line(line: Any) -> rx.Component:
    item = line.item
    product = ui.order_line(
        item.product_name,
        picture=item.product_image_url,
        detail=ui.row(
            rx.cond(item.variant_name, ui.text(item.variant_name, inline=True)),
            ui.text("Quantity ", ui.number(item.quantity), inline=True),
        ),
        below=rx.cond(
            item.reason,
            ui.text(item.reason.to(str), tone="muted", size="small"),
            ui.text(
                "Return until ",
                ui.date(item.returnable_until.to(str), "binding"),
                tone="muted",
                size="small",
            ),
        ),
    )
    return rx.cond(
        line.counts.length() > 0,
        ui.card(
            ui.stack(
                product,
                ui.checkbox(
                    "item-" + item.sku,
                    rx.fragment("Return this", ui.hidden_text(": ", item.product_name)),
                    checked=line.chosen,
                    on_change=State.choose(item.sku),
                ),
                rx.cond(line.chosen, _choices(line)),
            )
        ),
        ui.card(product, variant="quiet"),
    )


def _items() -> rx.Component:
    to_order = ui.link_button("Back to the order", to=order_link(State.order_number))
    return ui.form(
        rx.cond(
            ~State.can_return,
            ui.alert(
                "Below you see why, item by item.",
                title="Nothing of this order can be returned now",
            ),
        ),
        ui.card_list(rx.foreach(State.lines, _line), label="Items of the order"),
        ui.form_actions(
            rx.cond(
                State.can_return,
                ui.submit("Continue", busy=State.busy == "choose_items", busy_label="One moment…"),
            ),
            to_order,
        ),
        on_submit=State.choose_items,
        errors=State.errors,
        busy=State.busy == "choose_items",
    )


def _where(value: Any, label: Any, lines: Any = None) -> rx.Component:
    return ui.radio_card(
        "pickup",
        value,
        label,
        hint=lines,
        checked=State.pickup == value,
        on_change=State.choose_address(value),
    )


def _saved(address: Any) -> rx.Component:
    # In one line: of many addresses a phone shows several at once.
    who = address.first_name + " " + rx.cond(address.last_name, address.last_name, "").to(str)
    where = address.address_line1 + ", " + address.city + " " + address.pincode
    named = rx.cond(address.nickname, address.nickname, who).to(str)
    return _where(address.id, named, where + ", " + address.country)


def _text(name: str, *, complete: str, **props: Any) -> rx.Component:
    return ui.text_field(
        name,
        LABELS[name],
        error=State.errors[name],
        default_value=State.draft[name],
        auto_complete=complete,
        **props,
    )


def _place(name: str, *, complete: str, longest: int) -> rx.Component:
    """City, state or postal code, called as in the country; nothing where it has none."""
    written = ui.text_field(
        name,
        State.place_labels[name],
        error=State.errors[name],
        default_value=State.draft[name],
        auto_complete=complete,
        max_length=longest,
    )
    if name != "state":
        return rx.cond(State.place_labels[name], written)
    chosen = rx.fragment(
        ui.select_field(
            name,
            State.place_labels[name],
            State.state_choices,
            placeholder="Choose one",
            error=State.errors[name],
            default_value=State.draft[name],
            auto_complete=complete,
        ),
        # A select left as it is would choose whatever stands in the same line of the new list.
        key="states of " + State.draft["country"],
    )
    return rx.cond(
        State.place_labels[name], rx.cond(State.state_choices.length() > 0, chosen, written)
    )


def _new_address() -> rx.Component:
    return ui.card(
        ui.stack(
            ui.select_field(
                "country",
                LABELS["country"],
                COUNTRIES,
                placeholder="Choose a country",
                default_value=State.draft["country"],
                error=State.errors["country"],
                required=True,
                auto_complete="country-name",
                on_change=State.choose_country,
            ),
            ui.grid(
                _text("first_name", complete="given-name", required=True, max_length=100),
                _text("last_name", complete="family-name", optional=True, max_length=100),
            ),
            _text("address_line1", complete="address-line1", required=True, max_length=255),
            _text("address_line2", complete="address-line2", optional=True, max_length=255),
            ui.grid(
                _place("city", complete="address-level2", longest=100),
                _place("state", complete="address-level1", longest=100),
                _place("pincode", complete="postal-code", longest=12),
            ),
            ui.grid(
                ui.phone_field(
                    LABELS["phone"],
                    codes=DIALLING_CODES,
                    code_value=State.draft["country_code"],
                    value=State.draft["phone"],
                    error=State.errors["phone"],
                    hint="For the courier.",
                    required=True,
                    max_length=24,
                ),
                _text("email", complete="email", type="email", required=True, max_length=254),
            ),
        )
    )


def _pickup() -> rx.Component:
    return ui.form(
        ui.radio_cards(
            "Where should we collect the parcel?",
            rx.cond(
                State.order_address,
                _where("order", "Where the order went", order_address(State.order_address)),
            ),
            rx.foreach(State.saved, _saved),
            _where("new", "Another address"),
            id="pickup",
            columns=2,
        ),
        rx.cond(State.pickup == "new", _new_address()),
        ui.form_actions(
            ui.submit("Continue", busy=State.busy == "choose_pickup", busy_label="One moment…"),
            ui.link_button("Back", to=order_link(State.order_number) + "/return"),
        ),
        on_submit=State.choose_pickup,
        errors=State.errors,
        labels=LABELS,
        busy=State.busy == "choose_pickup",
    )


def _chosen(line: Any) -> rx.Component:
    reason = rx.cond(line.reason == OTHER_REASON, line.comment, line.reason)
    return rx.cond(
        line.chosen,
        ui.order_line(
            line.item.product_name,
            picture=line.item.product_image_url,
            detail=ui.row(
                ui.text("Quantity ", line.quantity, inline=True), ui.text(reason, inline=True)
            ),
            end=ui.text(wish(line.resolution), tone="muted", size="small"),
        ),
    )


def _comes_back(quote: Any) -> rx.Component:
    is_refund = (quote.money + quote.credit + quote.points) > 0
    return ui.stack(
        rx.cond(
            (quote.money + quote.credit) > 0,
            ui.price_breakdown(
                [
                    ui.PriceLine("The way you paid", quote.money, optional=True),
                    ui.PriceLine("As store credit", quote.credit, optional=True),
                    ui.PriceLine("You get back", quote.money + quote.credit, total=True),
                ],
                quote.currency,
            ),
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
        rx.cond(
            ~is_refund & (quote.replaced_units == 0),
            ui.text("Nothing was paid for these items, so nothing is refunded.", tone="muted"),
        ),
    )


def _chosen_address() -> rx.Component:
    def one(address: Any) -> rx.Component:
        return rx.cond(address.id == State.pickup, address_lines(address))

    draft = State.draft
    new = ui.address_block(
        [
            draft["address_line1"],
            draft["address_line2"],
            draft["city"] + " " + draft["pincode"],
            draft["state"],
            draft["country"],
        ],
        name=draft["first_name"] + " " + draft["last_name"],
        phone=draft["country_code"] + " " + draft["phone"],
    )
    return rx.match(
        State.pickup,
        ("order", order_address(State.order_address)),
        ("new", new),
        rx.fragment(rx.foreach(State.saved, one)),
    )


def _last_look() -> rx.Component:
    here = order_link(State.order_number) + "/return"
    what_happens = ui.timeline(
        ui.timeline_event("You send this request", tone="current"),
        ui.timeline_event("We look at it and tell you what we decide"),
        ui.timeline_event(
            "A courier collects the parcel", detail="Pack the items as they came, with their tags."
        ),
        ui.timeline_event("We check the items, then send your refund or replacement"),
        label="What happens",
    )
    return ui.stack(
        ui.columns(
            ui.stack(
                ui.section(
                    "You return",
                    ui.rows(rx.foreach(State.lines, _chosen)),
                    action=ui.link("Change items", to=here),
                ),
                ui.section("What happens", ui.card(what_happens)),
                gap="large",
            ),
            ui.stack(
                ui.section("What comes back", ui.card(_comes_back(State.quote))),
                ui.section(
                    "Collected at",
                    ui.card(_chosen_address()),
                    action=ui.link("Change address", to=here + "?step=2"),
                ),
                gap="large",
            ),
        ),
        ui.form_actions(
            ui.button(
                "Send return request",
                variant="primary",
                on_click=State.send,
                busy=State.busy == "send",
                busy_label="Sending…",
            ),
            ui.link_button("Back", to=here + "?step=2"),
        ),
        gap="large",
    )


def request_return() -> rx.Component:
    """The form of three steps; the step is in the address."""
    number = State.order_number
    return rx.fragment(
        ui.page_header("Return items", back=("Order " + number, order_link(number))),
        page_data(
            State,
            rx.cond(State.can_return, ui.step_list(STEPS, State.step - 1)),
            rx.match(State.step, (2, _pickup()), (3, _last_look()), _items()),
            bones=[ui.skeleton("title"), ui.skeleton("card"), ui.skeleton("card")],
            missing=ui.empty(
                "not_found",
                "There is no such order",
                "The number may be mistyped, or the order belongs to another account.",
                action=ui.link_button("All your orders", to=routes.ORDERS),
            ),
        ),
    )
