"""The profile: names at once, contacts after a code, opt-ins, and the picture with its files."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from account_portal.auth.rules.errors import EmailTaken, PhoneTaken
from account_portal.context import Actor, Caller, enter
from account_portal.core.db import Database
from account_portal.core.errors import LoginRequired, NotAuthenticated
from account_portal.core.schemas import Upload
from account_portal.models import Media, NotificationPreference, User
from account_portal.profile import service
from account_portal.profile.schemas import (
    NotificationPreferencesUpdate,
    ProfileImageUpload,
    UserUpdate,
    UserUpdateResult,
)
from tests.conftest import Clock, actor_of
from tests.factories.orders import make_order
from tests.factories.pictures import make_picture
from tests.factories.users import make_user

Call = Callable[..., Any]
NEW_USER = {
    "transactional": {"email": True, "sms": True, "whatsapp": True},
    "promotional": {"email": False, "sms": False, "whatsapp": False},
    "newsletter": {"email": False, "sms": False, "whatsapp": False},
}


def change(call: Call, actor: User | None = None, **values: Any) -> UserUpdateResult:
    return call(service.update_profile, UserUpdate(**values), actor=actor)


def image(content: bytes | None = None) -> ProfileImageUpload:
    content = content or make_picture()
    return ProfileImageUpload(image=Upload("me.jpg", "image/jpeg", len(content), BytesIO(content)))


def test_who_ordered_before_the_account_was_made_was_a_customer_then(
    call: Call, database: Database, owner: User
) -> None:
    assert call(service.customer_since) == owner.created_at
    make_order(database, owner, at=owner.created_at + timedelta(days=1))
    assert call(service.customer_since) == owner.created_at
    first = datetime(1996, 7, 4, tzinfo=UTC)
    make_order(database, owner, at=first)
    assert call(service.customer_since) == first


def test_a_profile_is_what_is_known_of_the_user(call: Call, owner: User) -> None:
    profile = call(service.read_profile).view()
    assert profile.model_dump(mode="json") == {
        "id": owner.id,
        "customer_id": owner.customer_id,
        "first_name": "Olivia",
        "last_name": "Owner",
        "email": "owner@example.com",
        "is_email_verified": True,
        "phone": None,
        "country_code": None,
        "is_phone_verified": False,
        "profile_image_url": None,
        "is_anonymous": False,
        "is_logged_in": True,
        "login_methods": ["email", "password"],
        "notification_preferences": NEW_USER,
        "created_at": profile.model_dump(mode="json")["created_at"],
        "modified_at": profile.model_dump(mode="json")["modified_at"],
    }
    assert profile.created_at == owner.created_at


def test_names_change_at_once(call: Call, clock: Clock) -> None:
    clock.advance(days=1)
    result = change(call, first_name="Ada", last_name=None)
    assert result.verification_required == []
    assert (result.user.first_name, result.user.last_name) == ("Ada", None)
    assert result.user.modified_at == clock.now
    assert call(service.read_profile).view() == result.user


def test_a_change_that_changes_nothing_changes_nothing(call: Call, clock: Clock) -> None:
    before = call(service.read_profile).view()
    clock.advance(days=1)
    same = change(
        call,
        first_name=before.first_name,
        email="OWNER@example.com",
        phone=None,
        id="ignored",
        is_phone_verified=True,
    )
    assert same == UserUpdateResult(user=before, verification_required=[])


def test_a_new_contact_waits_for_its_code(call: Call) -> None:
    before = call(service.read_profile).view()
    result = change(call, email="new@example.com", phone="9876543210")
    assert result.user == before
    assert [(wait.field, wait.value) for wait in result.verification_required] == [
        ("email", "new@example.com"),
        ("phone", "9876543210"),
    ]
    assert call(service.read_profile).view() == before


def test_a_contact_of_another_account_is_taken_and_nothing_changes(
    call: Call, database: Database
) -> None:
    make_user(database, email="taken@example.com", country_code="+91", phone="9876543210")
    before = call(service.read_profile).view()
    with pytest.raises(EmailTaken):
        change(call, first_name="Ada", email="Taken@Example.com")
    with pytest.raises(PhoneTaken):
        change(call, first_name="Ada", phone="9876543210")
    assert call(service.read_profile).view() == before
    free = change(call, phone="9876543210", country_code="+1")
    assert free.verification_required[0].country_code == "+1"


def test_a_contact_of_a_closed_account_stays_taken(
    call: Call, database: Database, clock: Clock
) -> None:
    make_user(database, email="gone@example.com", deactivated_at=clock.now)
    with pytest.raises(EmailTaken):
        change(call, email="gone@example.com")


def test_opt_ins_change_with_the_profile_and_on_their_own(call: Call) -> None:
    result = change(call, notification_preferences={"newsletter": {"email": True}})
    expected = {**NEW_USER, "newsletter": {"email": True, "sms": False, "whatsapp": False}}
    assert result.user.notification_preferences.model_dump() == expected
    data = NotificationPreferencesUpdate(
        transactional={"sms": False}, promotional={"whatsapp": True, "email": True}
    )
    changed = call(service.update_preferences, data)
    expected["transactional"] = {"email": True, "sms": False, "whatsapp": True}
    expected["promotional"] = {"email": True, "sms": False, "whatsapp": True}
    assert changed.model_dump() == expected
    assert call(service.read_preferences) == changed
    assert call(service.read_profile).view().notification_preferences == changed


def test_an_imported_user_without_opt_ins_has_those_of_a_new_one(
    call: Call, database: Database, owner: User
) -> None:
    with database.session(writes=True) as db:
        db.delete(db.get_one(NotificationPreference, owner.id))
        db.commit()
    assert call(service.read_preferences).model_dump() == NEW_USER
    assert call(service.read_profile).view().notification_preferences.model_dump() == NEW_USER
    data = NotificationPreferencesUpdate(newsletter={"sms": True})
    assert call(service.update_preferences, data).newsletter.sms
    assert call(service.read_preferences).transactional.email


def test_strangers_profiles_are_apart(call: Call, stranger: User) -> None:
    change(call, first_name="Ada", notification_preferences={"newsletter": {"sms": True}})
    call(service.set_picture, image())
    theirs = call(service.read_profile, actor=stranger).view()
    assert (theirs.id, theirs.first_name) == (stranger.id, "Stan")
    assert theirs.notification_preferences.model_dump() == NEW_USER
    assert theirs.profile_image_url is None


@pytest.mark.parametrize(
    ("who", "error"), [(Actor(), NotAuthenticated), (Actor(kind="visitor"), LoginRequired)]
)
def test_nobody_else_gets_in(
    acting: Callable[..., Any], who: Actor, error: type[Exception]
) -> None:
    calls: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
        (service.read_profile, ()),
        (service.update_profile, (UserUpdate(first_name="X"),)),
        (service.read_preferences, ()),
        (
            service.update_preferences,
            (NotificationPreferencesUpdate(newsletter={"sms": True}),),
        ),
        (service.read_picture, ()),
        (service.set_picture, (image(),)),
        (service.replace_picture, (image(),)),
        (service.remove_picture, ()),
    ]
    for function, arguments in calls:
        with acting(who) as ctx, pytest.raises(error):
            function(ctx, *arguments)


def kept(database: Database, tmp_path: Path) -> tuple[int, int]:
    """How many pictures the database knows, and how many files there are."""
    with database.engine.connect() as connection:
        rows = connection.execute(Media.__table__.select()).all()  # type: ignore[attr-defined]
    files = [path for path in (tmp_path / "media").rglob("*") if path.is_file()]
    return len(rows), len(files)


def test_a_picture_is_set_replaced_and_removed_with_its_files(
    call: Call, database: Database, tmp_path: Path
) -> None:
    first = call(service.set_picture, image())
    assert call(service.read_picture) == first
    assert call(service.read_profile).view().profile_image_url == first.profile_image_url
    assert kept(database, tmp_path) == (1, 2)
    second = call(service.set_picture, image(make_picture("PNG")))
    assert second != first
    assert kept(database, tmp_path) == (1, 2)
    third = call(service.replace_picture, image(make_picture("WEBP")))
    assert third not in (first, second)
    assert call(service.read_picture) == third
    assert kept(database, tmp_path) == (1, 2)
    call(service.remove_picture)
    assert kept(database, tmp_path) == (0, 0)
    assert call(service.read_profile).view().profile_image_url is None


def test_without_a_picture_there_is_nothing_to_read_replace_or_remove(call: Call) -> None:
    for function, arguments in (
        (service.read_picture, ()),
        (service.replace_picture, (image(),)),
        (service.remove_picture, ()),
    ):
        with pytest.raises(service.ProfileImageNotFound):
            call(function, *arguments)


def test_racing_uploads_leave_one_picture(
    call: Call, database: Database, owner: User, tmp_path: Path
) -> None:
    gate = threading.Barrier(6)
    failures: list[Exception] = []

    def run() -> None:
        gate.wait()
        try:
            with enter(Caller(), writes=False, actor=actor_of(owner), database=database) as ctx:
                service.set_picture(ctx, image())
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert kept(database, tmp_path) == (1, 2)


def test_a_profile_is_one_statement(call: Call, statements: list[str]) -> None:
    statements.clear()
    call(service.read_profile).view()
    assert len(statements) == 1
