"""The shop shows by photos what it found in a return, and its customer sees them."""

from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from account_portal.core.db import Database
from account_portal.gateways import get_gateways
from account_portal.models import Evidence, Media, Order, Refund, User
from account_portal.personal_data import service as personal_data
from account_portal.states import ReturnStatus
from tests.conftest import Api
from tests.factories.evidence import make_evidence, photos
from tests.factories.orders import make_line, make_order
from tests.factories.pictures import make_picture, make_tagged_picture, open_picture
from tests.factories.records import rows
from tests.factories.returns import make_return, return_item
from tests.factories.reviews import MP4
from tests.merchant.systems import Systems, make_key
from tests.personal_data.test_export import archive_of

JPEG = ("images", ("a.jpg", make_picture(size=(8, 8)), "image/jpeg"))
CLIP = ("videos", ("a.mp4", MP4, "video/mp4"))
REFUSED = {"sku": "SKU-0", "accepted": 1, "refused": 1, "reason_code": "damaged"}
Received = tuple[Order, str]


@pytest.fixture
def received(database: Database, owner: User) -> Received:
    """Two units of a line came back, one of which its customer showed."""
    order = make_order(
        database, owner, lines=[make_line(0, quantity=2), make_line(1)], parcels=[{}]
    )
    [shown] = make_evidence(database, owner, order, photos())
    item = return_item(quantity=2, evidence=[shown])
    made = make_return(database, owner, order, item, status=ReturnStatus.RECEIVED)
    return order, made.request_number


def show(systems: Systems, number: str, *files: Any, sku: str = "SKU-0", **values: Any) -> Any:
    return systems.post(
        f"/returns/{number}/evidence", data={"sku": sku}, files=list(files) or [JPEG], **values
    )


def read(api: Api, received: Received, owner: User) -> dict[str, Any]:
    """The item, as its customer reads it."""
    order, number = received
    answer = api.get(f"/orders/{order.order_number}/return/{number}", user=owner)
    [item] = answer.json()["content"]["order_return"]["return_items"]
    found: dict[str, Any] = item
    return found


def row(systems: Systems, number: str) -> dict[str, Any]:
    """The item, as systems of the shop read it."""
    [item] = systems.get(f"/returns/{number}").json()["content"]["items"]
    found: dict[str, Any] = item
    return found


def test_the_customer_sees_them_with_the_inspection(
    systems: Systems, api: Api, owner: User, received: Received
) -> None:
    _, number = received
    sent = ("images", ("a.jpg", make_tagged_picture(), "image/jpeg"))
    added = show(systems, number, sent, CLIP)
    assert added.status_code == 200, added.text
    photo, video = added.json()["content"]["evidence"]
    assert (photo["kind"], video["kind"]) == ("image", "video")
    before = read(api, received, owner)
    assert before["inspection"] is None
    assert len(before["evidence"]) == 1  # the customer's own
    assert row(systems, number)["found_evidence"] == [photo, video]
    assert systems.post(f"/returns/{number}/inspect", {"return_items": [REFUSED]}).is_success
    item = read(api, received, owner)
    assert item["inspection"]["evidence"] == [photo, video]
    assert item["evidence"] == before["evidence"]
    assert row(systems, number)["inspection"]["evidence"] == [photo, video]


def test_what_cameras_note_is_not_kept(
    systems: Systems, received: Received, database: Database
) -> None:
    _, number = received
    show(systems, number, ("images", ("a.jpg", make_tagged_picture(), "image/jpeg")))
    [media] = [one for one in rows(database, Media) if one.kind == "found_image"]
    file = get_gateways().storage.open(f"{media.id}/large.webp")
    assert file is not None
    with file:
        kept: Image.Image = open_picture(file.read())
    assert not kept.getexif()


def test_they_can_be_taken_out_until_it_is_complete(
    systems: Systems, api: Api, owner: User, received: Received, database: Database
) -> None:
    _, number = received
    first, second = show(systems, number, JPEG, JPEG).json()["content"]["evidence"]
    assert systems.request("DELETE", f"/returns/{number}/evidence/{first['id']}").is_success
    assert row(systems, number)["found_evidence"] == [second]
    [theirs] = row(systems, number)["evidence"]
    for one in (first, theirs):
        gone = systems.request("DELETE", f"/returns/{number}/evidence/{one['id']}")
        assert gone.status_code == 404
    systems.post(f"/returns/{number}/complete")
    late = systems.request("DELETE", f"/returns/{number}/evidence/{second['id']}")
    assert (late.status_code, late.json()["code"]) == (409, "return_not_movable")
    assert show(systems, number).json()["code"] == "return_not_movable"
    kinds = sorted(one.kind for one in rows(database, Media))
    assert kinds == ["evidence_image", "found_image"]
    assert len(read(api, received, owner)["evidence"]) == 1


