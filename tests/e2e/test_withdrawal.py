"""A contract is withdrawn from without an account, by keyboard, in the customer's language."""

import re

import pytest
from playwright.sync_api import expect

from account_portal.core.ids import new_id
from tests.e2e.conftest import (
    NARROW,
    WIDE,
    OpenPage,
    Portal,
    assert_accessible,
    assert_no_sideways_scroll,
)


@pytest.mark.parametrize(("viewport", "scheme"), [(NARROW, "dark"), (WIDE, "light")])
def test_two_steps_and_a_receipt(
    open_page: OpenPage, portal: Portal, viewport: dict[str, int], scheme: str
) -> None:
    mailbox = f"withdraws-{new_id().lower()}@example.com"
    page = open_page("/withdraw?lang=de&order=NW-1", viewport=viewport, scheme=scheme)
    expect(page.get_by_role("heading", level=1)).to_have_text("Vertrag widerrufen")
    assert_accessible(page)
    page.get_by_role("button", name="Weiter").press("Enter")
    missing = page.get_by_label("Ihr Name")
    expect(missing).to_have_attribute("aria-invalid", "true")
    expect(missing).to_be_focused()
    assert_accessible(page)
    missing.fill("Asha Rao")
    page.get_by_label("E-Mail-Adresse").fill(mailbox)
    page.keyboard.press("Enter")
    confirm = page.get_by_role("button", name="Widerruf bestätigen")
    expect(confirm).to_be_visible()
    assert_accessible(page)
    confirm.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ihr Widerruf ist eingegangen")
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Als Datei speichern").press("Enter")
    assert re.fullmatch(r"WDR-\d{4}-\w{8}\.txt", download.value.suggested_filename)
    expect(page.get_by_text(mailbox).first).to_be_visible()
