"""Exports as spreadsheets and other channels leave them: each has its right value, or its column.

A cell that nobody can read is named by its column and what stands in it; none is guessed.
"""

from pathlib import Path
from typing import Any

import pytest

from account_portal.models import Order, OrderLine, Payment, Refund, Shipment, User
from account_portal.orders import service
from tests.factories.records import bring_in, rows
from tests.factories.shopify import Cells, export, head, line
from tests.merchant.shops import CANCEL, Shop

pytestmark = pytest.mark.usefixtures("the_day")
SENT = {"Fulfillment_Status": "fulfilled", "Fulfilled_at": "2026-11-20 10:00:00 +0000"}


def takes(shop: Shop, path: Path, *cells: Cells) -> list[tuple[int, str]]:
    return shop._take(export(path / "orders.csv", *cells))


BETWEEN = "must be between 0 and 1000000000000"


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"Total": "-10.00"}, f"Total: '-10.00' {BETWEEN}"),
        ({"Lineitem_price": "-1"}, f"Lineitem price: '-1' {BETWEEN}"),
        ({"Lineitem_discount": "-1.00"}, f"Lineitem discount: '-1.00' {BETWEEN}"),
        ({"Refunded_Amount": "-3.00"}, f"Refunded Amount: '-3.00' {BETWEEN}"),
        ({"Shipping": "-3"}, f"Shipping: '-3' {BETWEEN}"),
        ({"Total": "99999999999999.99"}, f"Total: '99999999999999.99' {BETWEEN}"),
        ({"Outstanding_Balance": "1 000"}, "Outstanding Balance: '1 000' is no number"),
        ({"Total": "€10.00"}, "Total: '€10.00' is no number"),
        ({"Total": "1,234.50"}, "Total: '1,234.50' is no number"),
        ({"Taxes": "NaN"}, "Taxes: 'NaN' is no number"),
        (
            {"Created_at": "02/03/2026 10:00"},
            "Created at: '02/03/2026 10:00' must be a time such as",
        ),
        ({"Created_at": ""}, "Created at: is required"),
        ({"Paid_at": "yesterday"}, "Paid at: 'yesterday' must be a time such as"),
        ({"Cancelled_at": "yes"}, "Cancelled at: 'yes' must be a time such as"),
        ({**SENT, "Fulfilled_at": "45990.4"}, "Fulfilled at: '45990.4' must be a time such as"),
        ({"Lineitem_quantity": "1.5"}, "Lineitem quantity: '1.5' must be a whole number"),
        ({"Lineitem_quantity": "-1"}, "Lineitem quantity: '-1' must be at least 0"),
        ({"Lineitem_quantity": "two"}, "Lineitem quantity: 'two' must be a whole number"),
        ({"Lineitem_quantity": ""}, "Lineitem quantity: is empty"),
        ({"Lineitem_quantity": "0"}, "Lineitem quantity: is 0 in each line"),
        ({"Lineitem_name": "", "Lineitem_sku": ""}, "Lineitem name: is empty, and so is Linei"),
        ({"Financial_Status": "bezahlt"}, "Financial Status: 'bezahlt' is unknown; known are"),
        ({"Fulfillment_Status": "versandt"}, "Fulfillment Status: 'versandt' is unknown; kno"),
        (
            {"Fulfillment_Status": "partial", "Lineitem_fulfillment_status": "halb"},
            "Lineitem fulfillment status: 'halb' is unknown; known are",
        ),
        ({"Currency": "RUR"}, "Currency: 'RUR' is no currency in circulation"),
        ({"Email": "asha@localhost"}, "Email: 'asha@localhost' is no e-mail address one could"),
        ({"Email": "", "Phone": "n/a"}, "Email, Phone, Billing Phone, Shipping Phone: none names"),
        ({"Email": ""}, "Email, Phone, Billing Phone, Shipping Phone: none names a customer"),
        ({"Financial_Status": "refunded", "Refunded_Amount": "12"}, "refunds: more goes back"),
    ],
)
def test_what_cannot_be_read_is_named_and_nothing_is_written(
    shop: Shop, tmp_path: Path, cells: Cells, reason: str
) -> None:
    [(place, said)] = takes(shop, tmp_path, head("#1001", **cells), head("#1002"))
    assert place == 2
    assert said.startswith(reason)
    assert [row.order_number for row in rows(shop.database, Order)] == ["1002"]
    assert len(rows(shop.database, Payment)) == 1


