"""Reviews: who may write what, what waits, how ratings follow decisions."""

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.core.errors import Forbidden, NotFound, PortalError
from account_portal.core.ids import new_id
from account_portal.models import Product, Review, User
from account_portal.reviews import rules, service
from account_portal.reviews.schemas import CreateReview
from account_portal.states import ReviewStatus
from tests.factories.orders import make_line, make_order
from tests.factories.reviews import make_product, make_review
from tests.factories.users import make_user

Call = Callable[..., Any]
PRODUCT = "product-0"


def body(order: Any, **values: Any) -> CreateReview:
    return CreateReview.model_validate(
        {"order_number": order.order_number, "rating": 4.5, "review_text": "Fine.", **values}
    )


def waiting(call: Call) -> list[tuple[str, str]]:
    found = call(service.list_reviews).ready_for_review
    return [(each.product_id, each.order_number) for each in found]


def test_what_arrived_waits_with_its_latest_order(
    call: Call, database: Database, owner: User, clock: Any
) -> None:
    lines = [make_line(0), make_line(1)]
    make_order(database, owner, lines=lines, parcels=[{}], at=clock.now - timedelta(days=9))
    latest = make_order(
        database, owner, lines=lines[:1], parcels=[{}], at=clock.now - timedelta(days=2)
    )
    older = make_order(database, owner, lines=lines, parcels=[{}], at=clock.now - timedelta(days=5))
    make_order(database, owner, lines=[make_line(2)], parcels=[{"status": "shipped"}])
    assert waiting(call) == [
        (PRODUCT, latest.order_number),
        ("product-1", older.order_number),
    ]
    assert [each.product_id for each in call(service.list_ready_for_review, 1)] == [PRODUCT]


def test_a_review_leaves_what_waits_and_is_pending(
    call: Call, database: Database, owner: User, clock: Any
) -> None:
    order = make_order(database, owner, parcels=[{}])
    call(service.create_review, PRODUCT, body(order))
    found = call(service.list_reviews)
    [review] = found.reviews
    assert found.ready_for_review == []
    assert (review.status, review.rating, review.review_text) == ("pending", 4.5, "Fine.")
    assert (review.order_number, review.product_name) == (order.order_number, "Product 0")
    assert (review.average_rating, review.selling_price) == (0, 100)
    assert review.review_date == clock.now


@pytest.mark.parametrize("status", ["pending", "approved"])
def test_a_product_is_reviewed_once(
    call: Call, database: Database, owner: User, status: str
) -> None:
    order = make_order(database, owner, parcels=[{}])
    make_review(database, owner, PRODUCT, status=status)
    with pytest.raises(rules.ReviewExists):
        call(service.create_review, PRODUCT, body(order))


def test_a_rejected_review_may_be_written_again(
    call: Call, database: Database, owner: User
) -> None:
    order = make_order(database, owner, parcels=[{}])
    old = make_review(database, owner, PRODUCT, status="rejected")
    assert waiting(call) == []
    call(service.create_review, PRODUCT, body(order, rating=2, review_text="Better words."))
    [review] = call(service.list_reviews).reviews
    assert review.id == old.id
    assert (review.status, review.rating, review.review_text) == ("pending", 2, "Better words.")
    assert review.order_number == order.order_number
    assert review.created_at == old.created_at < review.review_date


def test_a_review_needs_an_order_that_arrived_with_the_product(
    call: Call, database: Database, owner: User, stranger: User
) -> None:
    arrived = make_order(database, owner, parcels=[{}])
    on_its_way = make_order(database, owner, lines=[make_line(1)], parcels=[{"status": "shipped"}])
    foreign = make_order(database, stranger, lines=[make_line(1)], parcels=[{}])
    for order in [arrived, on_its_way, foreign]:
        with pytest.raises(rules.ProductNotPurchased):
            call(service.create_review, "product-1", body(order))
    with pytest.raises(rules.ProductNotPurchased):
        call(service.create_review, PRODUCT, body(arrived), actor=stranger)
    with pytest.raises(NotFound):
        call(service.create_review, "no-such-product", body(arrived))
    with database.session(writes=False) as db:
        assert db.exec(select(Review)).all() == []


