"""Dialogs that are left by a slip, closed by a success, or drawn in the system's colours."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from account_portal.models import User
from tests.e2e.conftest import DEMO, SAM, OpenPage, assert_accessible
from tests.e2e.held_answers import HeldAnswers
from tests.e2e.test_addresses import fill, open_form


def test_what_was_typed_survives_escape_but_not_cancel(open_page: OpenPage) -> None:
    page = open_page("/addresses", as_=SAM)
    dialog = open_form(page)
    name = dialog.get_by_label("First name")
    before = name.input_value()
    name.fill("Noor")
    dialog.get_by_label("Delivery instructions").fill("Gate 4\nRing twice")
    dialog.get_by_label("Use as my default billing address").check()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    open_form(page)
    expect(name).to_have_value("Noor")
    expect(dialog.get_by_label("Delivery instructions")).to_have_value("Gate 4\nRing twice")
    expect(dialog.get_by_label("Use as my default billing address")).to_be_checked()
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    open_form(page)
    expect(name).to_have_value(before)


def test_a_dialog_is_drawn_when_it_is_first_opened_and_stays(open_page: OpenPage) -> None:
    page = open_page("/addresses", as_=SAM)
    parts = page.locator("dialog *")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("dialog#address-form")).to_be_attached()
    expect(parts).to_have_count(0)
    dialog = open_form(page)
    expect(dialog.get_by_label("First name")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("dialog#address-form h2")).to_be_attached()


def test_what_is_missing_is_told_at_its_field_until_it_is_there(open_page: OpenPage) -> None:
    page = open_page("/addresses", as_=SAM)
    dialog = open_form(page)
    name = dialog.get_by_label("First name")
    name.fill("")
    dialog.get_by_role("button", name="Save address").click()
    expect(name).to_be_focused()
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_have_accessible_description("Please fill this in.")
    assert_accessible(page)
    name.fill("Noor")
    expect(name).not_to_have_attribute("aria-invalid", "true")
    expect(name).to_have_accessible_description("")


def test_a_dialog_that_opens_later_has_no_notice_over_its_buttons(
    open_page: OpenPage, customer: User
) -> None:
    page = open_page("/addresses", as_=customer.email)
    dialog = open_form(page)
    fill(dialog, "Saved")
    dialog.get_by_role("button", name="Save address").click()
    told = page.get_by_role("button", name="Dismiss")
    told.hover()  # it stays while it is pointed at
    page.evaluate(
        """() => {
          const [first, next] = ["dialog", "dialog"].map((kind) => document.createElement(kind));
          document.body.append(first, next);
          first.addEventListener("close", () => setTimeout(() => (next.id = "stands")));
          first.showModal();
          first.close();
          next.showModal();
        }"""
    )
    page.wait_for_selector("#stands", state="attached")  # whoever listens has heard of the first
    expect(page.locator("body > :not(dialog) .notices")).to_contain_text("Address saved.")
    expect(page.locator("#stands")).to_be_empty()


def test_an_error_that_is_told_again_is_seen_again(open_page: OpenPage) -> None:
    page = open_page("/addresses", as_=SAM)
    dialog = open_form(page)
    dialog.get_by_label("Country", exact=True).select_option("India")
    fill(dialog, "Never saved")
    code = dialog.get_by_label("PIN code")
    for wrong in ("12", "13"):
        code.fill(wrong)
        expect(code).not_to_have_attribute("aria-invalid", "true")
        dialog.get_by_role("button", name="Save address").click()
        expect(code).to_have_attribute("aria-invalid", "true")
        expect(code).to_have_accessible_description(re.compile("not in the right form"))


@pytest.mark.parametrize("contact", ["", "nobody@"])
def test_sign_in_says_what_is_missing(open_page: OpenPage, contact: str) -> None:
    page = open_page("/login")
    field = page.get_by_label("E-mail or phone")
    field.fill(contact)
    page.get_by_role("button", name="Sign in", exact=True).click()
    password = page.get_by_label("Password", exact=True)
    expect(password if contact else field).to_be_focused()
    expect(password).to_have_accessible_description("Please fill this in.")


def test_forced_colours_draw_a_dialogs_edge(open_page: OpenPage) -> None:
    page = open_page("/addresses", as_=SAM)
    page.emulate_media(forced_colors="active")
    expect(open_form(page)).to_have_css("border-top-width", "1px")


def test_where_nothing_is_the_menu_stays_for_the_signed_in(open_page: OpenPage) -> None:
    page = open_page("/nowhere", as_=DEMO)
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    expect(page.get_by_role("link", name="Orders").first).to_be_visible()
    assert_accessible(page)
    page.context.clear_cookies()
    page.reload()
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    expect(page.get_by_role("link", name="Orders")).to_have_count(0)


def top_of(page: Page, role: str) -> float:
    box = page.locator(role).bounding_box()
    assert box
    return box["y"]


def test_bars_do_not_stick_where_they_would_leave_no_room(open_page: OpenPage) -> None:
    page = open_page("/orders", as_=DEMO, viewport={"width": 320, "height": 225})
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.evaluate("window.scrollTo(0, 400)")
    assert top_of(page, "header.bar") < -300
    assert top_of(page, "nav.bar") > 225
    page.set_viewport_size({"width": 320, "height": 640})
    assert top_of(page, "header.bar") == 0
    assert top_of(page, "nav.bar") < 640


def test_a_dialog_left_and_opened_again_at_once_is_open(open_page: OpenPage) -> None:
    page = open_page("/addresses", as_=SAM)
    answers = HeldAnswers(page)
    add = page.get_by_role("button", name="Add address")
    dialog = page.get_by_role("dialog", name="New address")
    expect(add).to_be_visible()
    for _ in range(3):
        add.press("Enter")
        expect(dialog).to_be_visible()
        answers.hold()
        page.keyboard.press("Escape")
        expect(add).to_be_focused()
        answers.wait_until_asked(1)  # the browser tells of a dialog's end a moment later
        page.keyboard.press("Enter")
        answers.let_go(after='"is_writing_rx_state_":true')
        expect(dialog).to_be_visible()
        dialog.get_by_role("button", name="Cancel").click()
        expect(dialog).to_be_hidden()


def _write_address(page: Page) -> Locator:
    dialog = open_form(page)
    dialog.get_by_label("Country", exact=True).select_option("India")
    fill(dialog, "Pressed by key")
    return dialog


def _write_name(page: Page) -> Locator:
    page.get_by_role("button", name="Edit name").click()
    page.get_by_label("First name").fill("Samuel")
    return page.get_by_role("main")


FORMS = {
    "/addresses": (_write_address, "Save address", "Address saved."),
    "/profile": (_write_name, "Save name", "Name saved."),
}


@pytest.mark.parametrize("path", FORMS)
def test_a_button_at_work_keeps_the_focus_and_works_once(
    open_page: OpenPage, customer: User, path: str
) -> None:
    page = open_page(path, as_=customer.email)
    answers = HeldAnswers(page)
    write, name, told = FORMS[path]
    write(page).get_by_role("button", name=name).focus()
    save = page.locator("button:focus")  # by another name while it works
    answers.hold(told)
    page.keyboard.press("Enter")
    expect(save).to_have_attribute("aria-busy", "true")
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    expect(save).to_have_attribute("aria-busy", "true")
    answers.let_go(after=told)
    expect(page.get_by_text(told)).to_be_visible()
    assert answers.asked == 1
