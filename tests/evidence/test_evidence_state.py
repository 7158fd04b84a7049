"""Photos and videos on the forms, without a browser: what is taken, and what is not."""

from collections.abc import Sequence
from typing import Any

import pytest

from account_portal.claims.state import ReportProblemState
from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.evidence import service
from account_portal.evidence.rules import NEEDED
from account_portal.guests.state import FoundOrderState
from account_portal.models import Claim, Evidence, Media, Order, OrderReturn, User
from account_portal.orders import service as orders
from account_portal.orders.schemas import Policy
from account_portal.returns.state import RequestReturnState
from account_portal.security.cookies import order_cookie_name
from tests.factories.evidence import page_file
from tests.factories.orders import make_line, make_order
from tests.factories.pictures import make_picture
from tests.factories.records import rows
from tests.factories.reviews import WEBM
from tests.guests.test_find_order import opened
from tests.open_pages import OpenPage
from tests.page_states import Tab

SKU = "SKU-0"
FORMS: Any = pytest.mark.parametrize("kind", [RequestReturnState, ReportProblemState])


@pytest.fixture
def asked(call: Any) -> None:
    """The store asks for evidence of what is damaged."""
    rule = {
        "name": "Show it",
        "returns": {"evidence_for": ["damaged"]},
        "claims": {"evidence_for": ["damaged"]},
    }
    policy = Policy.model_validate({"rules": [rule]})
    call(orders.set_policy, policy, source="file", actor=SHOP)


def make(database: Database, owner: User, clock: Any) -> Order:
    lines = [make_line(0), make_line(1)]
    mine = {"customer_email": "owner@example.com"}
    return make_order(database, owner, lines=lines, parcels=[{}], at=clock.now, **mine)


def open_form(database: Database, kind: Any, user: User | None, order: Order) -> OpenPage:
    number = order.order_number
    name = "return" if kind is RequestReturnState else "claim"
    page = OpenPage(database, kind, user, f"/orders/{number}/{name}", order_number=number)
    page.run("load")
    return page


def choose_damaged(page: OpenPage, kind: Any) -> None:
    page.run("choose", SKU, on=True)
    if kind is RequestReturnState:
        page.run("choose_reason", SKU, "Damaged or faulty")
    else:
        page.run("choose_problem", SKU, "damaged")


def damaged_form(
    database: Database,
    kind: Any,
    user: User,
    order: Order,
    files: Sequence[Any] | None = None,
) -> OpenPage:
    """A form on which an item is damaged, shown by these files if there are any to send."""
    page = open_form(database, kind, user, order)
    choose_damaged(page, kind)
    if files is not None:
        page.run("add_evidence", SKU, files)
    return page


def go_on(page: OpenPage, kind: Any) -> list[str]:
    return page.run("choose_items" if kind is RequestReturnState else "go_on", {})


@FORMS
def test_what_the_store_asks_to_see_is_asked_for(
    database: Database, owner: User, clock: Any, asked: None, kind: Any
) -> None:
    page = damaged_form(database, kind, owner, make(database, owner, clock))
    assert go_on(page, kind) == []
    assert page.errors == {f"evidence-{SKU}": NEEDED}
    page.run("add_evidence", SKU, [page_file(), page_file(WEBM, "a.webm")])
    assert [file.kind for file in page.lines[0].evidence] == ["image", "video"]
    assert (page.errors, page.uploads, page.progress) == ({}, 1, 0)
    [target] = go_on(page, kind)
    page.go(target)
    page.run("load")
    assert page.step == 2
    assert [file.kind for file in page.lines[0].evidence] == ["image", "video"]
    if kind is RequestReturnState:
        page.go(page.run("choose_pickup", {})[-1])
        page.run("load")
    page.run("send")
    assert len(rows(database, OrderReturn) + rows(database, Claim)) == 1
    used = [row.return_item_id or row.claim_item_id for row in rows(database, Evidence)]
    assert len(used) == 2
    assert None not in used


BAD: list[tuple[list[Any], str]] = [
    ([page_file(b"no picture")], "a.png: Send a JPEG, PNG or WebP picture."),
    ([page_file(), page_file(make_picture()[:300], "b.png")], "b.png: This cannot be read"),
    ([page_file(b"no video", "a.webm")], "a.webm: Send an MP4, MOV or WebM video."),
    ([page_file() for _ in range(6)], "At most 5 photos and 1 video."),
    ([page_file(WEBM, f"{one}.webm") for one in range(2)], "At most 5 photos and 1 video."),
    ([], "Send at least one photo or video"),
]


@FORMS
@pytest.mark.parametrize(("files", "words"), BAD)
def test_what_is_not_taken_is_told_at_its_field(
    database: Database, owner: User, clock: Any, kind: Any, files: list[Any], words: str
) -> None:
    page = damaged_form(database, kind, owner, make(database, owner, clock), files)
    assert list(page.errors) == [f"evidence-{SKU}"]
    assert page.errors[f"evidence-{SKU}"].startswith(words)
    assert page.lines[0].evidence == []
    assert rows(database, Media) == []