def test_an_older_order_will_do(call: Call, database: Database, owner: User, clock: Any) -> None:
    older = make_order(database, owner, parcels=[{}], at=clock.now - timedelta(days=400))
    make_order(database, owner, parcels=[{}])
    call(service.create_review, PRODUCT, body(older))
    assert call(service.list_reviews).reviews[0].order_number == older.order_number


def test_the_user_in_the_form_must_be_the_caller(
    call: Call, database: Database, owner: User, stranger: User
) -> None:
    order = make_order(database, owner, parcels=[{}])
    for user_id in [stranger.id, new_id()]:
        with pytest.raises(Forbidden):
            call(service.create_review, PRODUCT, body(order, user_id=user_id))
    call(service.create_review, PRODUCT, body(order, user_id=owner.id))


def test_a_product_that_is_gone_does_not_wait(call: Call, database: Database, owner: User) -> None:
    make_order(database, owner, parcels=[{}])
    with database.session(writes=True) as db:
        db.delete(db.get_one(Product, PRODUCT))
        db.commit()
    assert waiting(call) == []


def test_others_see_none_of_it(call: Call, database: Database, owner: User, stranger: User) -> None:
    order = make_order(database, owner, lines=[make_line(0), make_line(1)], parcels=[{}])
    call(service.create_review, PRODUCT, body(order))
    found = call(service.list_reviews, actor=stranger)
    assert (found.reviews, found.ready_for_review) == ([], [])


@given(
    steps=st.lists(
        st.tuples(st.integers(0, 3), st.booleans()),
        max_size=12,
    ),
    ratings=st.lists(st.integers(2, 10), min_size=4, max_size=4),
)
def test_the_rating_of_a_product_follows_each_decision(
    call: Call, database: Database, steps: list[tuple[int, bool]], ratings: list[int]
) -> None:
    product = make_product(database)
    reviews = [
        make_review(database, make_user(database, password=None), product.id, rating=rating)
        for rating in ratings
    ]
    for index, approved in steps:
        call(
            service.decide_review,
            reviews[index].id,
            approved=approved,
            actor=SHOP,
        )
    approved_now = dict(steps)
    counted = [rating for index, rating in enumerate(ratings) if approved_now.get(index)]
    with database.session(writes=False) as db:
        found = db.get_one(Product, product.id)
    assert (found.rating_sum, found.rating_count) == (sum(counted), len(counted))


def test_only_the_shop_decides(call: Call, database: Database, owner: User) -> None:
    order = make_order(database, owner, parcels=[{}])
    call(service.create_review, PRODUCT, body(order))
    [review] = call(service.list_reviews).reviews
    with pytest.raises(Forbidden):
        call(service.decide_review, review.id, approved=True)
    with pytest.raises(NotFound):
        call(service.decide_review, new_id(), approved=True, actor=SHOP)
    call(service.decide_review, review.id, approved=True, actor=SHOP)
    [review] = call(service.list_reviews).reviews
    assert (review.status, review.average_rating) == (ReviewStatus.APPROVED, Decimal("4.50"))


def test_racing_reviews_of_one_product(call: Call, database: Database, owner: User) -> None:
    order = make_order(database, owner, parcels=[{}])
    barrier = threading.Barrier(8)
    errors: list[type[PortalError]] = []

    def write() -> None:
        barrier.wait()
        try:
            call(service.create_review, PRODUCT, body(order))
        except PortalError as error:
            errors.append(type(error))

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == [rules.ReviewExists] * 7
    assert len(call(service.list_reviews).reviews) == 1


def test_racing_decisions_count_once(call: Call, database: Database, owner: User) -> None:
    product = make_product(database)
    review = make_review(database, owner, product.id)
    barrier = threading.Barrier(6)

    def approve() -> None:
        barrier.wait()
        call(service.decide_review, review.id, approved=True, actor=SHOP)

    threads = [threading.Thread(target=approve) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.session(writes=False) as db:
        found = db.get_one(Product, product.id)
    assert (found.rating_sum, found.rating_count) == (8, 1)
