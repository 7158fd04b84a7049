"""Getting in, in the browser: password, code, a new account, a forgotten password; and out."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.models import User
from tests.e2e.conftest import (
    DEMO,
    NARROW,
    PASSWORD,
    WIDE,
    OpenPage,
    Portal,
    assert_accessible,
)
from tests.factories.records import bring_in, order, write

BOTH = pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
ORDERS = re.compile(r"/orders/?$")


def ready(page: Page) -> None:
    """The page's script is there and talks to the server."""
    page.wait_for_load_state("networkidle")


def fill(page: Page, contact: str, password: str) -> None:
    page.get_by_label("E-mail or phone").fill(contact)
    page.get_by_label("Password", exact=True).fill(password)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@BOTH
def test_password_by_keyboard_and_back_to_where_one_wanted(
    open_page: OpenPage, viewport: Any
) -> None:
    page = open_page("/orders?group=open", viewport=viewport)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    ready(page)
    page.get_by_label("E-mail or phone").focus()
    page.keyboard.type(DEMO)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/orders/?\?group=open$"))
    expect(page.get_by_role("link", name=re.compile("^Order ")).first).to_be_visible()


def test_wrong_password_keeps_what_was_typed(open_page: OpenPage) -> None:
    page = open_page("/login?next=%2Forders")
    ready(page)
    fill(page, DEMO, "not the password")
    press(page, "Sign in")
    expect(page.get_by_text("Wrong e-mail, phone or password").first).to_be_visible()
    expect(page.get_by_label("E-mail or phone")).to_have_value(DEMO)
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    assert DEMO not in page.url
    assert_accessible(page)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(ORDERS)


def test_a_contact_that_is_none_is_said_at_its_field(open_page: OpenPage) -> None:
    page = open_page("/login")
    ready(page)
    fill(page, "what is this", "whatever it is")
    press(page, "Sign in")
    expect(page.get_by_text(re.compile("neither an e-mail")).first).to_be_visible()
    expect(page.get_by_label("E-mail or phone")).to_be_focused()


def test_works_before_any_script(open_page: OpenPage) -> None:
    page = open_page("/login?next=%2Forders", java_script_enabled=False)
    fill(page, DEMO, "wrong")
    press(page, "Sign in")
    expect(page).to_have_url(re.compile(r"/login/?\?error=invalid_credentials&next=%2Forders$"))
    expect(page.get_by_text("Wrong e-mail, phone or password")).to_be_visible()
    fill(page, DEMO, PASSWORD)
    press(page, "Sign in")
    expect(page).to_have_url(ORDERS)


def test_a_failure_of_the_plain_form_is_told_in_words(open_page: OpenPage) -> None:
    page = open_page("/login?error=invalid_credentials")
    expect(page.get_by_text("Wrong e-mail, phone or password").first).to_be_visible()
    page.goto("/login?error=%3Cscript%3E")
    expect(page.get_by_text("Something went wrong on our side").first).to_be_visible()


@pytest.mark.parametrize("wanted", ["//evil.example/x", "https://evil.example/", "/\\evil.example"])
def test_nobody_is_led_to_another_site(open_page: OpenPage, portal: Portal, wanted: str) -> None:
    page = open_page("/login")
    page.goto(f"/login?next={wanted}")
    ready(page)
    fill(page, DEMO, PASSWORD)
    press(page, "Sign in")
    page.wait_for_url(lambda url: "/login" not in url)
    assert page.url.startswith(portal.url)


def outlined_boxes(page: Page) -> Any:
    """Which places of the code show the focus."""
    return page.locator(".code-boxes > span").evaluate_all(
        "boxes => boxes.flatMap((b, i) => getComputedStyle(b).outlineStyle === 'none' ? [] : [i])"
    )


@BOTH
def test_code_by_email(open_page: OpenPage, portal: Portal, customer: User, viewport: Any) -> None:
    contact = str(customer.email)
    page = open_page("/login?next=%2Forders", viewport=viewport)
    ready(page)
    page.get_by_label("E-mail or phone").fill(contact)
    press(page, "E-mail me a code")
    expect(page).to_have_url(re.compile(r"/login/?\?step=code&next=%2Forders$"))
    expect(page.get_by_text(contact)).to_be_visible()
    expect(page.get_by_role("button", name="Send another code")).to_be_disabled()
    expect(page.get_by_text(re.compile(r"possible in 0:\d\d"))).to_be_visible()
    assert_accessible(page)
    code = portal.code_for(contact)
    field = page.get_by_label("Code", exact=True)
    expect(field).to_be_focused()
    page.keyboard.type("12")
    assert outlined_boxes(page) == [2]
    page.keyboard.press("ArrowLeft")
    assert outlined_boxes(page) == [1]
    field.fill("000000" if code != "000000" else "111111")
    expect(page.get_by_text("This code is not right.").first).to_be_visible()
    field.fill(f"{code[:3]} {code[3:]}")  # pasted as it was shown; the last digit sends it
    expect(page).to_have_url(ORDERS)


def test_a_heading_takes_the_focus_from_no_field_of_its_page(open_page: OpenPage) -> None:
    """Where data is quick and drawing slow, a step's field is there before its heading is told."""
    page = open_page("/login")
    ready(page)
    page.evaluate(
        """() => {
            document.activeElement.blur();
            const router = __reactRouterDataRouter;
            router.subscribe(({ location }) => {
                if (location.search) document.querySelector("[name=contact]").focus();
            });
            return router.navigate("/login?step=other");
        }"""
    )
    expect(page).to_have_url(re.compile(r"\?step=other$"))
    page.wait_for_timeout(300)  # what must not happen would happen now
    expect(page.get_by_label("E-mail or phone")).to_be_focused()


