"""Reports of problems in the browser: what came damaged, what never came; thinking better of it."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from account_portal.core.db import Database
from account_portal.models import User
from tests.e2e.conftest import (
    DEMO,
    NARROW,
    SAM,
    WIDE,
    OpenPage,
    assert_accessible,
    assert_no_sideways_scroll,
)
from tests.factories.claims import claim_item, make_claim
from tests.factories.orders import make_order

ARRIVED, LATE, SENT_AGAIN = "NW-21357", "NW-21379", "NW-20974"


def withdraw(page: Page) -> None:
    page.get_by_role("button", name="Withdraw report").first.click()
    dialog = page.get_by_role("dialog", name="Withdraw this report?")
    dialog.get_by_role("button", name="Withdraw report").click()
    expect(page.get_by_text("Report withdrawn.")).to_be_visible()
    expect(page.get_by_role("button", name="Withdraw report")).to_have_count(0)


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_problem_is_reported_followed_and_withdrawn(open_page: OpenPage, viewport: Any) -> None:
    page = open_page(f"/orders/{ARRIVED}", as_=DEMO, viewport=viewport)
    page.get_by_role("link", name="Report a problem").click()
    page.get_by_role("checkbox").first.click()
    page.get_by_label("What is wrong", exact=True).select_option("damaged")
    page.get_by_label("Tell us more").fill("The box was open.")
    page.get_by_label("A replacement").click()
    expect(page.get_by_label("A replacement")).to_be_checked()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("sent again, free of charge")).to_be_visible()
    expect(page.get_by_text("The box was open.")).to_be_visible()
    assert_no_sideways_scroll(page)
    page.get_by_role("button", name="Send report").dblclick()
    expect(page).to_have_url(re.compile(r"/claims/CLM-[^/]+/?$"))
    number = page.url.rstrip("/").rpartition("/")[2]
    expect(page.get_by_text("Report sent.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)
    expect(page.get_by_text("Being looked into")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name=ARRIVED).click()
    expect(page.get_by_role("link", name=f"Report {number}")).to_be_visible()
    page.goto("/")
    page.get_by_role("link", name=re.compile(f"See it.*{number}")).click()
    withdraw(page)


def test_a_late_parcel_offers_its_report_by_keyboard(open_page: OpenPage) -> None:
    page = open_page(f"/orders/{LATE}", as_=DEMO)
    report = page.get_by_role("link", name="Report that it has not arrived")
    report.first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/claim/?\?parcel=.+"))
    expect(page.get_by_label("The parcel has not arrived")).to_be_checked()
    for name, seen in (("Continue", "You ask for up to"), ("Send report", "Being looked into")):
        page.get_by_role("button", name=name).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text(seen)).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.go_back()
    page.goto(f"/orders/{LATE}")
    expect(page.get_by_role("link", name=re.compile("^Report CLM-"))).to_be_visible()
    expect(report).to_have_count(0)
    page.get_by_role("link", name=re.compile("^Report CLM-")).click()
    button = page.get_by_role("button", name="Withdraw report").first
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Withdraw this report?")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
    withdraw(page)


def test_the_form_says_what_it_lacks(open_page: OpenPage) -> None:
    page = open_page(f"/orders/{ARRIVED}/claim", as_=DEMO, viewport=NARROW)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Choose at least one item.").first).to_be_visible()
    page.get_by_role("checkbox").first.click()
    expect(page.get_by_label("What is wrong", exact=True)).to_be_visible()
    page.get_by_label("Tell us more").fill("It hums.")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("What is wrong", exact=True)).to_be_focused()
    expect(page.get_by_text("Choose what is wrong.").first).to_be_visible()
    expect(page.get_by_label("Tell us more")).to_have_value("It hums.")
    assert_accessible(page)


def test_a_report_leads_to_what_came_of_it(open_page: OpenPage) -> None:
    page = open_page(f"/claims/CLM-{SENT_AGAIN}-1", as_=DEMO)
    expect(page.get_by_text("We replace it.")).to_be_visible()
    page.get_by_role("link", name="NW-20975").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("NW-20975")


def test_strangers_reports_and_unknown_ones_look_alike(open_page: OpenPage) -> None:
    page = open_page(f"/claims/CLM-{SENT_AGAIN}-1", as_=SAM)
    expect(page.get_by_text("There is no such report")).to_be_visible()
    page.goto("/claims/CLM-NOWHERE")
    expect(page.get_by_text("There is no such report")).to_be_visible()
    page.goto(f"/orders/{ARRIVED}/claim")
    expect(page.get_by_text("There is no such order")).to_be_visible()


def test_where_nothing_can_be_reported_the_page_says_why_and_leads_on(
    open_page: OpenPage, database: Database, customer: User
) -> None:
    order = make_order(database, customer)
    who = str(customer.email)
    page = open_page(f"/orders/{order.order_number}/claim", as_=who, viewport=NARROW)
    expect(page.get_by_text("Nothing of this order can be reported now")).to_be_visible()
    expect(page.get_by_text("Not delivered yet.")).to_be_visible()
    expect(page.get_by_role("link", name="Contact us")).to_be_visible()

    arrived = make_order(database, customer, parcels=[{}])
    claim = make_claim(database, customer, arrived, claim_item(quantity=2))
    page = open_page(f"/orders/{arrived.order_number}/claim", as_=who, viewport=NARROW)
    expect(page.get_by_role("link", name=claim.claim_number)).to_be_visible()
    expect(page.get_by_text("Nothing of this order can be reported now")).to_have_count(0)
    expect(page.get_by_role("button", name="Continue")).to_have_count(0)
