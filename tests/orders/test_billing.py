"""Receipts and invoices: who gets one and when, what stands on it, numbers, and the file itself."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlmodel import select

from account_portal.core.db import Database
from account_portal.models import Invoice, Order, User
from account_portal.orders import rules, service
from account_portal.orders.schemas import Bill, BillLine, BillSum, BillTax
from account_portal.orders.service.billing.drawing import draw
from tests.conftest import Clock, Set
from tests.factories.orders import make_line, make_order

Call = Callable[..., Any]
KINDS = ["receipt", "invoice"]


def ask(api: Any, user: User | None, number: str, kind: str) -> Any:
    return api.get(f"/orders/{number}/{kind}", user=user)


def fetch(api: Any, user: User, number: str, kind: str) -> Any:
    answer = ask(api, user, number, kind)
    assert answer.status_code == 200, answer.text
    return api.client.get(answer.json()["content"][kind]["url"])


def words(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


@pytest.fixture
def sent(database: Database, owner: User) -> Order:
    """Paid and delivered."""
    return make_order(database, owner, parcels=[{}])


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_owner_gets_one(
    api: Any, owner: User, stranger: User, sent: Order, kind: str
) -> None:
    number = sent.order_number
    assert ask(api, None, number, kind).status_code == 401
    assert ask(api, stranger, number, kind).status_code == 404
    assert ask(api, owner, "ORD-unknown", kind).status_code == 404
    answer = ask(api, owner, number, kind)
    assert answer.status_code == 200, answer.text
    url = answer.json()["content"][kind]["url"]
    for wrong in (
        url.replace("s=", "s=0"),
        url.replace("e=", "e=1"),
        url.replace(f"/{kind}s/", "/receipts/" if kind == "invoice" else "/invoices/"),
        url.replace(number, "ORD-other"),
        url.partition("?")[0],
    ):
        assert api.client.get(wrong).status_code == 404
    assert api.client.get(url).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_an_address_ends(api: Any, owner: User, sent: Order, kind: str, clock: Clock) -> None:
    url = ask(api, owner, sent.order_number, kind).json()["content"][kind]["url"]
    expires = int(parse_qs(urlsplit(url).query)["e"][0])
    clock.now = datetime.fromtimestamp(expires, UTC)
    assert api.client.get(url).status_code == 200
    clock.advance(seconds=1)
    assert api.client.get(url).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_a_pdf_that_is_known_again(
    api: Any, owner: User, sent: Order, kind: str, clock: Clock
) -> None:
    first = fetch(api, owner, sent.order_number, kind)
    assert first.headers["content-type"] == "application/pdf"
    assert first.headers["content-disposition"].startswith(f'attachment; filename="{kind}-')
    assert "private" in first.headers["cache-control"]
    assert len(PdfReader(BytesIO(first.content)).pages) == 1
    clock.advance(seconds=30)
    url = ask(api, owner, sent.order_number, kind).json()["content"][kind]["url"]
    again = api.client.get(url, headers={"If-None-Match": f'W/{first.headers["etag"]}, "x"'})
    assert (again.status_code, again.content) == (304, b"")
    other = api.client.get(url, headers={"If-None-Match": '"x"'})
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("values", "receipt", "invoice"),
    [
        ({"parcels": [{}]}, 200, 200),
        ({"parcels": [{"status": "shipped"}]}, 200, 200),
        ({"parcels": [{"status": "packed"}]}, 200, 409),
        ({}, 200, 409),
        ({"payments": []}, 409, 409),
        ({"payments": [{"payment_status": "failed"}]}, 409, 409),
        ({"payments": [{"payment_status": "pending"}], "parcels": [{}]}, 409, 409),
        ({"payments": [{"amount": 100}], "parcels": [{}]}, 200, 409),
        ({"status": "cancelled"}, 200, 409),
        ({"status": "cancelled", "payments": []}, 409, 409),
    ],
)
def test_nothing_is_confirmed_that_is_not_so(
    api: Any,
    database: Database,
    owner: User,
    call: Call,
    values: dict[str, Any],
    receipt: int,
    invoice: int,
) -> None:
    order = make_order(database, owner, **values)
    wanted = {"receipt": receipt, "invoice": invoice}
    for kind, status in wanted.items():
        answer = ask(api, owner, order.order_number, kind)
        assert answer.status_code == status, (kind, answer.text)
        assert status == 200 or answer.json()["code"] == f"{kind}_not_available"
    shown = call(service.get_order_page, order.order_number).bills
    assert shown == [kind for kind, status in wanted.items() if status == 200]


def test_a_store_that_invoices_elsewhere(
    api: Any, owner: User, sent: Order, call: Call, shop_for_real: None
) -> None:
    assert ask(api, owner, sent.order_number, "invoice").json()["code"] == "invoices_not_enabled"
    assert ask(api, owner, sent.order_number, "receipt").status_code == 200
    assert call(service.get_order_page, sent.order_number).bills == ["receipt"]


def test_what_stands_on_an_invoice(
    api: Any, database: Database, owner: User, set_settings: Set
) -> None:
    set_settings(
        PORTAL_SELLER_NAME="Northwind Trading Pvt Ltd",
        PORTAL_SELLER_ADDRESS="1 Harbour Road | 400001 Mumbai",
        PORTAL_SELLER_TAX_NUMBER="GSTIN 27AAACN1234A1Z5",
        PORTAL_INVOICE_PREFIX="NW",
    )
    lines = [
        make_line(0, product_name="Chai \u0915\u092a", line_total=118000, tax_amount=18000),
        make_line(1, product_name="Vase", line_total=10500, tax_amount=500, tax_rate=500),
    ]
    order = make_order(
        database,
        owner,
        lines=lines,
        parcels=[{}],
        shipping_amount=10000,
        shipping_tax_amount=1800,
        shipping_tax_rate=1800,
        grand_total=140300,
        loyalty_amount=300,
        place={"first_name": "\u039a\u03ce\u03c3\u03c4\u03b1\u03c2", "last_name": "\u042e\u0440"},
    )
    text = words(fetch(api, owner, order.order_number, "invoice").content)
    for said in (
        "Invoice",
        f"NW-{date.today().year}-000001",  # noqa: DTZ011
        order.order_number,
        "Northwind Trading Pvt Ltd",
        "1 Harbour Road",
        "400001 Mumbai",
        "GSTIN 27AAACN1234A1Z5",
        "\u039a\u03ce\u03c3\u03c4\u03b1\u03c2 \u042e\u0440",
        "Bengaluru 560001",
        "\u0915\u092a",
        "\u20b91,180.00",
        "\u20b9105.00",
        "\u20b9118.00",
        "\u20b91,403.00",
        "\u2212\u20b93.00",
        "\u20b91,400.00",
        "GST 18 %",
        "GST 5 %",
        "\u20b9203.00",
    ):
        assert said in text, (said, text)


def test_a_receipt_tells_of_refunds_and_of_a_cancelled_order(
    api: Any, database: Database, owner: User, call: Call
) -> None:
    sent = {"status": "success", "refund_date": datetime.now(UTC)}
    refunds = [
        {**sent, "refund_amount": 15000},
        {**sent, "refund_amount": 700, "payment_mode": rules.POINTS},
        {"status": "pending", "refund_amount": 5000},
    ]
    order = make_order(
        database,
        owner,
        status="cancelled",
        cancelled_at=datetime.now(UTC),
        refunds=refunds,
    )
    text = words(fetch(api, owner, order.order_number, "receipt").content)
    for said in ("This order was cancelled on", "UPI", "Refund to UPI", "Paid, less refunds"):
        assert said in text
    assert "\u2212\u20b9150.00" in text
    assert "\u2212\u20b97.00" not in text
    assert "\u20b950.00" in text


def test_an_invoice_never_changes(
    api: Any, database: Database, owner: User, sent: Order, clock: Clock, call: Call
) -> None:
    first = fetch(api, owner, sent.order_number, "invoice")
    with database.session(writes=True) as db:
        order = db.get_one(Order, sent.id)
        order.grand_total, order.status, order.payment_status = 1, "cancelled", "failed"
        db.commit()
    clock.advance(minutes=1)
    again = fetch(api, owner, sent.order_number, "invoice")
    assert again.content == first.content
    assert "invoice" in call(service.get_order_page, sent.order_number).bills


def test_numbers_have_no_gaps_and_no_twins(api: Any, database: Database, owner: User) -> None:
    orders = [make_order(database, owner, parcels=[{}]).order_number for _ in range(8)]
    unpaid = make_order(database, owner, payments=[]).order_number
    api.token(owner)
    with ThreadPoolExecutor(6) as pool:
        asked = [*orders, unpaid, *orders]
        statuses = list(pool.map(lambda one: ask(api, owner, one, "invoice").status_code, asked))
    assert set(statuses) <= {200, 409, 503}
    for number in orders:
        assert ask(api, owner, number, "invoice").status_code == 200
    with database.session(writes=False) as db:
        issued = db.exec(select(Invoice)).all()
    assert sorted(one.sequence for one in issued) == list(range(1, 9))


@pytest.mark.parametrize(
    ("day", "month", "year"),
    [
        ("2026-12-31", 1, "2026"),
        ("2027-01-01", 1, "2027"),
        ("2027-03-31", 4, "2627"),
        ("2027-04-01", 4, "2728"),
        ("2099-12-31", 4, "9900"),
    ],
)
def test_numbers_begin_anew_each_year(day: str, month: int, year: str) -> None:
    assert rules.series_year(date.fromisoformat(day), month) == year
    assert len(rules.invoice_number("ABCD", year, 999999)) <= 16


AMOUNTS = st.integers(0, 10**9)
LINES = st.lists(
    st.fixed_dictionaries(
        {
            "line_total": AMOUNTS,
            "tax_amount": AMOUNTS,
            "tax_rate": st.sampled_from([0, 500, 1800]),
            "tax_type": st.sampled_from(["GST", "", "VAT"]),
        }
    ),
    min_size=1,
    max_size=6,
)
HEAD = st.fixed_dictionaries(
    dict.fromkeys(
        (
            "grand_total",
            "item_total_tax",
            "shipping_amount",
            "shipping_tax_amount",
            "shipping_tax_rate",
            "handling_charge_excluding_tax",
            "handling_charge_tax_amount",
        ),
        AMOUNTS,
    )
)


@given(order=HEAD, lines=LINES)
def test_numbers_add_up_whatever_the_source(
    order: dict[str, int], lines: list[dict[str, Any]]
) -> None:
    parts = rules.parts_of_total(order, lines)
    assert sum(part.amount for part in parts) == order["grand_total"]
    taxes = rules.taxes_of(order, lines)
    of_order = ("item_total_tax", "shipping_tax_amount", "handling_charge_tax_amount")
    assert sum(tax.tax for tax in taxes) == sum(order[name] for name in of_order)
    assert all(tax.tax for tax in taxes)


SCRIPTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]), min_size=1, max_size=40
)


@settings(max_examples=12)
@given(name=SCRIPTS, address=st.lists(SCRIPTS, max_size=3), count=st.integers(1, 60))
def test_any_words_can_be_drawn(name: str, address: list[str], count: int) -> None:
    now = datetime(2026, 11, 28, tzinfo=UTC)
    bill = Bill(
        kind="receipt",
        number="ORD-1",
        issued_at=now,
        order_number="ORD-1",
        ordered_at=now - timedelta(days=1),
        currency="JPY",
        seller=[name],
        seller_tax_number="",
        buyer=[name, *address],
        buyer_tax_number="",
        delivered_to=address,
        lines=[
            BillLine(name=name, detail=name, quantity=1, price=Decimal(5), total=Decimal(5))
            for _ in range(count)
        ],
        sums=[BillSum(label="Items", amount=Decimal(5 * count))],
        total=Decimal(5 * count),
        taxes=[BillTax(label=name, net=Decimal(4), tax=Decimal(1))],
        means=[],
        payments=[BillSum(label=name, amount=Decimal(5 * count))],
        kept=Decimal(5 * count),
        note="",
    )
    file = draw(bill, "JP", ZoneInfo("Asia/Tokyo"))
    assert 1 <= len(PdfReader(BytesIO(file)).pages) <= 1 + count // 10 + 1
    assert f"\u00a5{5 * count}" in words(file).replace(",", "")


@pytest.mark.parametrize(
    ("zone", "day"), [("", "1 Mar 2024"), ("America/Los_Angeles", "29 Feb 2024")]
)
def test_days_of_a_bill_are_the_stores(
    api: Any, database: Database, owner: User, set_settings: Set, zone: str, day: str
) -> None:
    set_settings(PORTAL_STORE_TIME_ZONE=zone)
    moment = datetime(2024, 3, 1, 2, tzinfo=UTC)
    order = make_order(database, owner, parcels=[{}], order_date=moment)
    text = words(fetch(api, owner, order.order_number, "receipt").content)
    assert f"Ordered {day}" in text
