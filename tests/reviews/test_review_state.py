"""The page of reviews without a browser: its handlers are public endpoints."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import reflex as rx
from sqlmodel import col, func, select
from starlette.datastructures import Headers

from account_portal.core.db import Database
from account_portal.gateways.videos import clean_video
from account_portal.media.rules import MAX_VIDEO_BYTES
from account_portal.models import Media, Order, Review, User
from account_portal.reviews.components import own_review
from account_portal.reviews.state import ReviewsState
from tests.factories.orders import make_line, make_order
from tests.factories.pictures import make_picture
from tests.factories.reviews import FILM, MP4, WEBM, make_review
from tests.open_pages import OpenPage

PRODUCT = "product-0"
MIB = 1024 * 1024
GOOD = {"rating": "4.5", "review_text": "Pours well."}


@pytest.fixture
def order(database: Database, owner: User) -> Order:
    return make_order(database, owner, lines=[make_line(0), make_line(1)], parcels=[{}])


def open_reviews(database: Database, user: User | None, query: str = "") -> OpenPage:
    page = OpenPage(database, ReviewsState, user, f"/reviews{query}")
    page.run("load")
    return page


def photo(content: bytes, name: str = "photo.jpg", kind: str = "image/jpeg") -> rx.UploadFile:
    return rx.UploadFile(
        file=BytesIO(content),
        path=Path(name),
        size=len(content),
        headers=Headers({"content-type": kind}),
    )


def film(content: bytes = FILM, name: str = "film.webm", kind: str = "video/webm") -> rx.UploadFile:
    return photo(content, name, kind)


def send(page: OpenPage, *files: rx.UploadFile, **form: Any) -> list[str]:
    return page.run("send", {**GOOD, **form}, list(files))


def count(database: Database, model: Any) -> int:
    with database.session(writes=False) as db:
        return int(db.execute(select(func.count(col(model.id)))).scalar_one())


def test_a_review_with_photos_is_sent_once(database: Database, owner: User, order: Order) -> None:
    page = open_reviews(database, owner)
    assert (page.waiting_count, page.written_count) == (2, 0)
    page.run("write", PRODUCT)
    assert page.writing.product_name == "Product 0"
    send(page, photo(make_picture()), photo(make_picture("PNG")))
    send(page)
    assert (page.errors, page.writing, page.waiting_count) == ({}, None, 1)
    assert page.notice_text.startswith("Thank you")
    page.go("/reviews?tab=mine")
    page.run("load")
    (review,) = page.written
    assert (float(review.rating), review.status, len(review.images)) == (4.5, "pending", 2)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"rating": ""}, "rating"),
        ({"rating": "0.5"}, "rating"),
        ({"rating": "3.3"}, "rating"),
        ({"rating": "NaN"}, "rating"),
        ({"rating": {"a": 1}}, "rating"),
        ({"review_text": "x" * 5001}, "review_text"),
        ({"review_text": "\x00"}, "review_text"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    database: Database, owner: User, order: Order, form: dict[str, Any], field: str
) -> None:
    page = open_reviews(database, owner, f"?product={PRODUCT}")
    send(page, **form)
    assert list(page.errors) == [field]
    assert page.writing is not None
    assert count(database, Review) == 0


def test_photos_and_videos_are_sent_together(
    database: Database, owner: User, order: Order, api: Any
) -> None:
    page = open_reviews(database, owner, f"?product={PRODUCT}")
    # A browser that does not know an ending says nothing of what the file is.
    send(page, film(), photo(make_picture()), film(MP4, "B.MP4", ""), photo(make_picture("PNG")))
    assert (page.errors, page.writing) == ({}, None)
    page.go("/reviews?tab=mine")
    page.run("load")
    (review,) = page.written
    assert (len(review.images), [one.size for one in review.videos]) == (2, ["0.1 MB"] * 2)
    kept = BytesIO(FILM)
    clean_video(kept, "webm")
    assert api.client.get(review.videos[0].video_preview_url).content == kept.getvalue()


def test_a_video_is_not_read_into_memory(database: Database, owner: User, order: Order) -> None:
    class Watched(BytesIO):
        most = 0

        def read(self, size: int | None = -1) -> bytes:
            found = super().read(size)
            self.most = max(self.most, len(found))
            return found

    page = open_reviews(database, owner, f"?product={PRODUCT}")
    file = Watched(WEBM + b"\0" * (MAX_VIDEO_BYTES - len(WEBM)))
    send(page, rx.UploadFile(file=file, path=Path("a.webm"), size=1))
    assert (page.errors, page.writing) == ({}, None)
    assert 0 < file.most <= 1024 * 1024


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ([photo(b"no picture")], "photo.jpg: Send a JPEG, PNG or WebP picture."),
        ([photo(b"")], "photo.jpg: Send a JPEG, PNG or WebP picture."),
        ([photo(b"\xff" * (5 * MIB + 1))], "photo.jpg: A picture may have 5 MB at most."),
        ([photo(make_picture()[:300], "cut.jpg")], "cut.jpg: This cannot be read"),
        ([photo(make_picture())] * 6, "Choose 5 photos at most."),
        ([film(), film(make_picture(), "b.mp4")], "b.mp4: Send an MP4, MOV or WebM video."),
        ([film(b"", "c.mov", "video/quicktime")], "c.mov: Send an MP4, MOV or WebM video."),
        ([film(WEBM + b"\0" * 50 * MIB)], "film.webm: A video may have 50 MB at most."),
        ([film()] * 3, "Choose 2 videos at most."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_taken_is_told_by_its_name(
    database: Database, owner: User, order: Order, files: list[rx.UploadFile], told: str
) -> None:
    page = open_reviews(database, owner, f"?product={PRODUCT}")
    send(page, *files)
    assert list(page.errors) == ["files"]
    assert page.errors["files"].startswith(told)
    assert page.writing is not None
    assert (count(database, Review), count(database, Media)) == (0, 0)


def test_the_address_of_a_product_opens_its_form(
    database: Database, owner: User, order: Order
) -> None:
    page = open_reviews(database, owner, f"?product={PRODUCT}")
    assert page.writing.product_id == PRODUCT
    assert page.run("stop_writing") == ["/reviews"]
    assert page.writing is None
    page.go(f"/reviews?product={PRODUCT}")
    page.run("load")
    assert send(page) == ["/reviews"]
    page.run("load")
    assert (page.writing, page.told) == (None, "You have reviewed this product already.")
    page.go("/reviews?product=nothing")
    page.run("load")
    assert page.told == "This product is not waiting for a review."
    page.go("/reviews")
    page.run("load")
    assert page.told == ""
    for unknown in ("nothing", "x" * 300, "' OR 1=1"):
        page.run("write", unknown)
        assert page.writing is None


def test_only_a_declined_review_is_written_again(
    database: Database, owner: User, order: Order
) -> None:
    number = order.order_number
    make_review(database, owner, PRODUCT, status="rejected", rating=3, order_number=number)
    make_review(database, owner, "product-1", order_number=number)
    page = open_reviews(database, owner, "?tab=mine")
    page.run("write", "product-1")
    assert page.writing is None
    page.run("write", PRODUCT)
    assert (page.writing.rating, page.writing.review_text) == (1.5, "Good.")
    assert (page.writing.is_edit, page.writing.had_files) == (True, False)
    send(page)
    assert [review.status for review in page.written] == ["pending", "pending"]
    assert count(database, Review) == 2


def test_strangers_and_nobody_neither_see_nor_write(
    database: Database, owner: User, stranger: User, order: Order
) -> None:
    make_review(database, owner, "product-1", order_number=order.order_number)
    about = open_reviews(database, owner, f"?product={PRODUCT}").writing
    for user in (stranger, None):
        page = open_reviews(database, user, f"?product={PRODUCT}&tab=mine")
        assert (page.writing, page.written, page.waiting) == (None, [], [])
        page.run("write", PRODUCT)
        assert page.writing is None
        page.state.writing = about  # as if a form of the owner were still open
        send(page, photo(make_picture()))
        assert count(database, Review) == 1
        assert count(database, Media) == 0
    assert page.signed_out


def test_the_lists_go_by_pages(database: Database, owner: User) -> None:
    lines = [make_line(place) for place in range(25)]
    make_order(database, owner, lines=lines, parcels=[{}])
    page = open_reviews(database, owner)
    assert (len(page.waiting), page.pages, page.next_link) == (20, 2, "/reviews?page=2")
    page.go(page.next_link)
    page.run("load")
    assert (len(page.waiting), page.previous_link) == (5, "/reviews")
    page.go("/reviews?page=77")
    page.run("load")
    assert (page.waiting, page.page, page.pages) == ([], 77, 2)


def test_after_the_last_of_a_page_the_one_before_is_shown(database: Database, owner: User) -> None:
    lines = [make_line(place) for place in range(21)]
    make_order(database, owner, lines=lines, parcels=[{}])
    page = open_reviews(database, owner, "?page=2")
    (last,) = page.waiting
    page.run("write", last.product_id)
    send(page)
    assert (page.errors, len(page.waiting), page.page, page.pages) == ({}, 20, 1, 1)


@pytest.mark.parametrize(
    ("sent", "percent"),
    [({"progress": 0.5}, 50), ({"progress": 7}, 100), ({"progress": "half"}, 0), ({}, 0)],
)
def test_progress_stays_a_percentage(
    database: Database, owner: User, sent: dict[str, Any], percent: int
) -> None:
    page = open_reviews(database, owner)
    page.run("show_progress", sent)
    assert (page.progress, page.errors) == (percent, {})


def test_what_did_not_arrive_is_said(database: Database, owner: User, order: Order) -> None:
    page = open_reviews(database, owner, f"?product={PRODUCT}")
    page.run("show_progress", {"progress": 0.3})
    page.run("show_progress", {"failed": True})
    assert page.progress == 0
    assert page.errors["_"].startswith("This could not be sent.")
    assert page.writing is not None
    page.go("/reviews")
    page.cookie = ""
    page.go(f"/reviews?product={PRODUCT}")
    page.run("show_progress", {"failed": True})
    assert page.signed_out


def test_a_review_is_shown_in_the_lines_it_was_written_in() -> None:
    drawn = str(own_review(ReviewsState.written[0]))
    _, classes, shown = drawn.partition("whitespace-pre-line")
    assert classes
    assert shown.partition("jsx(")[0].count("review_text") == 1


def mine(database: Database, owner: User) -> OpenPage:
    """The page of one's own reviews, with a published one."""
    make_review(database, owner, PRODUCT, status="approved")
    return open_reviews(database, owner, "?tab=mine")


