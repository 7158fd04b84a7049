"""The profile over HTTP."""

from pathlib import Path
from typing import Any

import pytest

from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.models import User
from tests.conftest import Api
from tests.doors import assert_only_for_owner, assert_refused
from tests.factories.pictures import make_flood, make_picture, make_tagged_picture, open_picture
from tests.factories.users import make_user

ROUTES = {
    "GET ": {},
    "PUT ": {"json": {"first_name": "Ada"}},
    "GET /profile-image": {},
    "POST /profile-image": {"files": {"image": ("me.jpg", make_picture(), "image/jpeg")}},
    "PUT /profile-image": {"files": {"image": ("me.jpg", make_picture(), "image/jpeg")}},
    "DELETE /profile-image": {},
    "GET /notification-preferences": {},
    "PUT /notification-preferences": {
        "json": {"notification_preferences": {"newsletter": {"email": True}}}
    },
}


def send(api: Api, route: str, user_id: str, **kwargs: Any) -> Any:
    method, _, tail = route.partition(" ")
    return api.request(method, f"/auth/user/{user_id}{tail}", **ROUTES[route], **kwargs)


def post_image(api: Api, user: User, content: bytes, name: str = "me.jpg") -> Any:
    return api.post(
        f"/auth/user/{user.id}/profile-image",
        user=user,
        files={"image": (name, content, "image/jpeg")},
    )


@pytest.mark.parametrize("route", ROUTES)
def test_only_the_owner_gets_in(
    api: Api, database: Database, owner: User, stranger: User, route: str
) -> None:
    assert post_image(api, owner, make_picture()).status_code == 200
    before = send(api, "GET ", owner.id, user=owner).json()
    assert_only_for_owner(
        api,
        database,
        owner,
        stranger,
        lambda user_id, **kwargs: send(api, route, user_id, **kwargs),
    )
    assert send(api, "GET ", owner.id, user=owner).json() == before
    response = send(api, route, owner.id, user=owner)
    assert response.status_code == 200, response.json()


def test_a_profile_has_the_contracts_shape(api: Api, owner: User) -> None:
    content = send(api, "GET ", owner.id, user=owner).json()["content"]
    assert set(content) == {"user"}
    assert "password_hash" not in content["user"]
    changed = send(api, "PUT ", owner.id, user=owner).json()["content"]
    assert set(changed) == {"user", "verification_required"}
    assert changed["user"] == {
        **content["user"],
        "first_name": "Ada",
        "modified_at": changed["user"]["modified_at"],
    }
    preferences = send(api, "GET /notification-preferences", owner.id, user=owner).json()
    assert preferences["content"] == {
        "notification_preferences": content["user"]["notification_preferences"]
    }


def test_a_customer_cannot_set_what_is_not_theirs_to_say(api: Api, owner: User) -> None:
    before = send(api, "GET ", owner.id, user=owner).json()["content"]["user"]
    response = api.put(
        f"/auth/user/{owner.id}",
        user=owner,
        json={
            "id": new_id(),
            "customer_id": new_id(),
            "is_email_verified": False,
            "is_phone_verified": True,
            "is_anonymous": True,
            "password_hash": "x",
            "picture_id": new_id(),
            "profile_image_url": "https://evil.example/x.png",
            "login_methods": [],
            "deactivated_at": "2020-01-01T00:00:00Z",
            "created_at": "2020-01-01T00:00:00Z",
        },
    )
    assert response.status_code == 200
    assert response.json()["content"] == {"user": before, "verification_required": []}


def test_a_new_contact_waits_and_a_taken_one_is_refused(
    api: Api, database: Database, owner: User
) -> None:
    make_user(database, email="taken@example.com", country_code="+91", phone="9876543210")
    path = f"/auth/user/{owner.id}"
    waiting = api.put(path, user=owner, json={"email": "New@Example.com"}).json()["content"]
    assert waiting["verification_required"] == [
        {
            "field": "email",
            "value": "new@example.com",
            "country_code": None,
            "otp_action": "update-email",
        }
    ]
    assert waiting["user"]["email"] == "owner@example.com"
    taken = api.put(path, user=owner, json={"email": "taken@example.com"})
    assert set(assert_refused(taken, 409, "email_taken")["error"]) == {"email"}
    taken = api.put(path, user=owner, json={"phone": "9876543210"})
    assert set(assert_refused(taken, 409, "phone_taken")["error"]) == {"phone"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "_"),
        ({"first_name": ""}, "first_name"),
        ({"first_name": "x" * 101}, "first_name"),
        ({"first_name": 1}, "first_name"),
        ({"last_name": "a\u0000"}, "last_name"),
        ({"email": "nobody"}, "email"),
        ({"phone": "12 34"}, "phone"),
        ({"phone": "98765432101"}, "phone"),
        ({"country_code": "91"}, "country_code"),
        ({"notification_preferences": None}, "notification_preferences"),
        ({"notification_preferences": {}}, "notification_preferences"),
        (
            {"notification_preferences": {"newsletter": {}}},
            "notification_preferences.newsletter",
        ),
        (
            {"notification_preferences": {"newsletter": {"sms": "yes"}}},
            "notification_preferences.newsletter.sms",
        ),
    ],
)
def test_a_bad_profile_field_is_named_and_nothing_changes(
    api: Api, owner: User, body: dict[str, Any], field: str
) -> None:
    before = send(api, "GET ", owner.id, user=owner).json()
    response = api.put(f"/auth/user/{owner.id}", user=owner, json=body)
    assert set(assert_refused(response, 400, "validation_error")["error"]) == {field}
    assert send(api, "GET ", owner.id, user=owner).json() == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "notification_preferences"),
        ({"notification_preferences": {"promotional": {"email": 1}}}, None),
        ({"notification_preferences": {"promotional": None}}, None),
        ({"notification_preferences": []}, None),
    ],
)
def test_bad_opt_ins_are_refused(
    api: Api, owner: User, body: dict[str, Any], field: str | None
) -> None:
    path = f"/auth/user/{owner.id}/notification-preferences"
    error = assert_refused(api.put(path, user=owner, json=body), 400, "validation_error")["error"]
    assert all(name.startswith("notification_preferences") for name in error)
    assert field is None or set(error) == {field}


