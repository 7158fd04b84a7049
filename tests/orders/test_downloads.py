"""Files of digital goods: of orders that are paid or delivered, at addresses safe to open."""

from pathlib import Path
from typing import Any

import pytest

from account_portal.core.db import Database
from account_portal.models import User
from account_portal.orders.service import get_order
from tests.factories.orders import make_line, make_order
from tests.merchant.shops import Shop, sold

FILE = "https://files.shop.example/course/9f2c"
PAID: list[dict[str, Any]] = [{"payment_status": "success"}]
FAILED: list[dict[str, Any]] = [{"payment_status": "failed"}]


def shown(call: Any, database: Database, owner: User, **values: Any) -> str | None:
    line = make_line(product_type="digital", download_url=values.pop("url", FILE))
    order = make_order(database, owner, lines=[line], **values)
    [item] = call(get_order, order.order_number).view().order_items
    return str(item.download_url) if item.download_url else None


@pytest.mark.parametrize(
    ("values", "is_open"),
    [
        ({}, True),
        ({"status": "awaiting_approval"}, True),
        ({"status": "draft", "payment_status": "pending", "payments": []}, False),
        ({"status": "draft", "payment_status": "failed", "payments": FAILED}, False),
        ({"status": "cancelled"}, False),
        ({"status": "delivered", "parcels": [{"status": "delivered"}]}, True),
        (
            {
                "status": "delivered",
                "parcels": [{"status": "delivered"}],
                "payment_status": "pending",
                "payments": [],
            },
            True,
        ),
    ],
)
def test_a_file_is_open_once_its_order_is_paid_or_delivered(
    database: Database, owner: User, call: Any, values: dict[str, Any], is_open: bool
) -> None:
    assert shown(call, database, owner, **values) == (FILE if is_open else None)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example/x", "ftp://a.example/x", ""]
)
def test_what_is_no_web_address_is_never_shown(
    database: Database, owner: User, call: Any, url: str
) -> None:
    assert shown(call, database, owner, url=url) is None


def test_the_shops_record_brings_an_address_changes_it_and_takes_it_away(
    database: Database, tmp_path: Path, call: Any
) -> None:
    shop = Shop(database, tmp_path, call)

    def brings(**file: str | None) -> str | None:
        line = {"sku": "COURSE", "selling_price": 100, "product_type": "digital", **file}
        paid = [{"request_number": "P-1", "amount": 100, "payment_status": "success"}]
        assert shop.brings(sold("F-1", lines=[line], payments=paid)) == []
        [item] = shop.order("F-1").order_items
        return str(item.download_url) if item.download_url else None

    assert brings() is None
    assert brings(download_url=FILE) == FILE
    assert brings(download_url=FILE + "b") == FILE + "b"
    assert brings(download_url=None) is None
    line = {"sku": "COURSE", "selling_price": 100, "download_url": "javascript:alert(1)"}
    [(_, reason)] = shop.brings(sold("F-2", lines=[line]))
    assert "https://" in reason
