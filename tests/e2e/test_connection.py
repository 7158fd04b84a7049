"""A connection that is lost while somebody types."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import (
    NARROW,
    SAM,
    Portal,
    assert_accessible,
    assert_no_sideways_scroll,
    sign_in,
)
from tests.portal_server import portal_server
from tests.torture.outside import Missing, OwnRedis

LOST = "No connection. What you typed is kept"
KEEP_SOCKETS = """
window.sockets = [];
window.WebSocket = class extends WebSocket {
  constructor(...where) {
    super(...where);
    window.sockets.push(this);
  }
};
"""


def test_a_lost_connection_is_told_and_nothing_typed_is_lost(
    browser: Browser, portal: Portal
) -> None:
    # Not `open_page`: a browser without network says so in its console.
    context = browser.new_context(base_url=portal.url, viewport=NARROW, reduced_motion="reduce")
    sign_in(context, portal, SAM)
    page = context.new_page()
    page.add_init_script(KEEP_SOCKETS)
    page.goto("/profile")
    page.get_by_role("button", name="Edit name").click()
    field = page.get_by_label("First name")
    field.fill("Typed before")
    context.set_offline(True)
    page.evaluate("sockets.forEach((socket) => socket.close())")
    expect(page.get_by_text(LOST)).to_be_visible(timeout=20_000)
    # It fades in; half of that has too little contrast.
    expect(page.locator("p", has_text=LOST)).to_have_css("opacity", "1")
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    context.set_offline(False)
    expect(page.get_by_text(LOST)).to_be_hidden(timeout=20_000)
    expect(field).to_have_value("Typed before")
    field.fill("Sam")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Name saved.")).to_be_visible()
    context.close()


@pytest.mark.timeout(300)
def test_a_page_outlives_the_loss_of_redis(browser: Browser, tmp_path: Path) -> None:
    try:
        redis = OwnRedis()
    except Missing as missing:
        pytest.skip(str(missing))
    redis.start()
    try:
        with portal_server(tmp_path, PORTAL_REDIS_URL=redis.url, PORTAL_DEMO="true") as url:
            context = browser.new_context(base_url=url, viewport=NARROW, reduced_motion="reduce")
            sign_in(context, Portal(url, tmp_path, ""), SAM)
            page = context.new_page()
            page.goto("/profile")
            page.get_by_role("button", name="Edit name").click()
            field = page.get_by_label("First name")
            field.fill("Typed before")
            redis.kill()
            expect(page.get_by_text(LOST)).to_be_visible(timeout=20_000)
            redis.start()
            expect(page.get_by_text(LOST)).to_be_hidden(timeout=30_000)
            expect(field).to_have_value("Typed before")
            field.fill("Sam")
            page.keyboard.press("Enter")
            expect(page.get_by_text("Name saved.")).to_be_visible()
            context.close()
    finally:
        redis.kill()
