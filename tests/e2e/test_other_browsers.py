"""A smoke in Firefox and WebKit of what Chromium walks through at length."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.models import User
from tests.browsers import firefox, webkit
from tests.browsers.tab import Tab
from tests.browsers.tls import make_certificate, page_over_tls, tls_before
from tests.e2e.conftest import PASSWORD, Portal
from tests.factories.orders import make_line, make_order
from tests.portal_server import free_port, portal_server

LINK, BUTTON = "a[href]", "button"
ENGINES: dict[str, tuple[Any, Any]] = {
    "firefox": (firefox, firefox.firefox),
    "webkit": (webkit, webkit.webkit),
}
WIDGET = "account-portal"


@pytest.fixture(params=list(ENGINES))
def tab(request: pytest.FixtureRequest) -> Iterator[Tab]:
    """A fresh browser of each kind; skipped where it is not installed."""
    module, start = ENGINES[request.param]
    if module.find() is None:
        pytest.skip(f"{' and '.join(module.PACKAGES)} are not installed here: Debian has them.")
    started: AbstractContextManager[Tab] = start()
    with started as tab:
        yield tab


def deliver(database: Database, customer: User) -> str:
    """An order that arrived two days ago."""
    then = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
    lines = [
        make_line(place, product_id=f"product-{new_id()}", product_name=name)
        for place, name in enumerate(("Wool Blanket", "Cushion"))
    ]
    return make_order(
        database,
        customer,
        order_number=f"OB-{new_id()[-10:]}",
        lines=lines,
        status="delivered",
        parcels=[{"status": "delivered", "shipped_date": then, "delivered_date": then}],
        delivered_at=then,
        at=then,
    ).order_number


def sign_in(tab: Tab, contact: str) -> None:
    tab.write("input", "E-mail or phone", contact)
    tab.write("input", "Password", PASSWORD)
    tab.key("Enter")


def test_signing_in_and_an_order_that_goes_back(
    tab: Tab, portal: Portal, database: Database, customer: User
) -> None:
    number = deliver(database, customer)
    tab.open(f"{portal.url}/orders")
    tab.expect_path("/login")
    sign_in(tab, str(customer.email))
    tab.expect_path("/orders")
    tab.expect("h1", "Orders")
    tab.press(LINK, f"Order {number}")
    tab.expect("h1", f"Order {number}")
    tab.expect("h2", "Price")
    tab.expect_text("Delivered")
    tab.press(LINK, "Return items")
    tab.press("input[type=checkbox]", "Wool Blanket")
    tab.choose("Reason", "Too small")
    tab.press(BUTTON, "Continue")
    tab.expect("legend", "Where should we collect the parcel?")
    tab.press(BUTTON, "Continue")
    tab.expect_text("You get back")
    tab.press(BUTTON, "Send return request")
    tab.expect("h1", "Return RET-")
    tab.expect_text("Waiting for approval")
    tab.reload()
    tab.expect("h1", "Return RET-")


def test_an_address_is_written_down(tab: Tab, portal: Portal, customer: User) -> None:
    tab.open(f"{portal.url}/addresses")
    sign_in(tab, str(customer.email))
    tab.press(BUTTON, "Add address")
    tab.expect("dialog h2", "New address")
    tab.choose("Country", "Germany")
    tab.write("dialog input", "First name", "Noor", exact=False)
    tab.write("dialog input", "Address", "Lange Straße 12")
    tab.write("dialog input", "Postal code", "10")
    tab.write("dialog input", "City", "Berlin")
    tab.write("dialog input", "Phone", "030 901820")
    tab.write("dialog input", "E-mail", "noor@example.com")
    tab.press("dialog button", "Save address")
    tab.wait(
        "the postcode is not named as what is wrong",
        "const one = document.activeElement;"
        "return one.name === 'pincode' && one.getAttribute('aria-invalid') === 'true';",
    )
    tab.write("dialog input", "Postal code", "D-10115")
    tab.key("Enter")
    tab.expect_text("Address saved.")
    tab.expect_text("10115 Berlin")
    tab.press(BUTTON, "Edit")
    tab.expect("dialog h2", "Edit address")
    tab.key("Escape")
    tab.wait("the dialog is open still", "return !document.querySelector('dialog[open]');")


def test_the_widget_shows_the_storefronts_customer(tab: Tab, portal: Portal) -> None:
    tab.open(f"{portal.shop}/")
    tab.enter_frame(WIDGET)
    tab.expect("h1", "Orders")
    tab.press(LINK, "Order ")
    tab.expect("h2", "Price")
    tab.leave_frame()
    tab.expect_text('navigate {"page":"orders/')


@pytest.fixture
def shop_over_tls(tmp_path: Path) -> Iterator[str]:
    """A portal and a storefront on another site, both over https: the storefront's address."""
    context = make_certificate(tmp_path)
    served, behind = free_port(), free_port()
    portal = f"https://localhost:{served}"
    page = (
        "<!doctype html><title>Shop</title>"
        f'<script src="{portal}/account-widget.js" async></script>'
        '<account-portal page="orders"></account-portal>'
    )
    with page_over_tls(page, context) as shop:
        own = {"PORTAL_PUBLIC_URL": portal, "PORTAL_EMBED_ORIGINS": shop, "PORTAL_DEMO": "1"}
        with (
            portal_server(tmp_path / "data", port=behind, **own),
            tls_before(behind, served, context),
        ):
            yield shop


def test_three_lines_keep_their_customer_over_a_reload(tab: Tab, shop_over_tls: str) -> None:
    tab.open(shop_over_tls)
    page = tab.current
    tab.enter_frame(WIDGET)
    tab.expect_text("Sign in to see your account")
    tab.press(LINK, "Sign in")
    tab.switch(tab.wait_for_another())
    sign_in(tab, "demo@example.com")
    tab.wait_until_alone(page)
    tab.enter_frame(WIDGET)
    tab.expect("h1", "Orders")
    tab.expect(LINK, "Order ")
    tab.reload()
    tab.enter_frame(WIDGET)
    tab.expect(LINK, "Order ")
    tab.press(BUTTON, "Sign out")
    tab.expect_text("Sign in to see your account")
    tab.reload()
    tab.enter_frame(WIDGET)
    tab.expect_text("Sign in to see your account")
