"""The profile's state: for its owner, with contacts of strangers, for nobody."""

import asyncio
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import reflex as rx
from starlette.datastructures import Headers

from account_portal.core.db import Database
from account_portal.models import User
from account_portal.profile.state.profile import ProfileState
from tests.factories.auth import change_user, codes_sent, last_code, load_user, other_code
from tests.factories.pictures import make_picture
from tests.page_states import Tab


@pytest.fixture
def tab(database: Database, owner: User) -> Tab:
    return Tab(database, owner, "/profile")


def opened(tab: Tab) -> Any:
    state = tab.state(ProfileState)
    tab.press(state, "load")
    assert state.phase == "ready"
    return state


def upload(content: bytes, name: str = "me.jpg") -> rx.UploadFile:
    headers = Headers({"content-type": "image/jpeg"})
    return rx.UploadFile(file=BytesIO(content), path=Path(name), size=len(content), headers=headers)


def test_a_name_is_changed_in_place(tab: Tab, database: Database, owner: User) -> None:
    state = opened(tab)
    tab.press(state, "rename")
    tab.press(state, "save_name", {"first_name": " ", "last_name": "Rao"})
    assert state.errors == {"first_name": "Please fill this in."}
    assert state.is_renaming
    tab.press(state, "save_name", {"first_name": "Asha", "last_name": ""})
    assert not state.is_renaming
    found = load_user(database, owner)
    assert (found.first_name, found.last_name) == ("Asha", None)


def test_an_email_is_changed_by_code(tab: Tab, database: Database, owner: User) -> None:
    state = opened(tab)
    tab.press(state, "change_contact", "email")
    tab.press(state, "send_code", {"email": " Olivia@New.example.com "})
    assert state.is_confirming
    assert codes_sent(database)[-1][:2] == ("email", "olivia@new.example.com")
    assert load_user(database, owner).email == owner.email
    code = last_code(database)
    tab.press(state, "confirm", {"otp": other_code(code)})
    assert state.errors["otp"]
    assert state.asked == "email"
    tab.press(state, "confirm", {"otp": code})
    assert state.asked == ""
    assert state.profile.email == "olivia@new.example.com"
    assert load_user(database, owner).is_email_verified


def test_the_code_never_reaches_the_page(tab: Tab, database: Database) -> None:
    state = opened(tab)
    tab.press(state, "change_contact", "email")
    tab.press(state, "send_code", {"email": "next@example.com"})
    shown = repr(state.dict())
    assert last_code(database) not in shown
    assert state._otp_token
    assert state._otp_token not in shown


def test_a_strangers_contact_is_refused_at_its_field(
    tab: Tab, database: Database, owner: User, stranger: User
) -> None:
    state = opened(tab)
    tab.press(state, "change_contact", "email")
    tab.press(state, "send_code", {"email": stranger.email})
    assert state.errors == {"email": "Another account has this e-mail address."}
    assert not state.is_confirming
    tab.press(state, "send_code", {"email": owner.email})
    assert state.errors == {"email": "This is verified already."}
    tab.press(state, "send_code", {"email": "nonsense"})
    assert state.errors == {"email": "This is not a valid e-mail address."}
    assert codes_sent(database) == []


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
def test_a_phone_is_added_by_code(tab: Tab, database: Database, owner: User, channel: str) -> None:
    state = opened(tab)
    tab.press(state, "change_contact", "phone")
    tab.press(
        state,
        "send_code",
        {"country_code": "+91", "phone": "+91 98765 43210", "channel": channel},
    )
    assert codes_sent(database)[-1][:2] == (channel, "+919876543210")
    tab.press(state, "confirm", {"otp": last_code(database)})
    found = load_user(database, owner)
    assert (found.country_code, found.phone, found.is_phone_verified) == (
        "+91",
        "9876543210",
        True,
    )


def test_an_unverified_contact_is_verified(database: Database, owner: User, tab: Tab) -> None:
    change_user(database, owner, is_email_verified=False)
    state = opened(tab)
    tab.press(state, "verify_contact", "email")
    assert state.is_confirming
    assert state.sent_to == owner.email
    tab.press(state, "send_again")
    assert "30 seconds" in state.errors["_"]
    tab.press(state, "stop_asking")
    tab.press(state, "verify_contact", "email")
    assert state.errors == {}  # the code that was just sent is still good
    tab.press(state, "confirm", {"otp": last_code(database)})
    assert load_user(database, owner).is_email_verified


