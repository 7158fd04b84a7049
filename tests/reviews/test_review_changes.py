"""Changing and deleting a review: who may, what becomes of its state, files and the rating."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.models import Order, Product, Review, User
from account_portal.reviews import rules, service
from account_portal.reviews.schemas import CreateReview, UpdateReview
from account_portal.states import ReviewStatus
from tests.factories.orders import make_order
from tests.factories.pictures import make_picture
from tests.factories.reviews import MP4, make_review

Call = Callable[..., Any]
PRODUCT = "product-0"
STATES = ["pending", "approved", "rejected"]


@pytest.fixture
def order(database: Database, owner: User) -> Order:
    return make_order(database, owner, parcels=[{}])


def write(database: Database, owner: User, status: str = "pending") -> str:
    """A review of the owner that the shop decided; its path."""
    review = make_review(database, owner, PRODUCT)
    if status != "pending":
        decide(database, review.id, approved=status == "approved")
    return f"/customers/{owner.id}/reviews/{review.id}"


def decide(database: Database, review_id: str, *, approved: bool) -> None:
    from account_portal.context import Caller, enter

    with enter(Caller(), writes=True, actor=SHOP, database=database) as ctx:
        service.decide_review(ctx, review_id, approved=approved)


def only(api: Any, owner: User) -> Any:
    [review] = api.get(f"/customers/{owner.id}/reviews", user=owner).json()["content"]["reviews"]
    return review


def rating_of(database: Database) -> tuple[int, int]:
    with database.session(writes=False) as db:
        product = db.get_one(Product, PRODUCT)
        return product.rating_sum, product.rating_count


def files_in(tmp_path: Path) -> int:
    return len([path for path in (tmp_path / "media").rglob("*") if path.is_file()])


@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize(
    ("change", "rating", "text", "after"),
    [
        ({"rating": 2.5}, 2.5, "Good.", "pending"),
        ({"review_text": "Better."}, 4, "Better.", "pending"),
        ({"review_text": ""}, 4, "", "pending"),
        ({}, 4, "Good.", None),
        ({"rating": 4, "review_text": "Good.", "remove_files": True}, 4, "Good.", None),
    ],
)
def test_what_changes_is_checked_again(
    api: Any,
    database: Database,
    owner: User,
    order: Order,
    status: str,
    change: dict[str, Any],
    rating: float,
    text: str,
    after: str | None,
) -> None:
    path = write(database, owner, status)
    for _ in range(2):  # it may be repeated
        assert api.put(path, user=owner, json=change).status_code == 200
    review = only(api, owner)
    assert (review["rating"], review["review_text"]) == (rating, text)
    stays = after is None and status != "rejected"  # a declined one is sent again
    assert review["status"] == (status if stays else "pending")
    assert rating_of(database) == ((8, 1) if review["status"] == "approved" else (0, 0))


@pytest.mark.parametrize("status", STATES)
def test_a_deleted_review_leaves_nothing_and_waits_again(
    api: Any, database: Database, owner: User, order: Order, status: str, tmp_path: Path
) -> None:
    path = write(database, owner, status)
    photo = ("images", ("a.jpg", make_picture(), "image/jpeg"))
    assert api.put(path, user=owner, files=[photo]).status_code == 200
    if status == "approved":
        decide(database, path.rpartition("/")[2], approved=True)
    assert files_in(tmp_path) > 0
    assert api.delete(path, user=owner).status_code == 200
    assert rating_of(database) == (0, 0)
    assert files_in(tmp_path) == 0
    content = api.get(f"/customers/{owner.id}/reviews", user=owner).json()["content"]
    assert content["reviews"] == []
    assert [one["product_id"] for one in content["ready_for_review"]] == [PRODUCT]
    assert api.delete(path, user=owner).status_code == 404
    assert api.put(path, user=owner, json={"rating": 1}).status_code == 404


def test_files_stay_unless_others_come_or_they_are_taken_out(
    api: Any, database: Database, owner: User, order: Order, tmp_path: Path
) -> None:
    path = write(database, owner)
    photo = ("images", ("a.jpg", make_picture(), "image/jpeg"))
    film = ("videos", ("b.mp4", MP4, "video/mp4"))

    def has() -> tuple[int, int]:
        review = only(api, owner)
        return len(review["images"]), len(review["videos"])

    assert api.put(path, user=owner, files=[photo, photo, film]).status_code == 200
    assert has() == (2, 1)
    assert api.put(path, user=owner, json={"rating": 1}).status_code == 200
    assert has() == (2, 1)
    assert api.put(path, user=owner, files=[photo]).status_code == 200
    assert has() == (1, 0)
    bad = ("images", ("c.jpg", b"no picture", "image/jpeg"))
    assert api.put(path, user=owner, files=[photo, bad]).status_code == 415
    assert has() == (1, 0)
    assert api.put(path, user=owner, json={"remove_files": True}).status_code == 200
    assert has() == (0, 0)
    assert files_in(tmp_path) == 0


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_only_the_writer_may(
    api: Any, database: Database, owner: User, stranger: User, order: Order, method: str
) -> None:
    path = write(database, owner, "approved")
    review_id = path.rpartition("/")[2]
    theirs = f"/customers/{stranger.id}/reviews/{review_id}"
    missing = f"/customers/{owner.id}/reviews/{new_id()}"
    body = {"json": {"rating": 1}} if method == "PUT" else {}
    assert api.request(method, path, **body).status_code == 401
    assert api.request(method, path, user=stranger, **body).status_code == 403
    assert api.request(method, theirs, user=stranger, **body).status_code == 404
    assert api.request(method, missing, user=owner, **body).status_code == 404
    assert (only(api, owner)["rating"], rating_of(database)) == (4, (8, 1))


@pytest.mark.parametrize(
    "body",
    [
        {"rating": 0},
        {"rating": 5.5},
        {"rating": "4"},
        {"rating": None},
        {"review_text": "x" * 5001},
    ],
)
def test_what_makes_no_sense_changes_nothing(
    api: Any, database: Database, owner: User, order: Order, body: dict[str, Any]
) -> None:
    path = write(database, owner, "approved")
    assert api.put(path, user=owner, json=body).status_code == 400
    review = only(api, owner)
    assert (review["rating"], review["review_text"], review["status"]) == (4, "Good.", "approved")


STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["write", "edit"]), st.integers(2, 10)),
        st.tuples(st.sampled_from(["approve", "reject", "delete"]), st.just(0)),
    ),
    max_size=12,
)


@settings(max_examples=25)
@given(steps=STEPS)
def test_a_rating_is_always_that_of_the_approved_reviews(
    call: Call, database: Database, owner: User, steps: list[tuple[str, int]]
) -> None:
    with database.session(writes=True) as db:
        for row in db.exec(select(Review)).all():
            db.delete(row)
        product = db.get(Product, PRODUCT)
        if product is not None:
            product.rating_sum = product.rating_count = 0
        db.commit()
    order = make_order(database, owner, parcels=[{}])
    for step, half_stars in steps:
        review = _review(database)
        stars = rules.stars(half_stars)
        if step == "write" and (review is None or review.status == ReviewStatus.REJECTED):
            data = {"order_number": order.order_number, "rating": stars}
            call(service.create_review, PRODUCT, CreateReview.model_validate(data))
        elif review is None or step == "write":
            continue
        elif step == "edit":
            call(service.update_review, review.id, UpdateReview.model_validate({"rating": stars}))
        elif step == "delete":
            call(service.delete_review, review.id)
        else:
            call(service.decide_review, review.id, approved=step == "approve", actor=SHOP)
        now = _review(database)
        counted = now is not None and now.status == ReviewStatus.APPROVED
        assert rating_of(database) == ((now.rating, 1) if now and counted else (0, 0))


def _review(database: Database) -> Review | None:
    db: Session
    with database.session(writes=False) as db:
        return db.exec(select(Review)).one_or_none()
