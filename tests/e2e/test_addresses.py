"""The address book in the browser: save, change, default, delete; fields by country."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import (
    DEMO,
    NARROW,
    NEW,
    SAM,
    WIDE,
    OpenPage,
    assert_accessible,
    assert_no_sideways_scroll,
)

BOTH = pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"


def open_form(page: Page) -> Locator:
    page.get_by_role("button", name="Add address").click()
    dialog = page.get_by_role("dialog", name="New address")
    expect(dialog).to_be_visible()
    return dialog


def fill(dialog: Locator, nickname: str) -> None:
    dialog.get_by_label("First name").fill("Noor")
    dialog.get_by_label("Address", exact=True).fill("12 Long Street")
    dialog.get_by_label("City").fill("Pune")
    dialog.get_by_label("PIN code").fill("411001")
    dialog.get_by_label("State").select_option("Maharashtra")
    dialog.get_by_label("Phone").fill("98765 43210")
    dialog.get_by_label("E-mail").fill("noor@example.com")
    dialog.get_by_label("Name of this address").fill(nickname)


@BOTH
def test_an_address_is_saved_changed_and_deleted(open_page: OpenPage, viewport: Any) -> None:
    page = open_page("/addresses", as_=SAM, viewport=viewport)
    dialog = open_form(page)
    name, city = f"Store room {viewport['width']}", f"{LONG}{viewport['width']}"
    dialog.get_by_label("Country", exact=True).select_option("India")
    fill(dialog, name)
    dialog.get_by_label("PIN code").fill("12")
    dialog.get_by_role("button", name="Save address").click()
    expect(dialog.get_by_label("PIN code")).to_be_focused()
    expect(dialog.get_by_label("PIN code")).to_have_attribute("aria-invalid", "true")
    assert_accessible(page)
    dialog.get_by_label("PIN code").fill("411001")
    dialog.get_by_role("button", name="Save address").click()
    expect(page.get_by_text("Address saved.")).to_be_visible()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    page.get_by_role("button", name=f"Edit {name}").click()
    dialog = page.get_by_role("dialog", name="Edit address")
    expect(dialog.get_by_label("State")).to_have_value("Maharashtra")
    dialog.get_by_label("City").fill(city)
    dialog.get_by_role("button", name="Save address").click()
    expect(page.get_by_text(city)).to_be_visible()
    assert_no_sideways_scroll(page)
    page.reload()
    expect(page.get_by_text(city)).to_be_visible()
    page.get_by_role("button", name=f"Use for billing {name}").click()
    expect(page.get_by_text("This is your default billing address now.")).to_be_visible()
    page.get_by_role("button", name=f"Delete {name}").click()
    page.get_by_role("button", name="Delete address").click()
    expect(page.get_by_role("heading", name=name)).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_focused()


def test_fields_follow_the_country_and_keep_what_was_typed(open_page: OpenPage) -> None:
    page = open_page("/addresses", as_=DEMO)
    dialog = open_form(page)
    country = dialog.get_by_label("Country", exact=True)
    country.select_option("India")
    dialog.get_by_label("City").fill("Springfield")
    dialog.get_by_label("Address", exact=True).fill("12 Long Street")
    dialog.get_by_label("State").select_option("Karnataka")
    country.select_option("United States")
    expect(dialog.get_by_label("ZIP code")).to_be_visible()
    expect(dialog.get_by_label("State")).to_have_value("")
    dialog.get_by_label("State").select_option("California")
    country.select_option("Germany")
    expect(dialog.get_by_label("Postal code")).to_be_visible()
    expect(dialog.get_by_label("State")).to_be_hidden()
    country.select_option("United States")
    expect(dialog.get_by_label("State")).to_have_value("California")
    expect(dialog.get_by_label("City")).to_have_value("Springfield")
    expect(dialog.get_by_label("Address", exact=True)).to_have_value("12 Long Street")


def test_the_first_address_by_keyboard(open_page: OpenPage) -> None:
    page = open_page("/addresses", as_=NEW, viewport=NARROW)
    expect(page.get_by_text("No addresses yet")).to_be_visible()
    assert_accessible(page)
    add = page.get_by_role("button", name="Add address")
    add.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="New address")
    expect(dialog.get_by_label("Country", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(add).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("Country", exact=True)).to_be_focused()
    page.keyboard.type("India")
    expect(dialog.get_by_label("PIN code")).to_be_visible()
    fill(dialog, "First")
    dialog.get_by_label("E-mail").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Address saved.")).to_be_visible()
    expect(page.get_by_text("Default delivery")).to_be_visible()
    expect(page.get_by_text("Default billing")).to_be_visible()


def test_an_address_of_a_subscription_says_why_it_stays(open_page: OpenPage) -> None:
    page = open_page("/addresses", as_=DEMO)
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    page.get_by_role("button", name="Delete Home").click()
    page.get_by_role("button", name="Delete address").click()
    expect(page.get_by_text("A subscription uses this address.")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    expect(page.get_by_role("heading", name="Home")).to_be_visible()


def test_each_country_has_its_keyboard_and_only_some_a_landmark(open_page: OpenPage) -> None:
    dialog = open_form(open_page("/addresses", as_=NEW, viewport=NARROW))
    for country, label, keyboard, landmark in (
        ("India", "PIN code", "numeric", True),
        ("Canada", "Postal code", "text", False),
        ("Brazil", "CEP", "numeric", False),
        ("United Kingdom", "Postcode", "text", False),
        ("Kenya", "Postal code", "numeric", True),
    ):
        dialog.get_by_label("Country", exact=True).select_option(country)
        code = dialog.get_by_label(re.compile(f"^{label}( .optional.)?$"))
        expect(code).to_have_attribute("inputmode", keyboard)
        expect(dialog.get_by_label("Landmark")).to_have_count(int(landmark))
    expect(dialog.get_by_label("Phone")).to_have_attribute("inputmode", "tel")
