"""The first page: people come to see where their parcel is."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.addresses.components import address_lines
from account_portal.dashboard.state import DashboardState as State
from account_portal.orders.components import arrival_words, order_card, order_link
from account_portal.ui import components as ui
from account_portal.ui.page_state import PageState
from account_portal.ui.phases import page_data
from account_portal.ui.shop import shop_button


def _on_the_way(order: Any) -> rx.Component:
    return ui.card(
        ui.grid(
            ui.lead_row(
                ui.thumbnail_stack(order.pictures, more=order.more_pictures),
                ui.heading(
                    ui.link(
                        rx.cond(
                            order.arrival,
                            arrival_words(
                                order.arrival,
                                arrives=rx.cond(order.is_part, "Next parcel arrives", "Arrives"),
                                was_due=rx.cond(order.is_part, "A parcel was due", "Was due"),
                            ),
                            "On its way",
                        ),
                        to=order_link(order.order_number),
                        variant="cover",
                    ),
                    level=3,
                    size="lead",
                ),
                ui.text(order.summary),
                ui.text(
                    "Order ",
                    order.order_number,
                    rx.cond(order.courier, " · " + order.courier, ""),
                    tone="muted",
                    size="small",
                ),
                # The tracker knows one way only; that the rest has another is said beside it.
                rx.cond(
                    order.status.to(str).startswith("partially"),
                    ui.status_badge("order", order.status),
                ),
            ),
            ui.order_tracker(order.status),
            align="center",
        ),
        variant="link",
    )


def _task(task: Any) -> rx.Component:
    return ui.lead_row(
        rx.match(
            task.kind,
            ("payment", ui.icon("credit-card")),
            ("return", ui.icon("undo-2")),
            ("claim", ui.icon("clock")),
            ("lost", ui.icon("package-x")),
            ("phone", ui.icon("phone")),
            ui.icon("mail"),
        ),
        ui.text(task.title, strong=True),
        ui.text(task.detail, tone="muted", size="small", line=True),
        end=rx.cond(
            task.pays,
            ui.button(
                task.action,
                ui.hidden_text(": ", task.title),
                size="small",
                on_click=State.pay(task.pays),
                busy=State.busy == "pay",
                busy_label="Opening…",
            ),
            ui.link_button(
                task.action, ui.hidden_text(": ", task.title), to=task.path, size="small"
            ),
        ),
    )


def _waiting_review(product: Any) -> rx.Component:
    return ui.order_line(
        product.product_name,
        picture=product.product_image_url,
        size="small",
        end=ui.link_button(
            "Review",
            ui.hidden_text(" ", product.product_name),
            to=routes.REVIEWS + "?product=" + product.product_id,
            size="small",
        ),
    )


def _rewards(rewards: Any) -> rx.Component:
    progress = rewards.progress
    return ui.section(
        "Rewards",
        ui.card(
            ui.stack(
                ui.row(
                    ui.text(
                        ui.number(rewards.balance),
                        rx.cond(rewards.balance == 1, " point", " points"),
                        size="title",
                        strong=True,
                    ),
                    rx.cond(progress.tier, ui.badge(progress.tier.to(str), tone="accent")),
                    justify="between",
                ),
                rx.cond(
                    progress.next_tier,
                    ui.stack(
                        ui.progress_bar(progress.percent, "Way to the next tier", hide_label=True),
                        ui.text(
                            ui.number(progress.points_missing),
                            " points to ",
                            progress.next_tier,
                            tone="muted",
                            size="small",
                        ),
                        gap="small",
                    ),
                ),
            )
        ),
        action=ui.link("See all", ui.hidden_text(" rewards"), to=routes.LOYALTY),
    )


def _address(title: str, address: Any) -> rx.Component:
    return ui.stack(
        ui.heading(title, level=3),
        address_lines(address),
        gap="tight",
    )


def _addresses(shown: Any) -> rx.Component:
    nothing = ui.stack(
        ui.text("Save an address, and checkout is quicker next time.", tone="muted"),
        ui.link_button("Add address", to=routes.ADDRESSES, size="small"),
        align="start",
    )
    return ui.section(
        "Addresses",
        ui.card(
            rx.cond(
                shown.shipping_address | shown.billing_address,
                ui.grid(
                    rx.cond(shown.shipping_address, _address("Delivery", shown.shipping_address)),
                    rx.cond(shown.billing_address, _address("Billing", shown.billing_address)),
                ),
                nothing,
            )
        ),
        action=ui.link("Manage", ui.hidden_text(" addresses"), to=routes.ADDRESSES),
    )


def _orders(shown: Any) -> rx.Component:
    return ui.section(
        "Latest orders",
        rx.cond(
            shown.latest.length() > 0,
            ui.card_list(
                ui.each(shown.latest, order_card, key="order_number"), label="Latest orders"
            ),
            ui.card(
                ui.empty(
                    "nothing",
                    "No orders yet",
                    "Your orders and their parcels appear here.",
                    action=shop_button(),
                )
            ),
        ),
        action=ui.link("All orders", to=routes.ORDERS),
    )


def dashboard() -> rx.Component:
    """Where the parcels are, what needs doing, the latest of everything."""
    shown = State.shown
    greeting = rx.cond(
        PageState.viewer.signed_in & (PageState.viewer.first_name != ""),
        "Hello, " + PageState.viewer.first_name,
        "Hello",
    )
    return rx.fragment(
        ui.page_header(greeting),
        page_data(
            State,
            rx.cond(
                shown.on_the_way.length() > 0,
                ui.section(
                    "On the way",
                    ui.card_list(
                        ui.each(shown.on_the_way, _on_the_way, key="order_number"),
                        label="On the way",
                    ),
                    action=rx.cond(
                        shown.more_on_the_way > 0,
                        ui.link(
                            ui.number(shown.more_on_the_way),
                            " more on the way",
                            to=routes.ORDERS + "?group=open",
                        ),
                    ),
                ),
            ),
            rx.cond(
                shown.tasks.length() > 0,
                ui.section("Needs your attention", ui.rows(rx.foreach(shown.tasks, _task))),
            ),
            ui.columns(
                _orders(shown),
                ui.stack(
                    rx.cond(shown.rewards, _rewards(shown.rewards)),
                    rx.cond(
                        shown.to_review.length() > 0,
                        ui.section(
                            "How was it?",
                            ui.rows(ui.each(shown.to_review, _waiting_review, key="product_id")),
                        ),
                    ),
                    gap="large",
                ),
                below=_addresses(shown),
            ),
            bones=[ui.skeleton("card"), ui.skeleton("card"), ui.skeleton("card")],
            follows=[State],
        ),
    )