def test_only_the_cell_that_is_wrong_is_named(shop: Shop, tmp_path: Path) -> None:
    [(_, said)] = takes(shop, tmp_path, head(Created_at="20/11/2026 09:59", Paid_at=""))
    assert said == "Created at: '20/11/2026 09:59' must be a time such as 2025-03-01T09:30:00Z"


def test_a_customer_without_any_key_is_told_by_the_columns(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text("Customer ID,First Name,Last Name,Email,Phone,Total Spent\n,No,One,,,0\n")
    assert bring_in(shop.database, path)[1] == [
        (2, "Customer ID, Email, Phone, Default Address Phone: all are empty")
    ]


def small(currency: str, amount: str) -> Cells:
    return {"Currency": currency, "Subtotal": amount, "Total": amount, "Lineitem_price": amount}


@pytest.mark.parametrize(
    ("cells", "total", "payment", "back"),
    [
        # total in minor units; state, paid, unpaid in major ones, retry; what a cancel gives back
        (small("JPY", "1000.00"), 1000, ("success", 1000, 0, False), 1000),
        (small("KWD", "1.500"), 1500, ("success", 1, 0, False), 1500),
        (small("VND", "2500000000"), 2500000000, ("success", 2500000000, 0, False), 2500000000),
        (small("EUR", "1e3"), 100000, ("success", 1000, 0, False), 100000),
        (small("eur", "10"), 1000, ("success", 10, 0, False), 1000),
        (small("EUR", "0.00"), 0, ("success", 0, 0, False), 0),
        ({**small("EUR", "0.00"), "Financial_Status": "pending", "Payment_Method": ""},
         0, ("success", 0, 0, False), 0),
        ({"Financial_Status": "partially_paid", "Outstanding_Balance": "4.00",
          "Payment_Method": "gift_card + Shopify Payments"},
         1000, ("partially_paid", 6, 4, True), 600),
        ({"Financial_Status": "Partially Paid", "Outstanding_Balance": "0.00"},
         1000, ("success", 10, 0, False), 1000),
        ({"Financial_Status": "paid", "Outstanding_Balance": "-2.00"},
         1000, ("success", 10, 0, False), 1200),
        ({"Financial_Status": "Partially Refunded", "Refunded_Amount": "3"},
         1000, ("success", 10, 0, False), 1000),
        ({"Financial_Status": "refunded", "Fulfillment_Status": "restocked"},
         1000, ("success", 10, 0, False), 1000),
        ({"Financial_Status": "authorized", "Outstanding_Balance": "10.00"},
         1000, ("pending", 0, 10, False), 0),
        ({"Financial_Status": "pending", "Payment_Method": "cash_on_delivery"},
         1000, ("pending", 0, 10, False), 0),
        ({"Financial_Status": "expired"}, 1000, ("failed", 0, 10, True), 0),
        ({"Total": "12.00"}, 1200, ("success", 12, 0, False), 1200),  # a tip
        ({"Subtotal": "9.00", "Total": "9.00", "Lineitem_discount": "1.00"},
         900, ("success", 9, 0, False), 900),
        ({"Lineitem_name": ""}, 1000, ("success", 10, 0, False), 1000),
    ],
)  # fmt: skip
def test_a_bill_is_what_its_cells_say(
    shop: Shop, tmp_path: Path, cells: Cells, total: int, payment: Any, back: int
) -> None:
    for _ in range(2):
        assert takes(shop, tmp_path, head("#1001", **cells)) == []
        assert shop.payment("1001") == payment
    [order] = rows(shop.database, Order)
    lines = sum(row.line_total for row in rows(shop.database, OrderLine))
    parts = lines + order.shipping_amount + order.handling_charge_excluding_tax
    assert (order.grand_total, parts) == (total, total)
    shop.customer(service.cancel_order, "1001", CANCEL)
    assert sum(row.refund_amount for row in rows(shop.database, Refund)) == back


@pytest.mark.parametrize(
    ("phones", "number"),
    [
        (("'+91 98765-00001", "", ""), "9876500001"),
        (("0", "'+919876500001", ""), "9876500001"),
        (("n/a", "-", "00919876500001"), "9876500001"),
        (("", "", "(+91) 98765 00001"), "9876500001"),
    ],
)
def test_an_order_without_an_e_mail_address_is_its_phones(
    shop: Shop, tmp_path: Path, phones: tuple[str, str, str], number: str
) -> None:
    told, billing, shipping = phones
    cells = head(Email="", Phone=told, Billing_Phone=billing, Shipping_Phone=shipping)
    assert takes(shop, tmp_path, cells) == []
    [order] = rows(shop.database, Order)
    [user] = rows(shop.database, User, customer_id=order.customer_id)
    assert (user.country_code, user.phone, user.email) == ("+91", number, None)


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("2026-03-02 10:00:00 -0500", "2026-03-02T15:00:00+00:00"),
        ("2026-03-02 10:00:00 UTC", "2026-03-02T10:00:00+00:00"),
        ("2026-03-02T10:00:00+05:30", "2026-03-02T04:30:00+00:00"),
        ("2026-03-02 10:00:00 Z", "2026-03-02T10:00:00+00:00"),
        ("2026-03-02", "2026-03-02T12:00:00+00:00"),
    ],
)
def test_times_keep_their_zone(shop: Shop, tmp_path: Path, told: str, moment: str) -> None:
    assert takes(shop, tmp_path, head(Created_at=told)) == []
    [order] = rows(shop.database, Order)
    assert order.order_date.isoformat() == moment


