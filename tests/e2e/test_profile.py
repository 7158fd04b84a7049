"""The profile in the browser: name, picture, contacts by code, bank accounts."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from account_portal.models import User
from tests.e2e.conftest import (
    DEMO,
    NARROW,
    NEW,
    SAM,
    WIDE,
    OpenPage,
    Portal,
    assert_accessible,
)

BOTH = pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])


def picture(name: str = "me.png", content: bytes | None = None) -> Any:
    file = BytesIO()
    Image.new("RGB", (900, 600), "teal").save(file, "PNG")
    content = file.getvalue() if content is None else content
    return {"name": name, "mimeType": "image/png", "buffer": content}


def wait_for_profile(page: Page) -> None:
    expect(page.get_by_role("button", name="Edit name")).to_be_visible()


@BOTH
def test_a_name_is_changed_in_place(open_page: OpenPage, viewport: Any) -> None:
    page = open_page("/profile", as_=SAM, viewport=viewport)
    wait_for_profile(page)
    page.get_by_role("button", name="Edit name").click()
    first = page.get_by_label("First name")
    expect(first).to_be_focused()
    first.fill("Samuel")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Name saved.")).to_be_visible()
    name = page.get_by_role("main").get_by_text("Samuel Okafor").filter(visible=True)
    expect(name).to_be_visible()
    page.reload()
    wait_for_profile(page)
    expect(name).to_be_visible()


def test_a_picture_is_previewed_saved_and_removed(open_page: OpenPage) -> None:
    page = open_page("/profile", as_=SAM)
    wait_for_profile(page)
    page.get_by_role("button", name="Add picture").click()
    dialog = page.get_by_role("dialog", name="Your picture")
    save = dialog.get_by_role("button", name="Save picture")
    expect(save).to_be_disabled()
    dialog.get_by_label("Choose a picture").set_input_files(picture())
    expect(dialog.get_by_role("img", name="me.png")).to_be_visible()
    assert_accessible(page)
    save.click()
    expect(page.get_by_text("Picture saved.")).to_be_visible()
    expect(dialog).to_be_hidden()
    shown = page.get_by_role("main").locator('img[src^="/api/media/"]')
    expect(shown).to_be_visible()
    expect(page.get_by_role("banner").locator('img[src^="/api/media/"]').first).to_be_visible()
    page.get_by_role("button", name="Change picture").click()
    dialog.get_by_label("Choose a picture").set_input_files(picture("fake.png", b"no picture"))
    save.click()
    expect(dialog.get_by_text("Send a JPEG, PNG or WebP picture.")).to_be_visible()
    dialog.get_by_role("button", name="Remove picture").click()
    expect(page.get_by_text("Picture removed.")).to_be_visible()
    expect(shown).to_be_hidden()


def test_an_email_is_changed_by_code(open_page: OpenPage, portal: Portal, customer: User) -> None:
    new = f"new-{customer.email}"
    page = open_page("/profile", as_=customer.email)
    wait_for_profile(page)
    page.get_by_role("button", name="Change E-mail").click()
    dialog = page.get_by_role("dialog", name="Change your e-mail address")
    field = dialog.get_by_label("New e-mail address")
    expect(field).to_be_focused()
    field.fill(DEMO)
    page.keyboard.press("Enter")
    taken = dialog.get_by_text("Another account has this e-mail address.", exact=True)
    expect(taken).to_be_visible()
    expect(field).to_be_focused()
    field.fill(new)
    page.keyboard.press("Enter")
    code = dialog.get_by_label("Code", exact=True)
    expect(code).to_be_focused()
    assert_accessible(page)
    page.keyboard.type("000000")
    expect(dialog.get_by_text("This code is not right.", exact=True)).to_be_visible()
    code.fill(portal.code_for(new))
    expect(page.get_by_text("Your e-mail address is changed.")).to_be_visible()
    expect(page.get_by_role("main").get_by_text(new)).to_be_visible()


def test_a_new_phone_number_is_typed_at_once(open_page: OpenPage) -> None:
    page = open_page("/profile", as_=DEMO)
    wait_for_profile(page)
    page.get_by_role("button", name="Change Phone").click()
    dialog = page.get_by_role("dialog", name="Change your phone number")
    expect(dialog.get_by_label("New phone number")).to_be_focused()


def test_a_phone_is_verified_by_code(open_page: OpenPage, portal: Portal) -> None:
    page = open_page("/profile", as_=DEMO, viewport=NARROW)
    wait_for_profile(page)
    page.get_by_role("button", name="Verify Phone").click()
    dialog = page.get_by_role("dialog", name="Verify your phone number")
    dialog.get_by_label("Code", exact=True).fill(portal.code_for("+919845012345"))
    expect(page.get_by_text("Your phone number is verified.")).to_be_visible()
    expect(page.get_by_role("button", name="Verify Phone")).to_be_hidden()


@BOTH
def test_bank_accounts(open_page: OpenPage, viewport: Any) -> None:
    page = open_page("/profile", as_=NEW, viewport=viewport)
    wait_for_profile(page)
    page.get_by_role("button", name="Add account").click()
    dialog = page.get_by_role("dialog", name="New bank account")
    dialog.get_by_label("Account holder").fill("Noor Haddad")
    dialog.get_by_label("Bank", exact=True).fill("Test Bank")
    dialog.get_by_label("Account number").fill("5010 0123 4543 21")
    dialog.get_by_label("IFSC code").fill("nonsense")
    dialog.get_by_role("button", name="Save account").click()
    expect(dialog.get_by_label("IFSC code")).to_be_focused()
    expect(dialog.get_by_text("11 characters, such as")).to_be_hidden()
    told = dialog.locator("#ifsc_code-error").inner_text()
    expect(dialog.get_by_label("IFSC code")).to_have_accessible_description(told)
    assert_accessible(page)
    dialog.get_by_label("IFSC code").fill("hdfc0000001")
    dialog.get_by_role("button", name="Save account").click()
    expect(page.get_by_text("Bank account saved.")).to_be_visible()
    expect(page.get_by_text("•••• 4321").first).to_be_visible()
    assert "50100123454321" not in page.content()
    page.get_by_role("button", name="Ask to verify").click()
    expect(page.get_by_text("Being verified")).to_be_visible()
    page.get_by_role("button", name="Delete Test Bank").click()
    page.get_by_role("button", name="Delete bank account").click()
    expect(page.get_by_text("No bank account yet")).to_be_visible()
