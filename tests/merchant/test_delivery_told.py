"""A delivery that its customer changed, and records that say an address again."""

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from account_portal.core.db import Database
from account_portal.models import AddressCopy
from account_portal.orders import service
from account_portal.orders.schemas import ChangeDelivery
from tests.factories.records import rows
from tests.merchant.shops import Shop, sold

HERE = {"first_name": "Dev", "address_line1": "1 Old Road", "city": "Jaipur", "country": "India"}
THERE = {**HERE, "address_line1": "2 New Road"}
ELSEWHERE = {**HERE, "address_line1": "3 Far Road"}


@pytest.fixture
def shop(database: Database, tmp_path: Path, call: Any) -> Shop:
    return Shop(database, tmp_path, call)


def lines(shop: Shop) -> tuple[str, str]:
    order = shop.order("D-1")
    return order.shipping_address.address_line1, order.billing_address.address_line1


def told(shipping: dict[str, str], billing: dict[str, str], **values: Any) -> dict[str, Any]:
    return sold("D-1", shipping_address=shipping, billing_address=billing, **values)


def test_what_the_shop_said_before_does_not_undo_it(shop: Shop) -> None:
    shop.brings(told(HERE, HERE))
    shop.customer(service.change_delivery, "D-1", ChangeDelivery(delivery_instructions="Ring"))
    for again in (told(HERE, HERE), told(HERE, HERE, customer_note="Gift")):
        assert shop.brings(again) == []
        address = shop.order("D-1").shipping_address
        assert (address.address_line1, address.delivery_instructions) == ("1 Old Road", "Ring")
    assert shop.brings(told(THERE, HERE)) == []
    address = shop.order("D-1").shipping_address
    assert (address.address_line1, address.delivery_instructions) == ("2 New Road", None)


@pytest.mark.parametrize(
    "said", list(product(product((HERE, THERE, ELSEWHERE), repeat=2), repeat=2)), ids=str
)
def test_an_address_that_was_is_kept_nowhere(shop: Shop, database: Database, said: Any) -> None:
    for shipping, billing in said:
        assert shop.brings(told(shipping, billing)) == []
        assert lines(shop) == (shipping["address_line1"], billing["address_line1"])
        kept = {one.address_line1 for one in rows(database, AddressCopy)}
        assert kept == {shipping["address_line1"], billing["address_line1"]}