def test_formulas_are_texts(shop: Shop, tmp_path: Path) -> None:
    cells = head(Lineitem_name="=1+1", Notes='=HYPERLINK("x")', Lineitem_sku="'=CUP")
    assert takes(shop, tmp_path, cells) == []
    [sold], [order] = rows(shop.database, OrderLine), rows(shop.database, Order)
    assert (sold.product_name, sold.sku) == ("=1+1", "=CUP")
    assert order.customer_note == '=HYPERLINK("x")'


OLDER: list[tuple[Cells, Cells]] = [
    ({"Financial_Status": "partially_refunded", "Refunded_Amount": "4.00"}, {}),
    ({}, {"Financial_Status": "pending", "Payment_Method": ""}),
    (SENT, {"Fulfillment_Status": "partial", "Lineitem_fulfillment_status": "partial"}),
    ({"Financial_Status": "refunded", "Cancelled_at": "2026-11-20 10:00:00 +0000"}, {}),
]


@pytest.mark.parametrize(("newer", "older"), OLDER)
def test_an_older_export_read_later_undoes_nothing(
    shop: Shop, tmp_path: Path, newer: Cells, older: Cells
) -> None:
    def seen() -> list[Any]:
        [order] = rows(shop.database, Order)
        return [
            shop.payment("1001"),
            shop.refunds("1001"),
            shop.order("1001").status,
            order.cancelled_at,
            [row.status for row in rows(shop.database, Shipment)],
        ]

    takes(shop, tmp_path, head(**newer))
    before = seen()
    assert takes(shop, tmp_path, head(**older)) == []
    assert seen() == before


def test_a_row_that_tells_a_line_without_its_name_is_a_line(shop: Shop, tmp_path: Path) -> None:
    """It was left out, and what it cost became a fee."""
    more = line(Lineitem_quantity="1", Lineitem_price="5.00", Lineitem_sku="BAG")
    assert takes(shop, tmp_path, head(Subtotal="15.00", Total="15.00"), more) == []
    found = [(row.sku, row.product_name, row.line_total) for row in rows(shop.database, OrderLine)]
    assert sorted(found) == [("BAG", "BAG", 500), ("CUP", "Cup", 1000)]
    assert rows(shop.database, Order)[0].handling_charge_excluding_tax == 0


@pytest.mark.parametrize(
    ("sent", "note"),
    [
        ({}, "The amount is reserved. It is taken when your order is sent."),
        (SENT, "The amount is reserved."),
    ],
)
def test_what_is_reserved_is_not_taken_when_it_was_sent(
    shop: Shop, tmp_path: Path, sent: Cells, note: str
) -> None:
    takes(shop, tmp_path, head(Financial_Status="authorized", **sent))
    assert shop.customer(service.get_order_page, "1001").money_note == note