@FORMS
def test_a_file_is_taken_out_again(
    database: Database, owner: User, clock: Any, call: Any, kind: Any
) -> None:
    order = make(database, owner, clock)
    page = damaged_form(database, kind, owner, order, [page_file(), page_file()])
    first, second = (file.id for file in page.lines[0].evidence)
    page.run("remove_evidence", SKU, new_id())
    page.run("remove_evidence", SKU, first)
    assert [row.id for row in rows(database, Evidence)] == [second]
    call(service.delete_evidence, order.order_number, second)  # as the sweep does
    page.run("remove_evidence", SKU, second)
    assert page.lines[0].evidence == []
    assert page.errors == {}


@FORMS
def test_what_went_meanwhile_is_asked_for_again(
    database: Database, owner: User, clock: Any, call: Any, kind: Any
) -> None:
    order = make(database, owner, clock)
    page = damaged_form(database, kind, owner, order, [page_file()])
    call(service.delete_evidence, order.order_number, page.lines[0].evidence[0].id)
    assert go_on(page, kind) == []
    assert page.errors["_"].startswith("A photo or video is not there any more.")
    assert page.lines[0].evidence == []
    assert len(go_on(page, kind)) == 1


@FORMS
def test_what_goes_before_the_last_press_leads_back(
    database: Database, owner: User, clock: Any, call: Any, kind: Any
) -> None:
    order = make(database, owner, clock)
    page = damaged_form(database, kind, owner, order, [page_file()])
    page.go(go_on(page, kind)[-1])
    page.run("load")
    if kind is RequestReturnState:
        page.go(page.run("choose_pickup", {})[-1])
        page.run("load")
    call(service.delete_evidence, order.order_number, page.lines[0].evidence[0].id)
    name = "return" if kind is RequestReturnState else "claim"
    assert page.run("send") == [f"/orders/{order.order_number}/{name}"]
    assert page.notice_tone == "danger"
    assert page.lines[0].evidence == []
    assert rows(database, OrderReturn) + rows(database, Claim) == []


@FORMS
def test_strangers_and_nobody_add_and_remove_nothing(
    database: Database, owner: User, stranger: User, clock: Any, kind: Any
) -> None:
    order = make(database, owner, clock)
    mine = damaged_form(database, kind, owner, order, [page_file()])
    [kept] = mine.lines[0].evidence
    for user in (stranger, None):
        page = open_form(database, kind, user, order)
        page.run("add_evidence", SKU, [page_file()])
        page.run("remove_evidence", SKU, kept.id)
        assert page.lines == []
    assert [row.id for row in rows(database, Evidence)] == [kept.id]


@FORMS
def test_each_field_says_how_far_its_files_are(
    database: Database, owner: User, clock: Any, kind: Any
) -> None:
    page = open_form(database, kind, owner, make(database, owner, clock))
    page.run("show_progress", {"progress": 0.5}, f"evidence-{SKU}")
    assert (page.progress, page.sending_at) == (50, f"evidence-{SKU}")
    page.run("show_progress", {"failed": True}, f"evidence-{SKU}")
    assert list(page.errors) == [f"evidence-{SKU}"]


def test_a_guest_shows_all_that_is_chosen(
    database: Database, owner: User, clock: Any, acting: Any, asked: None
) -> None:
    order = make(database, owner, clock)
    tab = Tab(database, None, "/found-order")
    tab.show("cookie", f"{order_cookie_name()}={opened(acting, database, order)}")
    state = tab.state(FoundOrderState)
    tab.press(state, "load")
    said = {"quantity-SKU-0": "1", "quantity-SKU-1": "1", "problem": "damaged", "reason": "damaged"}
    for asking in ("return", "report"):
        tab.press(state, "ask", asking)
        tab.press(state, "check", said)
        assert state.errors == {"evidence": NEEDED}
        assert (state.returning, state.reporting) == (None, None)
        tab.press(state, "add_evidence", [page_file(b"no picture")])
        assert state.errors["evidence"].startswith("a.png: ")
        tab.press(state, "add_evidence", [page_file(), page_file()])
        tab.press(state, "remove_evidence", state.evidence[0].id)
        [photo] = state.evidence
        with acting(owner) as ctx:
            service.delete_evidence(ctx, order.order_number, photo.id)
        tab.press(state, "check", said)
        assert list(state.errors) == ["evidence"]
        assert state.evidence == []
        tab.press(state, "add_evidence", [page_file()])
        tab.press(state, "check", said)
        assert state.errors == {}
        tab.press(state, "confirm")
        assert state.evidence == []
    # One photo, which both items of each request name.
    assert len(rows(database, Media)) == 2
    assert len(rows(database, Evidence)) == 4
    assert len(rows(database, OrderReturn)) == len(rows(database, Claim)) == 1
