"""Evidence over HTTP: for its customer, for who found the order, for the shop, and nobody else."""

from typing import Any

import pytest

from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.evidence.schemas import EvidenceFile
from account_portal.models import Evidence, Media, Order, User
from tests.factories.auth import codes_sent
from tests.factories.claims import claim_body, claim_item
from tests.factories.orders import make_line, make_order
from tests.factories.pictures import make_flood, make_picture, make_tagged_picture, open_picture
from tests.factories.records import rows
from tests.factories.returns import return_body, return_item
from tests.factories.reviews import MP4
from tests.factories.users import make_session

MIB = 1024 * 1024
JPEG = ("images", ("a.jpg", make_picture(size=(8, 8)), "image/jpeg"))
CLIP = ("videos", ("a.mp4", MP4, "video/mp4"))


@pytest.fixture
def order(database: Database, owner: User) -> Order:
    return make_order(
        database,
        owner,
        lines=[make_line(0), make_line(1)],
        parcels=[{}],
        customer_email="owner@example.com",
    )


def path_of(order: Order) -> str:
    return f"/orders/{order.order_number}/evidence"


def add(api: Any, path: str, *files: Any, **who: Any) -> list[dict[str, Any]]:
    response = api.post(path, files=list(files) or [JPEG], **who)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["content"]["evidence"]
    return found


def order_token(
    api: Any, database: Database, order: Order, contact: str = "owner@example.com"
) -> str:
    wanted = {"order_number": order.order_number, "contact": contact}
    token = api.post("/find-order", json=wanted).json()["content"]["find_token"]
    code = codes_sent(database)[-1][2]
    found = api.post("/find-order/confirm", json={"find_token": token, "otp": code})
    return str(found.json()["content"]["order_token"])


def test_photos_and_a_video_are_made_harmless(api: Any, owner: User, order: Order) -> None:
    sent = [
        ("images", ("a.jpg", make_tagged_picture(), "image/jpeg")),
        ("images", ("b.txt", make_picture("PNG"), "text/plain")),
        CLIP,
    ]
    found = add(api, path_of(order), *sent, user=owner)
    assert [EvidenceFile.model_validate(one).model_dump(mode="json") for one in found] == found
    assert [one["kind"] for one in found] == ["image", "image", "video"]
    for one in found[:2]:
        for address in (one["url"], one["thumbnail_url"]):
            answer = api.client.get(address)
            assert answer.headers["content-type"] == "image/webp"
            assert b"Secret" not in answer.content
            assert not open_picture(answer.content).getexif()
    assert api.client.get(found[2]["url"]).headers["content-type"] == "video/mp4"
    address = found[0]["url"]
    for wrong in (address[:-1], address.partition("?")[0]):
        assert api.client.get(wrong).status_code == 404


@pytest.mark.parametrize(
    ("files", "status", "field"),
    [
        ([("images", ("a.jpg", b"not a picture", "image/jpeg"))], 415, "images.0"),
        ([JPEG, ("images", ("b.png", make_flood(), "image/png"))], 400, "images.1"),
        ([("images", ("a.jpg", make_picture()[:200], "image/jpeg"))], 400, "images.0"),
        ([("images", ("a.gif", b"GIF89a" + b"\0" * 50, "image/gif"))], 415, "images.0"),
        ([("images", ("a.png", b"\x89PNG" + b"\0" * (5 * MIB), "image/png"))], 413, "images.0"),
        ([("videos", ("a.mp4", b"<script>", "video/mp4"))], 415, "videos.0"),
        ([JPEG] * 6, 400, "images"),
        ([CLIP] * 2, 400, "videos"),
        ([("other", ("a.jpg", b"", "image/jpeg"))], 400, "_"),
    ],
)
def test_what_is_no_picture_is_refused_and_changes_nothing(
    api: Any, database: Database, owner: User, order: Order, files: Any, status: int, field: str
) -> None:
    response = api.post(path_of(order), user=owner, files=files)
    assert response.status_code == status, response.text
    assert list(response.json()["error"]) == [field]
    assert rows(database, Evidence) == []
    assert rows(database, Media) == []


