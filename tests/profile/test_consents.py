"""Every opt-in that is turned is noted, whoever turns it."""

from pathlib import Path
from typing import Any

from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.models import ConsentChange, NotificationPreference, User
from account_portal.profile import service
from account_portal.profile.schemas import NotificationPreferencesUpdate
from tests.conftest import Api
from tests.doors import assert_only_for_owner
from tests.factories.records import bring_in, rows, write


def turn(call: Any, kind: str, channel: str, on: bool) -> None:
    wanted = NotificationPreferencesUpdate.model_validate({kind: {channel: on}})
    call(service.update_preferences, wanted)


def noted(database: Database) -> list[tuple[str, bool, str]]:
    return [(one.name, one.is_on, one.source) for one in rows(database, ConsentChange)]


def test_what_is_turned_is_noted_once(database: Database, owner: User, call: Any) -> None:
    turn(call, "promotional", "sms", True)
    turn(call, "promotional", "sms", True)
    turn(call, "promotional", "sms", False)
    assert noted(database) == [
        ("promotional_sms", True, "customer"),
        ("promotional_sms", False, "customer"),
    ]


def test_what_fails_is_not_noted(database: Database, owner: User, acting: Any) -> None:
    wanted = NotificationPreferencesUpdate.model_validate({"newsletter": {"email": True}})
    try:
        with acting(owner) as ctx:
            service.update_preferences(ctx, wanted)
            raise RuntimeError("the disk is full")
    except RuntimeError:
        pass
    assert noted(database) == []


def test_the_shop_turns_one(database: Database, owner: User, acting: Any) -> None:
    with acting(SHOP) as ctx:
        ctx.db.get_one(NotificationPreference, owner.id).transactional_email = False
    assert noted(database) == [("transactional_email", False, "shop")]


def test_an_import_brings_consent(database: Database, tmp_path: Path) -> None:
    yes = {"type": "customer", "email": "yes@shop.example", "accepts_marketing": True}
    no = {"type": "customer", "email": "no@shop.example"}
    summary, _ = bring_in(database, write(tmp_path / "file", yes, no))
    brought = [
        ("promotional_email", True, "import")
        for one in rows(database, NotificationPreference)
        if one.promotional_email
    ]
    assert summary.written["customer"] == 2
    assert noted(database) == brought


def test_over_http(api: Api, database: Database, owner: User, stranger: User, call: Any) -> None:
    def send(user_id: str, **kwargs: Any) -> Any:
        return api.get(f"/auth/user/{user_id}/notification-preferences/changes", **kwargs)

    assert_only_for_owner(api, database, owner, stranger, send)
    turn(call, "newsletter", "email", True)
    [one] = send(owner.id, user=owner).json()["content"]["changes"]
    assert (one["kind"], one["channel"], one["is_on"]) == ("newsletter", "email", True)
    assert one["source"] == "customer"
    assert send(stranger.id, user=stranger).json()["content"]["changes"] == []