def test_only_contacts_are_asked_for(tab: Tab, database: Database) -> None:
    state = opened(tab)
    tab.press(state, "change_contact", "password")
    tab.press(state, "verify_contact", "password")
    assert state.asked == ""
    assert codes_sent(database) == []


def test_a_code_of_somebody_else_changes_nothing(
    tab: Tab, database: Database, owner: User, stranger: User
) -> None:
    theirs = Tab(database, stranger, "/profile")
    state = opened(theirs)
    theirs.press(state, "change_contact", "email")
    theirs.press(state, "send_code", {"email": "mine@example.com"})
    token, code = state._otp_token, last_code(database)
    mine = opened(tab)
    tab.press(mine, "change_contact", "email")
    mine._otp_token = token
    tab.press(mine, "confirm", {"otp": code})
    assert load_user(database, owner).email == owner.email
    assert load_user(database, stranger).email == stranger.email


def test_a_picture_is_set_and_removed(tab: Tab, database: Database, owner: User) -> None:
    state = opened(tab)
    tab.press(state, "choose_picture")
    tab.press(state, "save_picture", [])
    assert state.errors["image"]
    tab.press(state, "save_picture", [upload(b"GIF89a nonsense")])
    assert state.errors["image"] == "Send a JPEG, PNG or WebP picture."
    tab.press(state, "save_picture", [upload(make_picture()[:300])])
    assert "damaged" in state.errors["image"]
    assert state.is_picturing
    tab.press(state, "save_picture", [upload(make_picture())])
    assert state.errors == {}
    assert state.profile.profile_image_url.startswith("/api/media/")
    assert asyncio.run(state._look()).picture_url.startswith("/api/media/")
    assert not state.is_picturing
    tab.press(state, "remove_picture")
    tab.press(state, "remove_picture")
    assert state.profile.profile_image_url is None
    assert load_user(database, owner).picture_id is None


def test_a_picture_that_is_too_large_is_refused(tab: Tab) -> None:
    state = opened(tab)
    tab.press(state, "save_picture", [upload(b"\xff\xd8\xff" + bytes(5 * 1024 * 1024))])
    assert "5 MB" in state.errors["image"]


@pytest.mark.parametrize("sent", [{}, {"progress": None}, {"progress": "x"}, {"progress": 99}])
def test_progress_stays_a_percentage(tab: Tab, sent: dict[str, Any]) -> None:
    state = opened(tab)
    tab.press(state, "show_progress", sent)
    assert 0 <= state.progress <= 100


def test_a_code_waits_until_its_customer_has_signed_in_again(
    tab: Tab, database: Database, owner: User
) -> None:
    state = opened(tab)
    tab.press(state, "change_contact", "email")
    tab.press(state, "send_code", {"email": "next@example.com"})
    later = Tab(database, None, "/profile")
    nobodys = later.state(ProfileState)
    nobodys.asked, nobodys.is_new_contact = "email", True
    nobodys._otp_token = state._otp_token
    later.press(nobodys, "confirm", {"otp": last_code(database)})
    assert nobodys.signed_out
    assert load_user(database, owner).email == owner.email
    tab.press(state, "confirm", {"otp": last_code(database)})
    assert load_user(database, owner).email == "next@example.com"


def test_nobody_is_led_to_sign_in(database: Database, owner: User) -> None:
    tab = Tab(database, None, "/profile")
    state = tab.state(ProfileState)
    assert tab.press(state, "load")
    state.asked = "email"  # as if the dialog had been open when the session ended
    for handler, args in {
        "change_contact": ("email",),
        "save_name": ({"first_name": "Eve"},),
        "save_picture": ([upload(b"not even a picture")],),
        "remove_picture": (),
        "verify_contact": ("email",),
        "send_code": ({"email": "eve@example.com"},),
    }.items():
        state.signed_out = False
        tab.press(state, handler, *args)
        assert state.signed_out, handler
    found = load_user(database, owner)
    assert (found.first_name, found.email, found.picture_id) == ("Olivia", owner.email, None)
    assert state.profile is None


def test_what_is_called_off_changes_nothing(tab: Tab, database: Database, owner: User) -> None:
    state = opened(tab)
    tab.press(state, "rename")
    tab.press(state, "save_name", {"first_name": ""})
    tab.press(state, "stop_renaming")
    assert (state.is_renaming, state.errors) == (False, {})
    tab.press(state, "choose_picture")
    tab.press(state, "pick_picture", 1)
    assert state.has_picked
    tab.press(state, "stop_picturing")
    assert (state.is_picturing, state.has_picked) == (False, False)
    assert load_user(database, owner).first_name == owner.first_name
