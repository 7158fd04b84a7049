"""Reviews: what waits for one, and what was written."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.media.components import file_kinds, file_rules
from account_portal.reviews.components import of_order, own_review, waiting_product
from account_portal.reviews.schemas import MAX_VIDEOS
from account_portal.reviews.state import ReviewsState as State
from account_portal.ui import components as ui
from account_portal.ui.phases import page_data
from account_portal.ui.removing import removal_dialog
from account_portal.ui.uploading import is_sending

FILES = "review-files"
LABELS = {"rating": "Your rating", "review_text": "Your review", "files": "Photos and videos"}
GUIDELINE = (
    "Please write about the product itself: without advertising, contact details or insults."
)


def _waiting(product: Any) -> rx.Component:
    write = ui.button(
        "Write a review",
        ui.hidden_text(" of ", product.product_name),
        on_click=State.write(product.product_id),
    )
    return waiting_product(product, write=write)


def _written(review: Any) -> rx.Component:
    # The shop decides without a word of its own, so the rule it goes by is told.
    declined = ui.text(f"We could not publish this review. {GUIDELINE}", tone="muted")
    actions = ui.row(
        ui.button(
            "Edit",
            ui.hidden_text(" review of ", review.product_name),
            size="small",
            icon_name="pencil",
            on_click=State.edit(review.id),
        ),
        ui.button(
            "Delete",
            ui.hidden_text(" review of ", review.product_name),
            size="small",
            variant="quiet",
            icon_name="trash-2",
            on_click=State.ask_delete(review.id),
        ),
    )
    return own_review(review, declined=declined, actions=actions)


def _list() -> rx.Component:
    nothing_waits = rx.cond(
        State.written_count > 0,
        ui.empty(
            "nothing",
            "You have reviewed everything",
            "What you receive next appears here.",
            icon_name="star",
        ),
        ui.empty(
            "nothing",
            "Nothing to review yet",
            "Once something you ordered has arrived, you can say what it is like.",
            action=ui.link_button("Your orders", to=routes.ORDERS),
            icon_name="star",
        ),
    )
    nothing_written = ui.empty(
        "nothing",
        "You have not written a review yet",
        "Your opinion helps others choose.",
        action=ui.link_button("Products to review", to=routes.REVIEWS),
        icon_name="star",
    )
    beyond = ui.no_such_page(
        first=rx.cond(State.tab == "mine", routes.REVIEWS + "?tab=mine", routes.REVIEWS).to(str)
    )
    waiting = rx.cond(
        State.waiting_count > 0,
        ui.card_list(
            ui.each(State.waiting, _waiting, key="product_id"), label="Waiting for review"
        ),
        nothing_waits,
    )
    written = rx.cond(
        State.written_count > 0,
        ui.card_list(ui.each(State.written, _written, key="id"), label="My reviews"),
        nothing_written,
    )
    return ui.stack(
        ui.tabs(
            [
                ui.Choice(
                    "Waiting for review",
                    routes.REVIEWS,
                    current=State.tab == "waiting",
                    count=State.waiting_count,
                ),
                ui.Choice(
                    "My reviews",
                    routes.REVIEWS + "?tab=mine",
                    current=State.tab == "mine",
                    count=State.written_count,
                ),
            ],
            "Reviews",
        ),
        rx.cond(State.told, ui.alert(State.told, announce=True)),
        rx.cond(
            (State.page > 1) & (State.page > State.pages),
            beyond,
            rx.cond(State.tab == "mine", written, waiting),
        ),
        ui.pager(
            State.page,
            State.pages,
            previous_to=State.previous_link,
            next_to=State.next_link,
            label="Pages of reviews",
        ),
        gap="large",
    )


def _form(about: Any) -> rx.Component:
    sending = is_sending(State, "send")
    files = rx.upload_files(FILES, on_upload_progress=State.show_progress)
    return ui.form(
        ui.order_line(
            about.product_name,
            picture=about.product_image_url,
            detail=of_order(about.order_number),
        ),
        ui.star_field("rating", LABELS["rating"], value=about.rating, error=State.errors["rating"]),
        ui.textarea_field(
            "review_text",
            LABELS["review_text"],
            default_value=about.review_text,
            error=State.errors["review_text"],
            hint="What did you like or not like?",
            optional=True,
            max_length=5000,
        ),
        ui.file_field(
            "files",
            "Add photos or videos",
            kinds=file_kinds(MAX_VIDEOS),
            upload_id=FILES,
            progress=State.progress,
            hint=file_rules(MAX_VIDEOS),
            error=State.errors["files"],
        ),
        rx.cond(
            about.had_files,
            ui.checkbox(
                "remove_files",
                "Remove the photos and videos it has",
                hint="New ones take the place of all it has.",
            ),
        ),
        rx.cond(
            about.is_published,
            ui.alert("Others don't see your review until we have checked the change."),
        ),
        ui.form_actions(
            ui.submit(
                rx.cond(about.is_edit, "Save changes", "Send review"),
                busy=sending,
                busy_label=rx.cond(about.is_edit, "Saving…", "Sending…"),
            ),
            ui.button("Cancel", closes=True),
            end=True,
        ),
        on_submit=lambda form: State.send(form, files),
        errors=State.errors,
        labels=LABELS,
        busy=sending,
    )


def _delete_dialog() -> rx.Component:
    return removal_dialog(
        State,
        ui.text(
            "Your words, stars, photos and videos are deleted for good. You can review ",
            rx.el.bdi(State.deleting_name),
            " again later.",
        ),
        thing="review",
        deed="delete",
        keep="keep",
        open=State.deleting != "",
    )


def reviews() -> rx.Component:
    """Products that wait for a review and reviews written; tab and page are in the address."""
    return rx.fragment(
        ui.page_header("Reviews"),
        page_data(
            State,
            _list(),
            bones=[ui.skeleton("title"), *ui.skeleton_cards(4, "row")],
            follows=[State],
        ),
        ui.dialog(
            rx.cond(State.writing, _form(State.writing)),
            id="write-review",
            title=rx.cond(State.writing.is_edit.bool(), "Edit review", "Write a review"),
            open=State.writing.bool(),
            on_close=State.stop_writing,
        ),
        _delete_dialog(),
    )