def test_each_call_for_each_caller(
    api: Any, database: Database, owner: User, stranger: User, order: Order
) -> None:
    visitor = make_session(database, None)
    [mine] = add(api, path_of(order), user=owner)
    one = f"{path_of(order)}/{mine['id']}"
    callers: list[tuple[dict[str, Any], int]] = [
        ({}, 401),
        ({"token": visitor}, 403),
        ({"user": stranger}, 404),
    ]
    for who, status in callers:
        assert api.post(path_of(order), files=[JPEG], **who).status_code == status
        assert api.delete(one, **who).status_code == status
    other = make_order(database, owner, parcels=[{}])
    missing = [
        api.post("/orders/NONE-1/evidence", files=[JPEG], user=owner),
        api.delete(f"{path_of(order)}/{new_id()}", user=owner),
        api.delete(f"{path_of(other)}/{mine['id']}", user=owner),
    ]
    assert [answer.status_code for answer in missing] == [404] * 3
    assert len(rows(database, Evidence)) == 1
    assert api.delete(one, user=owner).status_code == 200
    assert api.delete(one, user=owner).status_code == 404
    assert api.client.get(mine["url"]).status_code == 404


def test_a_repeat_adds_nothing(api: Any, database: Database, owner: User, order: Order) -> None:
    key = {"headers": {"Idempotency-Key": "evidence-of-1"}, "user": owner}
    assert add(api, path_of(order), **key) == add(api, path_of(order), **key)
    assert len(rows(database, Media)) == 1


def test_it_is_shown_to_its_customer_and_to_the_shop(
    api: Any, database: Database, owner: User, stranger: User, order: Order, clock: Any
) -> None:
    first, second = add(api, path_of(order), JPEG, JPEG, user=owner)
    number = order.order_number
    body = return_body(return_item(0, evidence=[first["id"]]))
    made = api.post(f"/orders/{number}/return", user=owner, json=body).json()["content"]
    asked = made["order_return"]
    assert asked["return_items"][0]["evidence"] == [first]
    body = claim_body(claim_item(1, evidence=[second["id"]]))
    claimed = api.post(f"/orders/{number}/claims", user=owner, json=body).json()["content"]["claim"]
    assert claimed["claim_items"][0]["evidence"] == [second]
    mine = f"/orders/{number}/return/{asked['request_number']}"
    assert api.get(mine, user=owner).json()["content"]["order_return"] == asked
    assert api.get(mine, user=stranger).status_code == 404


def test_who_found_the_order_adds_and_names_it(
    api: Any, database: Database, owner: User, stranger: User, order: Order
) -> None:
    path = "/found-order/evidence"
    theirs = make_order(database, stranger, parcels=[{}])
    token = order_token(api, database, order)
    other = order_token(api, database, theirs, "stranger@example.com")
    [photo] = add(api, path, token=token)
    for who in ({}, {"user": owner}, {"token": "nothing"}):
        assert api.post(path, files=[JPEG], **who).status_code == 401
        assert api.delete(f"{path}/{photo['id']}", **who).status_code == 401
    assert api.delete(f"{path}/{photo['id']}", token=other).status_code == 404
    assert api.delete(f"{path}/{new_id()}", token=token).status_code == 404
    wrong = api.post(path, files=[("images", ("a.jpg", b"no", ""))], token=token)
    assert wrong.status_code == 415

    body = claim_body(claim_item(0, evidence=[photo["id"]]))
    refused = api.post("/found-order/claims", json={**body}, token=other)
    assert refused.json()["code"] == "evidence_not_found"
    claim = api.post("/found-order/claims", json=body, token=token).json()["content"]["claim"]
    assert claim["claim_items"][0]["evidence"] == [photo]
    [again] = add(api, path, token=token)
    body = return_body(return_item(1, evidence=[again["id"]]))
    back = api.post("/found-order/return", json=body, token=token).json()["content"]
    assert back["order_return"]["return_items"][0]["evidence"] == [again]
    [last] = add(api, path, token=token)
    assert api.delete(f"{path}/{last['id']}", token=token).status_code == 200
    api.delete("/found-order", token=token)
    assert api.post(path, files=[JPEG], token=token).status_code == 401
    # Its customer sees what was added without signing in.
    mine = api.get(f"/orders/{order.order_number}/claims", user=owner).json()["content"]["claims"]
    assert mine[0]["claim_items"][0]["evidence"] == [photo]
