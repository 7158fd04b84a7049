"""From an order to the shop: its products, its cart, its help; and what a storefront is told."""

from typing import Any

import pytest

from account_portal.core.db import Database
from account_portal.core.settings import get_settings
from account_portal.models import User
from account_portal.orders import service
from account_portal.orders.state import OrderDetailState
from tests.conftest import Set
from tests.factories.orders import make_line, make_order
from tests.page_states import Tab

LINES = [
    {"sku": "MUG 1", "product_id": "mug", "slug": "blue-mug", "variant_id": "77", "quantity": 2},
    {"sku": "A&B", "product_id": "ab", "slug": "", "variant_id": None, "quantity": 1},
]


@pytest.fixture
def number(database: Database, owner: User) -> str:
    lines = [make_line(place, **values) for place, values in enumerate(LINES)]
    return make_order(database, owner, status="complete", lines=lines).order_number


@pytest.mark.parametrize(
    ("setting", "pattern", "wanted"),
    [
        (
            "cart_url",
            "https://shop.example/cart/{variants}",
            "https://shop.example/cart/77:2,A%26B:1",
        ),
        (
            "cart_url",
            "https://shop.example/add?i={items}",
            "https://shop.example/add?i=MUG%201:2,A%26B:1",
        ),
        (
            "help_url",
            "https://shop.example/help?o={order_number}",
            "https://shop.example/help?o={n}",
        ),
        ("store_email", "help@shop.example", "mailto:help@shop.example?subject=Order%20{n}"),
    ],
)
def test_the_shop_says_where_its_cart_and_its_help_are(
    call: Any, set_settings: Set, number: str, setting: str, pattern: str, wanted: str
) -> None:
    set_settings(**{f"PORTAL_{setting.upper()}": pattern})
    page = call(service.get_order_page, number)
    found = page.cart_link if setting == "cart_url" else page.help_link
    assert found == wanted.replace("{n}", number)


def test_products_lead_to_their_pages(call: Any, set_settings: Set, number: str) -> None:
    assert call(service.get_order_page, number).product_links == {}
    set_settings(PORTAL_PRODUCT_URL="https://shop.example/p/{slug}?sku={sku}&id={product_id}")
    assert call(service.get_order_page, number).product_links == {
        "MUG 1": "https://shop.example/p/blue-mug?sku=MUG%201&id=mug",
        "A&B": "https://shop.example/p/ab?sku=A%26B&id=ab",
    }


@pytest.mark.parametrize("framed", [False, True])
def test_what_is_bought_again_goes_to_the_cart_or_to_the_storefront(
    call: Any, database: Database, owner: User, set_settings: Set, number: str, framed: bool
) -> None:
    set_settings(PORTAL_CART_URL="https://shop.example/cart/{variants}")
    tab = Tab(database, owner, f"/orders/{number}", frame="vouched" if framed else "")
    page = tab.state(OrderDetailState)
    page.shown = call(service.get_order_page, number)
    tab.press(page, "buy_again")
    assert page.happened["detail"]["items"] == "MUG 1:2,A&B:1"
    assert page.leave_to == ("" if framed else "https://shop.example/cart/77:2,A%26B:1")


@pytest.mark.parametrize("name", ["cart_url", "product_url", "help_url"])
def test_only_web_addresses_are_taken(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"PORTAL_{name.upper()}", "javascript:alert(1)")
    get_settings.cache_clear()
    with pytest.raises(SystemExit, match="https://"):
        get_settings()
    monkeypatch.undo()
    get_settings.cache_clear()