@pytest.mark.parametrize("status", [ReturnStatus.CREATED, ReturnStatus.APPROVED])
def test_of_what_is_not_here_nothing_is_shown(
    systems: Systems, database: Database, owner: User, status: ReturnStatus
) -> None:
    order = make_order(database, owner, parcels=[{}])
    made = make_return(database, owner, order, return_item(), status=status)
    answer = show(systems, made.request_number)
    assert (answer.status_code, answer.json()["code"]) == (409, "return_not_movable")
    assert rows(database, Media) == []


@pytest.mark.parametrize(
    ("files", "sku", "status", "code"),
    [
        ([], "SKU-0", 400, "validation_error"),
        ([JPEG], "SKU-1", 422, "item_not_in_order"),
        ([JPEG], "", 400, "validation_error"),
        ([JPEG] * 6, "SKU-0", 400, "validation_error"),
        ([CLIP] * 2, "SKU-0", 400, "validation_error"),
        ([("images", ("a.jpg", b"no picture", "image/jpeg"))], "SKU-0", 415, None),
        ([("images", ("a.svg", b"<svg onload='a()'/>", "image/svg+xml"))], "SKU-0", 415, None),
    ],
)
def test_what_is_refused_leaves_nothing(
    systems: Systems,
    database: Database,
    received: Received,
    files: list[Any],
    sku: str,
    status: int,
    code: str | None,
) -> None:
    _, number = received
    before = len(rows(database, Evidence))
    at = f"/returns/{number}/evidence"
    answer = systems.post(at, data={"sku": sku}, files=files or [("other", ("", b""))])
    assert answer.status_code == status, answer.text
    assert code is None or answer.json()["code"] == code
    assert len(rows(database, Evidence)) == before


def test_a_line_has_as_many_as_a_customer_may_send(systems: Systems, received: Received) -> None:
    _, number = received
    assert show(systems, number, *[JPEG] * 3, CLIP).is_success
    assert show(systems, number, CLIP).json()["code"] == "too_much_evidence"
    assert show(systems, number, *[JPEG] * 3).json()["code"] == "too_much_evidence"
    assert show(systems, number, *[JPEG] * 2).is_success
    assert len(row(systems, number)["found_evidence"]) == 6


def test_who_may(
    systems: Systems, api: Api, database: Database, owner: User, received: Received
) -> None:
    order, number = received
    at = f"/returns/{number}/evidence"
    [kept] = show(systems, number).json()["content"]["evidence"]
    for key, status in (("", 401), (make_key(database, "returns:read"), 403)):
        assert show(systems, number, key=key).status_code == status
        gone = systems.request("DELETE", f"{at}/{kept['id']}", key=key)
        assert gone.status_code == status
    mine = f"/orders/{order.order_number}/evidence/{kept['id']}"
    assert api.delete(mine, user=owner).status_code == 404
    assert show(systems, "RET-NONE-1").status_code == 404
    assert row(systems, number)["found_evidence"] == [kept]


def test_a_customer_names_none_of_the_shops(
    systems: Systems, api: Api, database: Database, owner: User, received: Received
) -> None:
    order, number = received
    [kept] = show(systems, number).json()["content"]["evidence"]
    item = return_item(sku="SKU-1", evidence=[kept["id"]])
    body = {"return_items": [item]}
    answer = api.post(f"/orders/{order.order_number}/return", user=owner, json=body)
    assert answer.status_code in (400, 422), answer.text
    assert row(systems, number)["found_evidence"] == [kept]


def test_the_units_that_were_refused_show_it(
    systems: Systems, api: Api, database: Database, owner: User
) -> None:
    """Two requests for one line, each for its reason: what stands first is accepted first."""
    order = make_order(database, owner, lines=[make_line(0, quantity=2)], parcels=[{}])
    items = [return_item(), return_item(return_reason="Wrong item sent")]
    made = make_return(database, owner, order, *items, status=ReturnStatus.RECEIVED)
    show(systems, made.request_number)
    said = {"return_items": [REFUSED]}
    assert systems.post(f"/returns/{made.request_number}/inspect", said).is_success
    at = f"/orders/{order.order_number}/return/{made.request_number}"
    first, last = api.get(at, user=owner).json()["content"]["order_return"]["return_items"]
    assert (first["inspection"]["refused_quantity"], first["inspection"]["evidence"]) == (0, [])
    assert last["inspection"]["refused_quantity"] == 1
    assert len(last["inspection"]["evidence"]) == 1


def test_the_copy_of_ones_data_has_them_and_deletion_takes_them(
    systems: Systems,
    database: Database,
    owner: User,
    call: Callable[..., Any],
    received: Received,
) -> None:
    _, number = received
    assert show(systems, number).is_success
    [media] = [one for one in rows(database, Media) if one.kind == "found_image"]
    key = f"{media.id}/large.webp"
    assert f"files/{key}" in archive_of(call, owner).namelist()
    assert systems.post(f"/returns/{number}/complete").is_success
    for refund in rows(database, Refund):
        systems.post(f"/refunds/{refund.request_number}/approve")
        systems.post(f"/refunds/{refund.request_number}/settle", {"status": "success"})
    call(personal_data.delete_account)
    storage = get_gateways().storage
    assert storage.open(key) is None
    assert "found_image" not in {one.kind for one in rows(database, Media)}