def test_an_uploaded_picture_is_served_clean_in_two_sizes(api: Api, owner: User) -> None:
    response = post_image(api, owner, make_tagged_picture())
    address = response.json()["content"]["profile_image_url"]
    profile = send(api, "GET ", owner.id, user=owner).json()["content"]["user"]
    assert profile["profile_image_url"] == address
    read = send(api, "GET /profile-image", owner.id, user=owner)
    assert read.json()["content"] == {"profile_image_url": address}
    served = api.client.get(address)
    assert b"ecret" not in served.content
    assert open_picture(served.content).size == (480, 480)


@pytest.mark.parametrize("route", ["GET", "PUT", "DELETE"])
def test_a_picture_that_is_not_there_is_not_found(api: Api, owner: User, route: str) -> None:
    response = send(api, f"{route} /profile-image", owner.id, user=owner)
    assert_refused(response, 404, "profile_image_not_found")


def test_deleting_a_picture_twice_finds_it_once(api: Api, owner: User) -> None:
    post_image(api, owner, make_picture())
    gone = send(api, "DELETE /profile-image", owner.id, user=owner)
    assert set(gone.json()) == {"message", "success"}
    again = send(api, "DELETE /profile-image", owner.id, user=owner)
    assert_refused(again, 404, "profile_image_not_found")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 415, "unsupported_media_type"),
        (b"GIF89a" + b"\0" * 50, 415, "unsupported_media_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "unsupported_media_type"),
        (make_picture()[:-200], 400, "validation_error"),
        (make_flood(), 400, "validation_error"),
        (make_picture().ljust(5 * 1024 * 1024 + 1, b"\0"), 413, "payload_too_large"),
        (b"\xff\xd8\xff" + b"\0" * (7 * 1024 * 1024), 413, "payload_too_large"),
    ],
    ids=["empty", "gif", "svg", "cut", "flood", "over", "far over"],
)
def test_a_bad_picture_is_refused_and_the_old_one_stays(
    api: Api, owner: User, tmp_path: Path, content: bytes, status: int, code: str
) -> None:
    post_image(api, owner, make_picture())
    before = send(api, "GET /profile-image", owner.id, user=owner).json()
    files = sorted((tmp_path / "media").rglob("*"))
    for method in ("POST", "PUT"):
        response = api.request(
            method,
            f"/auth/user/{owner.id}/profile-image",
            user=owner,
            files={"image": ("fine.png", content, "image/png")},
        )
        assert_refused(response, status, code)
    assert send(api, "GET /profile-image", owner.id, user=owner).json() == before
    assert sorted((tmp_path / "media").rglob("*")) == files


@pytest.mark.parametrize(
    ("kwargs", "status", "code"),
    [
        ({"json": {"image": "x"}}, 415, "unsupported_media_type"),
        ({"content": b"raw", "headers": {"Content-Type": "image/png"}}, 415, None),
        ({"files": {"picture": ("me.jpg", make_picture(), "image/jpeg")}}, 400, None),
        ({"data": {"image": "text"}, "files": {"x": ("x", b"", "text/plain")}}, 400, None),
        (
            {
                "content": b"--b\r\nbroken",
                "headers": {"Content-Type": "multipart/form-data; boundary=b"},
            },
            400,
            None,
        ),
        ({"content": b"", "headers": {"Content-Type": "multipart/form-data"}}, 400, None),
    ],
    ids=["json", "raw", "other field", "text field", "broken form", "no boundary"],
)
def test_a_form_that_holds_no_picture_is_refused(
    api: Api, owner: User, kwargs: dict[str, Any], status: int, code: str | None
) -> None:
    response = api.post(f"/auth/user/{owner.id}/profile-image", user=owner, **kwargs)
    code = code or {400: "validation_error", 415: "unsupported_media_type"}[status]
    assert_refused(response, status, code)


def test_a_profile_takes_two_statements(api: Api, owner: User, statements: list[str]) -> None:
    api.token(owner)
    statements.clear()
    send(api, "GET ", owner.id, user=owner)
    assert len(statements) == 2, statements
