"""Parts of review pages that others may show."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.ui import components as ui


def of_order(order_number: Any) -> rx.Component:
    """The order a product came with."""
    return ui.text(
        "Order ",
        ui.link(order_number, to=routes.ORDERS + "/" + order_number),
        tone="muted",
        size="small",
    )


def waiting_product(product: Any, *, write: rx.Component) -> rx.Component:
    """A product that waits for a review; `write` is the button that begins it."""
    return ui.card(
        ui.lead_row(
            ui.thumbnail(product.product_image_url),
            ui.text(product.product_name, strong=True),
            of_order(product.order_number),
            end=write,
        )
    )


def own_review(review: Any, *, declined: Any = None, actions: Any = None) -> rx.Component:
    """A review of the customer, whatever its state.

    `declined` says what follows where the shop declined it; `actions` are its buttons.
    """

    def photo(image: Any) -> rx.Component:
        return ui.photo_link(
            image.thumbnail_url.to(str), "Photo of your review", href=image.standard_url
        )

    def video(one: Any) -> rx.Component:
        return ui.video(one.video_preview_url, "Video of your review")

    return ui.card(
        ui.stack(
            ui.lead_row(
                ui.thumbnail(review.product_image_url),
                ui.text(review.product_name, strong=True),
                ui.row(
                    ui.stars(review.rating.to(float)),
                    ui.text(ui.date(review.review_date), tone="muted", size="small"),
                ),
                end=ui.status_badge("review", review.status),
            ),
            rx.cond(review.review_text, ui.text(review.review_text, as_typed=True)),
            rx.cond(
                (review.images.length() + review.videos.length()) > 0,
                ui.row(rx.foreach(review.images, photo), rx.foreach(review.videos, video)),
            ),
            *([] if declined is None else [rx.cond(review.status == "rejected", declined)]),
            *([] if actions is None else [actions]),
            gap="small",
        )
    )
