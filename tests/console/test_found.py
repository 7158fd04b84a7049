"""Staff show by photos what they found in a return: files come through a form without a script."""

from collections.abc import Callable
from typing import Any

import pytest

from account_portal.console.rules import Role
from account_portal.core.db import Database
from account_portal.models import AuditEntry, Media, OrderReturn, User
from account_portal.states import ReturnStatus
from tests.console.conftest import ORIGIN, Browser
from tests.factories.orders import make_line, make_order
from tests.factories.pictures import make_picture
from tests.factories.records import rows
from tests.factories.returns import make_return, return_item
from tests.factories.reviews import MP4

SignedIn = Callable[..., Browser]
PHOTO = ("files", ("a.jpg", make_picture(size=(8, 8)), "image/jpeg"))
CLIP = ("files", ("a.mp4", MP4, "video/mp4"))


@pytest.fixture
def received(database: Database, owner: User) -> OrderReturn:
    order = make_order(database, owner, lines=[make_line(0, quantity=2)], parcels=[{}])
    made = make_return(database, owner, order, return_item(), status=ReturnStatus.RECEIVED)
    [row] = [
        one for one in rows(database, OrderReturn) if one.request_number == made.request_number
    ]
    return row


def path_of(browser: Browser, request: OrderReturn) -> str:
    text = browser.get("/returns").text
    start = text.index("/console/orders/")
    return text[start : text.index('"', start)].partition("#")[0].removeprefix("/console")


def send(browser: Browser, form: dict[str, Any], *files: Any, origin: str = ORIGIN) -> Any:
    if browser.clock:
        browser.clock.advance(seconds=1)  # people take their time
    at, headers = "/console/do/return.show", {"Origin": origin}
    return browser.client.post(at, data=form, files=list(files), headers=headers)


def test_photos_are_added_shown_and_taken_out(
    database: Database, signed_in: SignedIn, received: OrderReturn
) -> None:
    staff = signed_in(Role.WAREHOUSE)
    at = path_of(staff, received)
    form = staff.page(at).form("return.show", received.request_number)
    form.pop("files")
    assert send(staff, form | {"sku": "SKU-0"}, PHOTO, CLIP).status_code == 303
    assert "2 files added" in staff.told()
    assert sorted(one.kind for one in rows(database, Media)) == ["found_image", "found_video"]
    page = staff.get(at).text
    assert "What we found:" in page
    assert f"Photos of what was found in return {received.request_number} added" in page
    assert page.count("/console/do/return.hide") == 2
    hidden = [one for one in staff.page(at).forms if one["action"].endswith("return.hide")]
    staff.post("/do/return.hide", hidden[0]["fields"])
    assert "removed" in staff.told()
    assert len(rows(database, Media)) == 1
    noted = [one for one in rows(database, AuditEntry) if one.action.startswith("return.")]
    assert [one.action for one in noted] == ["return.show", "return.hide"]


def test_what_is_no_picture_is_told_and_changes_nothing(
    database: Database, signed_in: SignedIn, received: OrderReturn
) -> None:
    staff = signed_in(Role.WAREHOUSE)
    at = path_of(staff, received)
    form = staff.page(at).form("return.show", received.request_number)
    form.pop("files")
    fake = ("files", ("a.jpg", b"<svg/>", "image/jpeg"))
    answer = send(staff, form | {"sku": "SKU-0"}, fake)
    assert answer.status_code in (303, 415)
    empty = ("files", ("", b"", "application/octet-stream"))
    send(staff, form | {"sku": "SKU-0"}, empty)
    assert "at least one photo" in staff.told()
    assert rows(database, Media) == []


def test_files_of_nobody_and_of_other_sites_are_not_read(
    database: Database, signed_in: SignedIn, browser: Callable[[], Browser], received: OrderReturn
) -> None:
    form = {"number": received.request_number, "sku": "SKU-0", "back": "/console"}
    signed_in(Role.WAREHOUSE)  # there is staff
    assert send(browser(), form, PHOTO).status_code in (303, 401)
    reader = signed_in(Role.VIEWER)
    assert send(reader, form, PHOTO).status_code == 403
    staff = signed_in(Role.SUPPORT)
    assert send(staff, form, PHOTO, origin="https://evil.example").status_code == 403
    assert rows(database, Media) == []