def test_ways_of_a_code_follow_what_is_typed(open_page: OpenPage) -> None:
    page = open_page("/login")
    ready(page)
    contact = page.get_by_label("E-mail or phone")
    contact.fill("+91 98765 43210")
    expect(page.get_by_role("button", name="Code by SMS")).to_be_visible()
    expect(page.get_by_role("button", name="Code by WhatsApp")).to_be_visible()
    expect(page.get_by_role("button", name="E-mail me a code")).to_be_hidden()
    contact.fill("a@b.example")
    expect(page.get_by_role("button", name="E-mail me a code")).to_be_visible()
    contact.fill("+1 415 555 2671")
    press(page, "Code by WhatsApp")
    expect(page).to_have_url(re.compile(r"step=code"))
    expect(page.get_by_text(re.compile("on its way to .* by WhatsApp"))).to_be_visible()
    page.go_back()
    expect(contact).to_have_value("+1 415 555 2671")
    press(page, "Code by SMS")
    # No other code so soon: the one on its way is asked for, and how it travels is said.
    expect(page).to_have_url(re.compile(r"step=code"))
    expect(page.get_by_text(re.compile("on its way to .* by WhatsApp"))).to_be_visible()
    expect(page.get_by_label("Code", exact=True)).to_be_focused()
    expect(page.get_by_label("Code", exact=True)).to_have_attribute("inputmode", "numeric")


@BOTH
def test_register(open_page: OpenPage, viewport: Any) -> None:
    contact = f"nia-{viewport['width']}@example.com"
    page = open_page("/login?next=%2Forders", viewport=viewport)
    ready(page)
    page.get_by_role("link", name="Create an account").click()
    expect(page).to_have_url(re.compile(r"/register/?\?next=%2Forders$"))
    expect(page.get_by_text("At least 8 characters.")).to_be_visible()
    page.get_by_label("First name").fill("Nia")
    page.get_by_label("E-mail or phone").fill(DEMO)
    page.get_by_label("Password", exact=True).fill("sunshine12")
    press(page, "Create account")
    expect(page.get_by_text("one of the most used passwords").first).to_be_visible()
    page.get_by_label("Password", exact=True).fill("four plain words here")
    press(page, "Create account")
    expect(page.get_by_text("There is an account with this e-mail already").first).to_be_visible()
    expect(page.get_by_label("First name")).to_have_value("Nia")
    assert_accessible(page)
    page.get_by_label("E-mail or phone").fill(contact)
    page.keyboard.press("Enter")
    expect(page).to_have_url(ORDERS)
    expect(page.get_by_text("No orders yet")).to_be_visible()


def test_a_guest_of_an_import_who_registers_is_led_to_a_code(
    open_page: OpenPage, portal: Portal, database: Database, tmp_path: Path
) -> None:
    mailbox, number = f"guest-{new_id().lower()}@example.com", f"G-{new_id()[-10:]}"
    file = write(tmp_path / "shop.ndjson", order(number, customer_email=mailbox))
    assert bring_in(database, file)[1] == []
    page = open_page("/register?next=%2Forders")
    ready(page)
    page.get_by_label("First name").fill("Gus")
    fill(page, mailbox, "four plain words here")
    press(page, "Create account")
    expect(page.get_by_text("Sign in with a code: no password is needed.").first).to_be_visible()
    page.get_by_role("link", name="Sign in").click()
    # The page before has a field of this name, too.
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.get_by_label("E-mail or phone").fill(mailbox)
    press(page, "E-mail me a code")
    page.get_by_label("Code", exact=True).fill(portal.code_for(mailbox))
    expect(page).to_have_url(ORDERS)
    expect(page.get_by_role("link", name=f"Order {number}")).to_be_visible()


def test_forgotten_password(open_page: OpenPage, portal: Portal) -> None:
    contact = "forgetful@example.com"
    page = open_page("/register")
    ready(page)
    page.get_by_label("First name").fill("Finn")
    page.get_by_label("E-mail or phone").fill(contact)
    page.get_by_label("Password", exact=True).fill("soon to be forgotten")
    press(page, "Create account")
    page.wait_for_url(lambda url: "/register" not in url)

    page = open_page("/login?next=%2Forders")
    ready(page)
    page.get_by_role("link", name="Forgot your password?").click()
    expect(page.get_by_role("heading", name="Set a new password")).to_be_visible()
    page.get_by_label("E-mail or phone").fill(contact)
    press(page, "E-mail me a code")
    expect(page.get_by_label("Code", exact=True)).to_be_visible()
    page.get_by_label("Code", exact=True).fill(portal.code_for(contact))
    page.get_by_label("New password").fill("a fresh start today")
    press(page, "Save and sign in")
    expect(page).to_have_url(ORDERS)
    press(page, "Sign out")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    ready(page)
    fill(page, contact, "a fresh start today")
    press(page, "Sign in")
    page.wait_for_url(lambda url: "/login" not in url)


def test_signed_out_is_out_everywhere_in_the_browser(open_page: OpenPage) -> None:
    page = open_page("/orders", as_=DEMO)
    expect(page.get_by_role("link", name=re.compile("^Order ")).first).to_be_visible()
    press(page, "Sign out")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/orders")
    expect(page).to_have_url(re.compile(r"/login/?\?next=%2Forders$"))
    expect(page.get_by_role("link", name=re.compile("^Order "))).to_have_count(0)


def test_who_is_signed_in_is_led_on(open_page: OpenPage) -> None:
    page = open_page("/login?next=%2Forders", as_=DEMO)
    expect(page).to_have_url(ORDERS)


def test_demo_login_is_one_press(open_page: OpenPage) -> None:
    page = open_page("/login?next=%2Forders")
    press(page, "Sign in as the demo customer")
    expect(page).to_have_url(ORDERS)
