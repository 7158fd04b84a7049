"""Only addresses that may be opened come in, and only such ones go out, old rows included."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from account_portal.core import links
from account_portal.core.db import Database
from account_portal.core.errors import InvalidInput
from account_portal.core.settings import get_settings
from account_portal.models import User
from account_portal.notifications.messages.orders import OrderShipped
from account_portal.orders import service
from account_portal.states import ShipmentStatus
from tests.conftest import Acting
from tests.factories.orders import make_line, make_order
from tests.factories.records import bring_in, order, write

BAD = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    " javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "//evil.example/x",
    "/\\evil.example",
    "\\\\evil.example",
    "http:///x",
    "https://",
    "https:evil.example",
    "https:/evil.example",
    "https://shop.example@evil.example/",
    "https://shop.example:port/",
    "https://[::1",
    "https://shop.example/a b",
    "https://shop.example/\r\nBcc: x",
    'https://shop.example/"onload="x',
    "ftp://shop.example/x",
    "file:///etc/passwd",
    "blob:https://shop.example/1",
    "https://shop.example/" + "x" * 1000,
]
GOOD = [
    "https://courier.example/t/1?a=b&c=d#e",
    "HTTPS://courier.example/",
    "https://[2001:db8::1]/x",
]


@pytest.mark.parametrize("address", BAD)
def test_bad_ones_are_neither_links_nor_pictures(address: str) -> None:
    assert not links.is_link(address)
    assert not links.is_picture(address)
    assert links.shown_link(address) is None
    assert links.shown_picture(address) is None


@pytest.mark.parametrize("value", [None, 7, b"https://x.example", ["https://x.example"], ""])
def test_what_is_no_text_is_no_link(value: object) -> None:
    assert not links.is_link(value)


@pytest.mark.parametrize("address", GOOD)
def test_good_ones_stay_as_they_are(address: str) -> None:
    assert links.shown_link(address) == links.shown_picture(address) == address


def test_pictures_may_be_own_paths_and_links_may_not() -> None:
    assert links.is_picture("/products/1.webp")
    assert not links.is_link("/products/1.webp")


def test_http_is_for_the_settings_to_say(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not links.is_link("http://courier.example/1")
    assert links.is_link(get_settings().origin + "/test-gateway/1")
    monkeypatch.setenv("PORTAL_HTTP_LINKS", "true")
    get_settings.cache_clear()
    assert links.is_link("http://courier.example/1")
    assert not links.is_link("javascript:alert(1)")
    get_settings.cache_clear()


def fields(address: str) -> list[dict[str, Any]]:
    line = {"sku": "TEA", "product_name": "Tea", "quantity": 1, "selling_price": "1.00"}
    payment = {"request_number": "PAY-1", "amount": "1.00", "icon_url": address}
    return [
        order("A-1", lines=[{**line, "product_image_url": address}]),
        order("A-2", payments=[payment]),
        order("A-3", shipments=[{"reference_number": "S-3", "tracking_url": address}]),
        order("A-4", shipments=[{"reference_number": "S-4", "shipping_label_url": address}]),
        {"type": "product", "product_id": "P-1", "name": "Tea", "image_url": address},
    ]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:,x", "//evil.example/x"])
def test_imports_refuse_them_with_a_sentence(
    address: str, database: Database, tmp_path: Path
) -> None:
    _, faults = bring_in(database, write(tmp_path / "bad.ndjson", *fields(address)))
    assert [line for line, _ in faults] == [1, 2, 3, 4, 5]
    assert all("must be an address that begins with https://" in words for _, words in faults)
    _, faults = bring_in(
        database, write(tmp_path / "good.ndjson", *fields("https://shop.example/1"))
    )
    assert faults == []


def test_the_shop_cannot_set_one(database: Database, owner: User, acting: Acting) -> None:
    del acting
    from account_portal.context import SHOP, enter

    make_order(database, owner, parcels=[{"reference_number": "SHP-9", "status": "packed"}])
    with enter(writes=True, actor=SHOP) as ctx, pytest.raises(InvalidInput, match="https://"):
        service.move_shipment(
            ctx, "SHP-9", ShipmentStatus.SHIPPED, tracking_url="javascript:alert(1)"
        )


def test_old_rows_are_never_sent(api: Any, database: Database, owner: User) -> None:
    evil = "javascript:alert(1)"
    made = make_order(
        database,
        owner,
        lines=[make_line(product_image_url=evil)],
        parcels=[{"status": "shipped", "tracking_url": evil, "shipping_label_url": evil}],
        payments=[{"amount": 20000, "payment_status": "success", "icon_url": evil}],
    )
    whole = api.get(f"/orders/{made.order_number}", user=owner)
    assert "javascript" not in json.dumps(whole.json())
    assert whole.status_code == 200
    assert '"tracking_url": null' in json.dumps(whole.json())


def test_old_messages_leave_them_out() -> None:
    said = OrderShipped(order_number="A-1", store="Shop", tracking_url="javascript:alert(1)")
    assert "javascript" not in said.text()
    good = said.model_copy(update={"tracking_url": "https://courier.example/1"})
    assert "https://courier.example/1" in good.text()


def test_the_upgrade_takes_out_what_was_kept(database: Database, owner: User) -> None:
    import importlib.util

    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    evil = "javascript:alert(1)"
    made = make_order(database, owner, parcels=[{"status": "shipped", "tracking_url": evil}])
    with database.engine.begin() as db:
        kept = db.execute(text("SELECT detail FROM order_documents")).scalar_one()
        bad = json.loads(kept)
        bad["shipments"][0]["tracking_url"] = evil
        db.execute(text("UPDATE order_documents SET detail = :d"), {"d": json.dumps(bad)})
    path = Path(__file__).parents[2] / "alembic" / "versions" / "0004_links.py"
    spec = importlib.util.spec_from_file_location("links_0004", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with database.engine.begin() as db, Operations.context(MigrationContext.configure(db)):
        module.upgrade()
    with database.engine.begin() as db:
        assert db.execute(text("SELECT tracking_url FROM shipments")).scalar_one() is None
        clean = db.execute(text("SELECT detail FROM order_documents")).scalar_one()
        assert json.loads(clean) == json.loads(kept)
    assert made.order_number in clean
