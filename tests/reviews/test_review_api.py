"""Reviews over HTTP: forms and JSON, files made harmless, ownership, repeats."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import func, select

from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.models import IdempotencyRecord, Media, Order, Product, Review, User
from account_portal.reviews.schemas import CustomerReviews
from tests.factories.orders import make_line, make_order
from tests.factories.pictures import make_flood, make_picture, make_tagged_picture, open_picture
from tests.factories.reviews import MP4, WEBM, make_review
from tests.factories.users import make_session

PATH = "/catalog/products/product-0/reviews"
MIB = 1024 * 1024


@pytest.fixture
def order(database: Database, owner: User) -> Order:
    return make_order(database, owner, parcels=[{}])


def reviews_in(database: Database) -> int:
    with database.session(writes=False) as db:
        return db.exec(select(func.count()).select_from(Review)).one()


def mine(api: Any, owner: User) -> Any:
    response = api.get(f"/customers/{owner.id}/reviews", user=owner)
    assert response.status_code == 200, response.text
    return response.json()["content"]


def stored_files(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "media").rglob("*") if path.is_file()]


def test_a_review_as_json(api: Any, owner: User, order: Order) -> None:
    response = api.post(
        PATH,
        user=owner,
        json={"order_number": order.order_number, "rating": 3.5, "review_text": "  Fine.  "},
    )
    assert response.status_code == 200, response.text
    assert set(response.json()) == {"message", "success"}
    content = mine(api, owner)
    assert CustomerReviews.model_validate(content).model_dump(mode="json") == content
    [review] = content["reviews"]
    assert (review["rating"], review["review_text"], review["status"]) == (3.5, "Fine.", "pending")
    assert content["ready_for_review"] == []


def test_a_review_with_photos_and_videos(
    api: Any, owner: User, order: Order, tmp_path: Path
) -> None:
    response = api.post(
        PATH,
        user=owner,
        data={"order_number": order.order_number, "rating": "5", "user_id": owner.id},
        files=[
            ("images", ("a.jpg", make_tagged_picture(), "image/jpeg")),
            ("images", ("b.txt", make_picture("PNG"), "text/plain")),
            ("videos", ("c.mp4", MP4, "video/mp4")),
            ("videos", ("d.webm", WEBM, "video/webm")),
        ],
    )
    assert response.status_code == 200, response.text
    [review] = mine(api, owner)["reviews"]
    assert (review["rating"], review["review_text"]) == (5, "")
    assert len(review["images"]) == len(review["videos"]) == 2
    for image in review["images"]:
        for address in (image["thumbnail_url"], image["standard_url"]):
            answer = api.client.get(address)
            assert answer.status_code == 200
            assert answer.headers["content-type"] == "image/webp"
            assert b"Secret" not in answer.content
            assert not open_picture(answer.content).getexif()
    videos = [api.client.get(video["video_preview_url"]) for video in review["videos"]]
    assert not any(b"SECRET" in video.content for video in videos)
    kinds = [video.headers["content-type"] for video in videos]
    assert kinds == ["video/mp4", "video/webm"]
    assert len(stored_files(tmp_path)) == 6


def test_the_files_of_a_rejected_review_go_when_it_is_written_again(
    api: Any, database: Database, owner: User, order: Order, tmp_path: Path
) -> None:
    def send(count: int) -> None:
        response = api.post(
            PATH,
            user=owner,
            data={"order_number": order.order_number, "rating": "4"},
            files=[("images", ("a.png", make_picture("PNG"), "image/png"))] * count,
        )
        assert response.status_code == 200, response.text

    send(3)
    with database.session(writes=True) as db:
        db.exec(select(Review)).one().status = "rejected"
        db.commit()
    send(1)
    [review] = mine(api, owner)["reviews"]
    assert len(review["images"]) == 1
    assert len(stored_files(tmp_path)) == 2
    with database.session(writes=False) as db:
        assert len(db.exec(select(Media)).all()) == 1


JPEG = ("images", ("a.jpg", make_picture(size=(8, 8)), "image/jpeg"))
CLIP = ("videos", ("a.mp4", MP4, "video/mp4"))


@pytest.mark.parametrize(
    ("files", "status", "field"),
    [
        ([JPEG] * 6, 400, "images"),
        ([CLIP] * 3, 400, "videos"),
        ([JPEG, ("images", ("b.jpg", MP4, "image/jpeg"))], 415, None),
        ([JPEG, ("videos", ("b.mp4", make_picture(), "video/mp4"))], 415, None),
        ([("images", ("b.svg", b"<svg/>", "image/svg+xml"))], 415, None),
        ([("images", ("b.png", make_flood(), "image/png"))], 400, "images.0"),
        ([JPEG, ("images", ("b.jpg", make_picture()[:300], "image/jpeg"))], 400, "images.1"),
        ([("images", ("b.jpg", make_picture() + b"\0" * 5 * MIB, "image/jpeg"))], 413, None),
        ([("videos", ("b.mp4", MP4 + b"\0" * 50 * MIB, "video/mp4"))], 413, None),
        ([CLIP, ("videos", ("b.mp4", MP4[: len(MP4) // 2], "video/mp4"))], 400, "videos.1"),
        ([("videos", ("b.webm", WEBM[: len(WEBM) // 2], "video/webm"))], 400, "videos.0"),
    ],
)
def test_files_that_cannot_be_taken_change_nothing(
    api: Any,
    database: Database,
    owner: User,
    order: Order,
    tmp_path: Path,
    files: list[Any],
    status: int,
    field: str | None,
) -> None:
    form = {"order_number": order.order_number, "rating": "4"}
    response = api.post(PATH, user=owner, data=form, files=files)
    assert response.status_code == status, response.text
    assert field is None or field in response.json()["error"]
    assert reviews_in(database) == 0
    assert stored_files(tmp_path) == []


def test_a_field_in_which_no_file_was_chosen(api: Any, owner: User, order: Order) -> None:
    boundary = "x"
    parts = [
        ("order_number", "", order.order_number),
        ("rating", "", "4"),
        ("images", '; filename=""\r\nContent-Type: application/octet-stream', ""),
    ]
    content = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'
        for name, more, value in parts
    )
    response = api.post(
        PATH,
        user=owner,
        content=f"{content}--{boundary}--\r\n",
        headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
    )
    assert response.status_code == 200, response.text
    assert mine(api, owner)["reviews"][0]["images"] == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rating": None}, "rating"),
        ({"rating": 0.5}, "rating"),
        ({"rating": 5.5}, "rating"),
        ({"rating": 3.25}, "rating"),
        ({"rating": "4"}, "rating"),
        ({"rating": True}, "rating"),
        ({"rating": 1e300}, "rating"),
        ({"order_number": "!"}, "order_number"),
        ({"order_number": None}, "order_number"),
        ({"review_text": "x" * 5001}, "review_text"),
        ({"review_text": "a\x00b"}, "review_text"),
        ({"review_text": None}, "review_text"),
        ({"user_id": "nonsense"}, "user_id"),
        ({"images": ["x"]}, "images.0"),
    ],
)
def test_bad_bodies_name_the_field(
    api: Any, database: Database, owner: User, order: Order, change: dict[str, Any], field: str
) -> None:
    body = {"order_number": order.order_number, "rating": 4, **change}
    response = api.post(PATH, user=owner, json=body)
    assert response.status_code == 400, response.text
    assert field in response.json()["error"]
    assert reviews_in(database) == 0


@pytest.mark.parametrize("rating", ["", "five", "NaN", "Infinity", "-1", "1e999999999", "4.1"])
def test_bad_ratings_of_a_form(api: Any, owner: User, order: Order, rating: str) -> None:
    response = api.post(
        PATH,
        user=owner,
        data={"order_number": order.order_number, "rating": rating},
        files={"nothing": ("", b"")},
    )
    assert response.status_code == 400, response.text
    assert "rating" in response.json()["error"]


def test_other_content_types_are_refused(api: Any, owner: User, order: Order) -> None:
    form = {"order_number": order.order_number, "rating": "4"}
    assert api.post(PATH, user=owner, data=form).status_code == 415
    assert api.post(PATH, user=owner, content=b"x").status_code == 415


def test_each_call_for_each_caller(
    api: Any, database: Database, owner: User, stranger: User, order: Order
) -> None:
    make_order(database, owner, lines=[make_line(1)], parcels=[{"status": "shipped"}])
    visitor = make_session(database, None)
    expired = make_session(database, owner, expires=timedelta(seconds=-1))
    own = f"/customers/{owner.id}/reviews"
    body = {"order_number": order.order_number, "rating": 4}
    missing = "/catalog/products/unknown/reviews"
    for verb, path, more in [(api.get, own, {}), (api.post, PATH, {"json": body})]:
        for response, status, code in [
            (verb(path, **more), 401, "unauthorized"),
            (verb(path, token=expired, **more), 401, "unauthorized"),
            (verb(path, token=visitor, **more), 403, "login_required"),
        ]:
            assert (response.status_code, response.json()["code"]) == (status, code)
    for response, status, code in [
        (api.get(own, user=stranger), 403, "forbidden"),
        (api.get(f"/customers/{new_id()}/reviews", user=owner), 403, "forbidden"),
        (api.get("/customers/nonsense/reviews", user=owner), 403, "forbidden"),
        (api.post(PATH, user=stranger, json=body), 422, "product_not_purchased"),
        (api.post(PATH, user=owner, json=body | {"user_id": stranger.id}), 403, "forbidden"),
        (
            api.post(PATH, user=owner, json=body | {"order_number": "ORD-unknown"}),
            422,
            "product_not_purchased",
        ),
        (api.post(PATH.replace("-0", "-1"), user=owner, json=body), 422, "product_not_purchased"),
        (api.post(missing, user=owner, json=body), 404, "not_found"),
        (api.post(missing.replace("unknown", "a%00b"), user=owner, json=body), 404, "not_found"),
        (api.post(missing.replace("unknown", "x" * 65), user=owner, json=body), 404, "not_found"),
    ]:
        assert (response.status_code, response.json()["code"]) == (status, code)
    assert reviews_in(database) == 0


def test_what_a_customer_must_not_set_is_ignored(
    api: Any, database: Database, owner: User, order: Order
) -> None:
    body = {
        "order_number": order.order_number,
        "rating": 5,
        "status": "approved",
        "id": new_id(),
        "customer_id": new_id(),
        "tags": ["verified"],
        "review_date": "2020-01-01T00:00:00Z",
    }
    assert api.post(PATH, user=owner, json=body).status_code == 200
    [review] = mine(api, owner)["reviews"]
    assert review["status"] == "pending"
    assert review["tags"] == []
    assert review["id"] != body["id"]
    with database.session(writes=False) as db:
        assert db.get_one(Product, "product-0").rating_count == 0


def test_the_second_review_of_a_product(api: Any, owner: User, order: Order) -> None:
    body = {"order_number": order.order_number, "rating": 5}
    assert api.post(PATH, user=owner, json=body).status_code == 200
    again = api.post(PATH, user=owner, json=body)
    assert (again.status_code, again.json()["code"]) == (409, "review_exists")


def test_a_repeat_with_the_same_key(
    api: Any, database: Database, owner: User, order: Order
) -> None:
    headers = {"Idempotency-Key": "one review, please"}
    form = {"order_number": order.order_number, "rating": "4"}

    def send(files: list[Any]) -> Any:
        return api.post(PATH, user=owner, data=form, files=files, headers=headers)

    first, again, other = send([JPEG]), send([JPEG]), send([JPEG, JPEG])
    assert first.status_code == again.status_code == 200
    assert again.content == first.content
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert reviews_in(database) == 1


def test_a_key_can_be_used_anew_after_a_day(
    api: Any, database: Database, owner: User, order: Order
) -> None:
    body = {"order_number": order.order_number, "rating": 4}
    headers = {"Idempotency-Key": "one review a day"}
    assert api.post(PATH, user=owner, json=body, headers=headers).status_code == 200
    with database.session(writes=True) as db:
        db.exec(select(IdempotencyRecord)).one().created_at -= timedelta(hours=25)
        db.exec(select(Review)).one().status = "rejected"
        db.commit()
    again = api.post(PATH, user=owner, json=body, headers=headers)
    assert again.status_code == 200, again.text
    assert mine(api, owner)["reviews"][0]["status"] == "pending"


def test_the_list_takes_a_bounded_number_of_statements(
    api: Any, database: Database, owner: User, statements: list[str]
) -> None:
    api.token(owner)
    counts = []
    for round_ in range(2):
        lines = [make_line(round_ * 20 + position) for position in range(10)]
        make_order(database, owner, lines=lines, parcels=[{}])
        for line in lines[:5]:
            make_review(database, owner, line["product_id"])
        statements.clear()
        content = mine(api, owner)
        assert len(content["reviews"]) == len(content["ready_for_review"]) == 5 * (round_ + 1)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 4