def test_a_review_is_changed_in_its_form(database: Database, owner: User, order: Order) -> None:
    page = mine(database, owner)
    (review,) = page.written
    page.run("edit", review.id)
    assert (page.writing.rating, page.writing.review_text) == (4, "Good.")
    assert page.writing.is_published
    send(page, rating="4", review_text="Good.")
    assert page.notice_text == "Nothing was changed."
    page.run("edit", review.id)
    send(page, photo(make_picture()))
    (review,) = page.written
    assert (page.errors, page.writing, review.status) == ({}, None, "pending")
    assert (float(review.rating), len(review.images)) == (4.5, 1)
    page.run("edit", review.id)
    send(page, remove_files="on")
    assert [len(one.images) for one in page.written] == [0]


def test_a_review_is_deleted_once_it_was_asked(
    database: Database, owner: User, order: Order
) -> None:
    page = mine(database, owner)
    (review,) = page.written
    page.run("ask_delete", review.id)
    assert page.deleting_name == "Product 0"
    page.run("keep")
    page.run("delete")
    assert count(database, Review) == 1
    page.run("ask_delete", review.id)
    page.run("delete")
    page.run("delete")
    assert (count(database, Review), page.written, page.waiting_count) == (0, [], 2)
    page.run("edit", review.id)
    assert (page.writing, page.notice_text) == (None, "This review is not there any more.")


def test_nobody_changes_or_deletes_what_is_not_theirs(
    database: Database, owner: User, stranger: User, order: Order
) -> None:
    review = make_review(database, owner, PRODUCT)
    for user in (stranger, None):
        page = open_reviews(database, user, "?tab=mine")
        page.run("edit", review.id)
        assert page.writing is None
        page.run("ask_delete", review.id)
        page.run("delete")
    assert count(database, Review) == 1
