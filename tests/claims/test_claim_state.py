"""Pages of claims without a browser: each handler for the owner, a stranger and nobody."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from account_portal.claims.state import ClaimDetailState, ReportProblemState
from account_portal.core.db import Database
from account_portal.dashboard.state import DashboardState
from account_portal.models import Claim, ClaimItem, Order, User
from account_portal.orders.state import OrderDetailState
from tests.factories.claims import claim_item, decide_claim, make_claim
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows
from tests.open_pages import OpenPage


@pytest.fixture
def order(database: Database, owner: User) -> Order:
    lines = [make_line(0), make_line(1)]
    return make_order(database, owner, lines=lines, parcels=[{"status": "delivered"}])


def late_order(database: Database, owner: User, *parcels: dict[str, Any]) -> Order:
    """An order whose parcel should have come yesterday."""
    now = datetime.now(UTC).replace(microsecond=0)
    late = {"status": "in_transit", "eta_delivery": f"{now - timedelta(days=2):%Y-%m-%d}"}
    lines = [make_line(0, quantity=1), make_line(1, quantity=1)]
    here = [{**late, **({"units": {"SKU-0": 1}} if parcels else {})}, *parcels]
    return make_order(database, owner, lines=lines, parcels=here, at=now - timedelta(days=9))


def open_form(database: Database, user: User | None, order: Order, query: str = "") -> OpenPage:
    number = order.order_number
    page = OpenPage(
        database,
        ReportProblemState,
        user,
        f"/orders/{number}/claim{query}",
        order_number=number,
    )
    page.run("load")
    return page


def follow(page: OpenPage, targets: list[str]) -> None:
    page.go(targets[-1])
    page.run("load")


def choose(page: OpenPage, sku: str = "SKU-0", problem: str = "damaged", count: str = "1") -> None:
    page.run("choose", sku, on=True)
    page.run("choose_problem", sku, problem)
    page.run("choose_quantity", sku, count)


def test_a_problem_is_reported_in_two_steps(database: Database, owner: User, order: Order) -> None:
    page = open_form(database, owner, order)
    assert (page.phase, page.step, page.parcels, page.has_items) == ("ready", 1, [], True)
    choose(page, "SKU-0", count="2")
    choose(page, "SKU-1", "missing_item")
    follow(page, page.run("go_on", {"details-SKU-0": "  Both are cracked. "}))
    assert page.step == 2
    assert (page.quote.units, float(page.quote.amount)) == (3, 300.0)
    assert not rows(database, Claim)
    (target,) = page.run("send")
    number = target.removeprefix("/claims/")
    assert page.happened["name"] == "claim-opened"  # for the storefront around a frame
    assert page.happened["detail"] == {
        "order_number": order.order_number,
        "claim_number": number,
    }
    # A second press, sent before the page changed, leads to the same report.
    assert page.run("send") == [target]
    [claim] = rows(database, Claim)
    assert (claim.claim_number, claim.wish) == (number, "refund")
    said = [(one.quantity, one.problem, one.details) for one in rows(database, ClaimItem)]
    assert said == [(2, "damaged", "Both are cracked."), (1, "missing_item", None)]
    # Opened again, the form begins anew, with what is left.
    page.go(f"/orders/{order.order_number}/claim")
    page.run("load")
    assert [(line.chosen, len(line.counts)) for line in page.lines] == [(False, 0), (True, 1)]


def test_a_late_parcel_is_reported_whole(database: Database, owner: User) -> None:
    order = late_order(database, owner, {"status": "delivered", "units": {"SKU-1": 1}})
    page = open_form(database, owner, order)
    [parcel] = page.parcels
    assert (page.about, page.has_items) == ("", True)
    page.run("choose_about", parcel.reference_number)
    page.run("choose_wish", "replacement")
    follow(page, page.run("go_on", {"details": "Nobody rang"}))
    assert page.step == 2
    assert page.quote.units == 1
    page.run("send")
    [claim] = rows(database, Claim)
    assert claim.shipment_id is not None
    assert claim.wish == "replacement"
    assert [one.details for one in rows(database, ClaimItem)] == ["Nobody rang"]


def test_a_link_names_the_parcel(database: Database, owner: User) -> None:
    order = late_order(database, owner, {"status": "delivered", "units": {"SKU-1": 1}})
    shown = OpenPage(
        database,
        OrderDetailState,
        owner,
        f"/orders/{order.order_number}",
        order_number=order.order_number,
    )
    shown.run("load")
    parcel = shown.shown.missing_parcel
    assert [one.can_claim for one in shown.shown.parcels] == [True, False]
    assert open_form(database, owner, order, f"?parcel={parcel}").about == parcel
    assert open_form(database, owner, order, "?parcel=SHP-1").about == ""


def test_who_reported_a_parcel_already_is_led_to_the_report(
    database: Database, owner: User
) -> None:
    order = late_order(database, owner, {"status": "lost", "units": {"SKU-1": 1}})
    page = open_form(database, owner, order)
    first, second = (parcel.reference_number for parcel in page.parcels)
    assert page.reports == []
    claims = []
    for parcel, reported in ((first, [True, False]), (second, [True, True])):
        claims.append(make_claim(database, owner, order, reference_number=parcel).claim_number)
        page = open_form(database, owner, order)
        assert page.reports == claims[::-1]
        words = [line.item.reason for line in page.lines]
        assert [one.startswith("You told us of a problem") for one in words] == reported
    assert (page.parcels, page.has_items) == ([], False)
    decide_claim(database, claims[0], reason="It arrived.")
    assert open_form(database, owner, order).reports == claims[1:]


def test_the_only_thing_to_report_is_chosen(database: Database, owner: User) -> None:
    page = open_form(database, owner, late_order(database, owner))
    assert page.about == page.parcels[0].reference_number
    assert not page.has_items


def test_going_back_keeps_what_was_chosen(database: Database, owner: User, order: Order) -> None:
    page = open_form(database, owner, order)
    choose(page, "SKU-1", "wrong_item", "2")
    page.run("choose_wish", "replacement")
    follow(page, page.run("go_on", {"details-SKU-1": "Another colour"}))
    page.go(f"/orders/{order.order_number}/claim")
    page.run("load")
    line = page.lines[1]
    assert (line.chosen, line.quantity, line.problem) == (True, "2", "wrong_item")
    assert (line.details, page.wish, page.step) == ("Another colour", "replacement", 1)
    # What was not asked about is not lost either.
    page.go(f"/orders/{order.order_number}/claim?step=2")
    page.run("load")
    assert page.step == 2


def test_the_first_step_asks_for_items_and_what_is_wrong(
    database: Database, owner: User, order: Order
) -> None:
    page = open_form(database, owner, order)
    assert page.run("go_on", {}) == []
    assert page.errors == {"_": "Choose at least one item."}
    page.run("choose", "SKU-0", on=True)
    page.run("go_on", {})
    assert page.errors == {"problem-SKU-0": "Choose what is wrong."}
    page.go(f"/orders/{order.order_number}/claim?step=2")
    page.run("load")
    assert page.step == 1
    assert page.run("send") == [f"/orders/{order.order_number}/claim"]
    assert not rows(database, Claim)


def test_nonsense_changes_nothing(database: Database, owner: User, order: Order) -> None:
    page = open_form(database, owner, order)
    before = page.lines
    page.run("choose", "SKU-99", on=True)
    page.run("choose_quantity", "SKU-0", "999999999")
    page.run("choose_problem", "SKU-0", "' OR 1=1")
    page.run("choose_about", "SHP-1")
    page.run("choose_wish", "money")
    assert (page.lines, page.about, page.wish) == (before, "", "refund")


def test_what_was_given_away_can_only_be_replaced(database: Database, owner: User) -> None:
    lines = [make_line(0, quantity=1, free_quantity=1, line_total=0), make_line(1)]
    order = make_order(database, owner, lines=lines, parcels=[{"status": "delivered"}])
    page = open_form(database, owner, order)
    choose(page, "SKU-0")
    assert (page.wishes, page.wish) == (["replacement"], "replacement")
    page.run("choose_wish", "refund")
    assert page.wish == "replacement"


@pytest.mark.parametrize("moment", ["before the last look", "before it is sent"])
def test_what_was_claimed_elsewhere_meanwhile_is_said(
    database: Database, owner: User, order: Order, moment: str
) -> None:
    page = open_form(database, owner, order)
    choose(page, "SKU-0", count="2")
    targets = page.run("go_on", {})
    if moment == "before it is sent":
        follow(page, targets)
        make_claim(database, owner, order, claim_item(quantity=2))
        assert page.run("send") == [f"/orders/{order.order_number}/claim"]
    else:
        make_claim(database, owner, order, claim_item(quantity=2))
        follow(page, targets)
        assert page.step == 1
    assert page.notice_tone == "danger"
    assert len(rows(database, Claim)) == 1


def test_strangers_and_nobody_see_no_form_and_report_nothing(
    database: Database, owner: User, stranger: User, order: Order
) -> None:
    for user, phase in ((stranger, "missing"), (None, "loading")):
        page = open_form(database, user, order)
        assert (page.phase, page.lines) == (phase, [])
        page.run("go_on", {})
        page.run("send")
    assert not rows(database, Claim)


def open_claim(database: Database, user: User | None, number: str) -> OpenPage:
    page = OpenPage(database, ClaimDetailState, user, f"/claims/{number}", claim_id=number)
    page.run("load")
    return page


def test_a_report_is_withdrawn_once(database: Database, owner: User, order: Order) -> None:
    number = make_claim(database, owner, order).claim_number
    page = open_claim(database, owner, number)
    page.run("open_withdraw")
    assert page.is_withdrawing
    page.run("close_withdraw")
    assert not page.is_withdrawing
    page.run("open_withdraw")
    page.run("withdraw")
    page.run("withdraw")
    assert page.shown.claim.status == "withdrawn"
    assert (page.is_withdrawing, page.notice_text) == (False, "Report withdrawn.")


def test_what_was_decided_meanwhile_is_not_withdrawn(
    database: Database, owner: User, order: Order
) -> None:
    number = make_claim(database, owner, order).claim_number
    page = open_claim(database, owner, number)
    decide_claim(database, number, reason="It was whole when it left us")
    page.run("withdraw")
    assert page.notice_tone == "danger"
    page.run("load")
    assert page.shown.claim.status == "rejected"


def test_a_report_shows_what_came_of_it(database: Database, owner: User, order: Order) -> None:
    number = make_claim(database, owner, order).claim_number
    decide_claim(database, number)
    page = open_claim(database, owner, number)
    assert page.shown.claim.agreed_amount == 100
    assert [float(one.refund_amount) for one in page.shown.refunds] == [100.0]


def test_strangers_and_nobody_neither_see_nor_withdraw_a_report(
    database: Database, owner: User, stranger: User, order: Order
) -> None:
    number = make_claim(database, owner, order).claim_number
    for user, phase in ((stranger, "missing"), (None, "loading")):
        page = open_claim(database, user, number)
        assert (page.phase, page.shown) == (phase, None)
        page.run("withdraw")
        assert page.shown is None
    for unknown in ("CLM-0000", "x" * 300, "' OR 1=1"):
        assert open_claim(database, owner, unknown).phase == "missing"
    assert open_claim(database, owner, number).shown.claim.status == "open"


def test_the_order_and_the_first_page_lead_to_it(
    database: Database, owner: User, order: Order
) -> None:
    made = [make_claim(database, owner, order, claim_item(place)) for place in (0, 1)]
    decide_claim(database, made[0].claim_number, reason="No")
    number = order.order_number
    page = OpenPage(database, OrderDetailState, owner, f"/orders/{number}", order_number=number)
    page.run("load")
    shown = {one.number: (one.status, one.summary) for one in page.shown.claims}
    assert shown == {
        made[0].claim_number: ("rejected", made[0].claim_items[0].product_name),
        made[1].claim_number: ("open", made[1].claim_items[0].product_name),
    }
    home = OpenPage(database, DashboardState, owner, "/")
    home.run("load")
    assert [task.path for task in home.shown.tasks if task.kind == "claim"] == [
        f"/claims/{made[1].claim_number}"
    ]


def test_when_the_time_is_over_the_order_says_so(database: Database, owner: User) -> None:
    long_ago = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2000)
    order = make_order(
        database,
        owner,
        parcels=[{"status": "delivered", "delivered_date": long_ago}],
        at=long_ago,
    )
    number = order.order_number
    page = OpenPage(database, OrderDetailState, owner, f"/orders/{number}", order_number=number)
    page.run("load")
    assert page.shown.claim_note == "Problems could be reported until {date}."
    assert page.shown.claims_closed > long_ago
    form = open_form(database, owner, order)
    assert (form.has_items, form.parcels) == (False, [])


def test_a_file_is_reported_as_one(database: Database, owner: User) -> None:
    file = {"product_type": "digital", "download_url": "https://shop.example/f"}
    lines = [make_line(0), make_line(1, **file)]
    order = make_order(database, owner, lines=lines, parcels=[{"units": {"SKU-0": 1}}])
    page = open_form(database, owner, order)
    assert page.files == ""
    choose(page, "SKU-1")
    assert page.files == "all"
    choose(page, "SKU-0")
    assert page.files == "some"
    number = make_claim(database, owner, order).claim_number
    assert open_claim(database, owner, number).shown.digital == ["SKU-1"]


def test_another_problem_is_said_in_words(database: Database, owner: User, order: Order) -> None:
    page = open_form(database, owner, order)
    choose(page, "SKU-0", "other")
    page.run("go_on", {"details-SKU-0": " "})
    assert page.errors == {"details-SKU-0": "Tell the store what is wrong."}
    follow(page, page.run("go_on", {"details-SKU-0": "It hums."}))
    assert page.step == 2
