"""The page of reviews without a browser: its handlers are public endpoints."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import reflex as rx
from sqlmodel import col, func, select

from account_portal.core.db import Database
from account_portal.models import Media, Order, Review, User
from account_portal.reviews.state import ReviewsState
from tests.factories.orders import make_line, make_order
from tests.factories.pictures import make_picture
from tests.factories.reviews import make_review
from tests.open_pages import OpenPage

PRODUCT = "product-0"
GOOD = {"rating": "4.5", "review_text": "Pours well."}


@pytest.fixture
def order(database: Database, owner: User) -> Order:
    return make_order(database, owner, lines=[make_line(0), make_line(1)], parcels=[{}])


def open_reviews(database: Database, user: User | None, query: str = "") -> OpenPage:
    page = OpenPage(database, ReviewsState, user, f"/reviews{query}")
    page.run("load")
    return page


def photo(content: bytes, name: str = "photo.jpg") -> rx.UploadFile:
    return rx.UploadFile(file=BytesIO(content), path=Path(name), size=len(content))


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


@pytest.mark.parametrize(
    "files",
    [[b"no picture"], [b""], [b"\xff" * (5 * 1024 * 1024 + 1)], [make_picture()] * 6],
    ids=["no picture", "empty", "too large", "too many"],
)
def test_what_is_no_photo_is_refused(
    database: Database, owner: User, order: Order, files: list[bytes]
) -> None:
    page = open_reviews(database, owner, f"?product={PRODUCT}")
    send(page, *map(photo, files))
    assert list(page.errors) == ["images"]
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
    assert (page.writing, page.notice_tone) == (None, "info")
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
    assert (len(page.waiting), page.page) == (5, 2)


@pytest.mark.parametrize(
    ("sent", "percent"),
    [({"progress": 0.5}, 50), ({"progress": 7}, 100), ({"progress": "half"}, 0), ({}, 0)],
)
def test_progress_stays_a_percentage(
    database: Database, owner: User, sent: dict[str, Any], percent: int
) -> None:
    page = open_reviews(database, owner)
    page.run("show_progress", sent)
    assert page.progress == percent
