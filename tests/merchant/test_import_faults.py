"""What is wrong with a file is said by line, and nothing bad goes in."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from account_portal.core.db import Database
from account_portal.core.schemas import Email as SignInEmail
from account_portal.merchant.importing.fields import Email
from account_portal.models import Order, User
from tests.factories.records import bring_in, contents, order, rows, shipment, write

BAD: list[tuple[Any, str]] = [
    ('{"type": "order", ', "is not valid JSON"),
    ("[1, 2]", "is no object"),
    ('{"type": "order", "type": "order"}', "'type' stands twice"),
    ('{"type": "order", "grand_total": NaN}', "the value NaN is no number"),
    ("[" * 100_000, "is not valid JSON"),
    (b'{"type": "order", "order_number": "\xff"}', "is not UTF-8"),
    ("{}", "type: must be one of product, customer, order"),
    ({"type": "invoice"}, "type: must be one of"),
    ({"type": ["order"]}, "type: must be one of"),
    ({"type": "order"}, "order_number: is required"),
    (order("no/slash"), "order_number: must have 3 to 40 letters (a to z), digits, - and _"),
    (order("x" * 41), "order_number: must have 3 to 40 letters (a to z), digits, - and _, and"),
    (order("returns"), "order_number: must not be returns, which is an address of the API"),
    (order("#returns"), "order_number: must not be returns, which is an address of the API"),
    (
        shipment(number="GOOD-1", items=[{"sku": "TEA", "quantity": 1, "free_quantity": 2}]),
        "items.0: free_quantity must be at most quantity",
    ),
    (order(order_date="yesterday"), "order_date: must be a time such as"),
    (order(order_date=20240301), "order_date: must be a time such as"),
    (order(order_date="0001-01-01T00:00:00+14:00"), "order_date: must be a time such as"),
    (order(currency="XYZ"), "currency: is no currency in circulation"),
    (order(status="lost"), "status: must be"),
    (order(lines=[]), "lines: must have at least 1 entries"),
    (order(lines="none"), "lines: must be a list"),
    (order(lines=[{"sku": "A"}]), "lines.0.selling_price: is required"),
    (order(lines=[{"selling_price": 1}]), "lines.0: needs sku, product_id or product_name"),
    (order(shipping_amount="1,50"), "shipping_amount: must be a number"),
    (order(shipping_amount=-1), "shipping_amount: must be between 0 and"),
    (order(shipping_amount=True), "shipping_amount: must be a number"),
    (order(grand_total="1e400"), "grand_total: must be between 0 and"),
    (order(customer_note="a\u0000b"), "customer_note must not contain control characters"),
    (order(customer_note="a\ud800b"), "customer_note must not contain control characters"),
    (
        order(lines=[{"sku": "A", "selling_price": 1, "associated_options": {"n": [10**30]}}]),
        "associated_options holds a number that is too large",
    ),
    (order(metadata={"a": "\u0000"}), "metadata must not contain control characters"),
    (order(customer_email=None), "needs customer_id, customer_email or customer_phone"),
    (
        order(customer_email="no at sign"),
        "customer_email: is no e-mail address one could sign in with",
    ),
    (order(customer_email="asha@localhost"), "is no e-mail address one could sign in with"),
    (order(customer_email="asha@shop"), "customer_email: is no e-mail address one could sign in"),
    (order(customer_email=7), "customer_email: must be a text"),
    (order(customer_email=None, customer_phone="12"), "customer_phone: is no phone number one can"),
    ({"type": "customer", "phone": "12"}, "phone: is no phone number one can sign in with"),
    ({"type": "customer", "first_name": "Nobody"}, "needs external_id, email or phone"),
    (
        {"type": "payment", "order_number": "NONE-1", "request_number": "P", "amount": 1},
        "order NONE-1 is not known",
    ),
    (
        {
            "type": "review",
            "customer_email": "who@x.example",
            "product_id": "P",
            "rating": 5,
            "review_date": "2024-01-01",
        },
        "customer who@x.example is not known",
    ),
]


@pytest.mark.parametrize(("bad", "reason"), BAD, ids=[reason for _, reason in BAD])
def test_a_bad_record_is_named_and_the_good_ones_go_in(
    database: Database, tmp_path: Path, bad: Any, reason: str
) -> None:
    path = write(tmp_path / "1.ndjson", order("GOOD-1"), bad, order("GOOD-2"))
    summary, faults = bring_in(database, path)
    assert [line for line, _ in faults] == [2]
    assert reason in faults[0][1]
    assert "\n" not in faults[0][1]
    assert summary.faults == 1
    assert {row.order_number for row in rows(database, Order)} == {"GOOD-1", "GOOD-2"}


@pytest.mark.parametrize(
    "text",
    [
        "Asha.Rao+shop@Shop.Example", " asha@shop.example ", "o'brien@shop.example", "a@b",
        "@b.example", "a@localhost", "a@shop.test", "a..b@shop.example", ".a@shop.example",
        "a@-shop.example",
        "a b@shop.example", "a@b@shop.example", "Asha <asha@shop.example>", "a@münchen.example",
        "a@shop.example.", "x" * 65 + "@shop.example", "a@" + "x" * 64 + ".example",
        "ä@shop.example", "a@shop", "a@[127.0.0.1]", "a@" + "x." * 125 + "example", "a@gmail.com\n",
    ],
)  # fmt: skip
def test_an_e_mail_address_is_one_that_signs_in(text: str) -> None:
    try:
        expected = TypeAdapter(SignInEmail).validate_python(text.strip())
    except ValidationError:
        with pytest.raises(ValidationError):
            TypeAdapter(Email).validate_python(text)
    else:
        assert TypeAdapter(Email).validate_python(text) == expected


def test_strict_rolls_everything_back(database: Database, tmp_path: Path, owner: User) -> None:
    before = contents(database)
    good = write(tmp_path / "1.ndjson", *(order(f"GOOD-{number}") for number in range(20)))
    bad = write(tmp_path / "2.ndjson", order("GOOD-99"), "{")
    summary, faults = bring_in(database, good, bad, strict=True)
    assert summary.rolled_back
    assert [line for line, _ in faults] == [2]
    assert contents(database) == before
    assert not bring_in(database, good, strict=True)[0].rolled_back
    assert len(rows(database, Order)) == 20


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b" \r\n\n", "is empty"),
        (b'[{"type": "order"}]', "is one JSON array"),
        (b"\xff\xfe{\x00}\x00", "is UTF-16"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is no text file"),
        (b"name;price\nTea;1\n", "is neither NDJSON nor a Shopify export"),
        (b"<html></html>", "is neither NDJSON nor a Shopify export"),
    ],
)
def test_a_file_of_another_kind_is_refused(
    database: Database, tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "orders.ndjson"
    path.write_bytes(content)
    summary, faults = bring_in(database, path)
    assert summary.faults == 1
    assert faults[0][0] == 0
    assert reason in faults[0][1]


def test_a_missing_file_is_named_and_the_next_is_read(database: Database, tmp_path: Path) -> None:
    good = write(tmp_path / "1.ndjson", order())
    _, faults = bring_in(database, tmp_path / "gone.ndjson", good)
    assert faults == [(0, "cannot be read: No such file or directory")]
    assert len(rows(database, Order)) == 1


def test_marks_line_ends_and_blank_lines_do_not_matter(database: Database, tmp_path: Path) -> None:
    path = write(tmp_path / "1.ndjson", order("A-1"), "", order("A-2"))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n").rstrip())
    summary, faults = bring_in(database, path)
    assert faults == []
    assert summary.written == {"order": 2}


def test_a_file_that_was_cut_off_says_so(database: Database, tmp_path: Path) -> None:
    path = write(tmp_path / "1.ndjson", order("A-1"), order("A-2"))
    path.write_bytes(path.read_bytes()[:-40])
    _, faults = bring_in(database, path)
    assert len(faults) == 1
    assert faults[0][0] == 2
    assert "the file seems to be cut off" in faults[0][1]
    assert len(rows(database, Order)) == 1


def test_an_endless_line_is_not_read_into_memory(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("account_portal.merchant.importing.sources.LONGEST_LINE", 5000)
    path = write(tmp_path / "1.ndjson", order("A-1"), "{" + " " * 6000, order("A-2"))
    _, faults = bring_in(database, path)
    assert faults == [(2, "is longer than 16 MiB")]


def test_what_only_the_database_refuses_is_found(database: Database, tmp_path: Path) -> None:
    condition = "order_number <> 'A-2'"
    with database.engine.begin() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql(
                "CREATE TRIGGER only_here BEFORE INSERT ON orders "
                f"WHEN NOT (NEW.{condition}) BEGIN SELECT RAISE(ABORT, 'not this'); END"
            )
        else:
            connection.exec_driver_sql(
                f"ALTER TABLE orders ADD CONSTRAINT only_here CHECK ({condition})"
            )
    try:
        path = write(tmp_path / "1.ndjson", order("A-1"), order("A-2"), order("A-3"))
        _, faults = bring_in(database, path)
    finally:
        if not database.is_sqlite:
            with database.engine.begin() as connection:
                connection.exec_driver_sql("ALTER TABLE orders DROP CONSTRAINT only_here")
    assert [line for line, _ in faults] == [2]
    assert faults[0][1].startswith("the database refuses it")
    assert len(rows(database, Order)) == 2


def test_an_order_no_number_holds_is_refused_in_words(database: Database, tmp_path: Path) -> None:
    huge = {"sku": "A", "quantity": 1_000_000, "selling_price": 10**12}
    paid = order("A-2", lines=[huge], payment_status="success")
    _, faults = bring_in(database, write(tmp_path / "1.ndjson", order("A-1"), paid))
    assert [line for line, _ in faults] == [2]
    assert faults[0][1].startswith("the order comes to more than")
    large = [{"sku": "A", "quantity": 2, "selling_price": 999_999_999_999}]
    paid = order("A-3", lines=large, payment_status="success", shipping_amount=0)
    assert bring_in(database, write(tmp_path / "2.ndjson", paid))[1] == []


def test_the_same_order_twice_in_a_file_is_an_update(database: Database, tmp_path: Path) -> None:
    path = write(
        tmp_path / "1.ndjson", order(), order(shipping_amount=50), order(customer_note="x")
    )
    summary, faults = bring_in(database, path)
    assert faults == []
    assert summary.written == {"order": 3}
    [bought] = rows(database, Order)
    assert (bought.shipping_amount, bought.customer_note) == (4000, "x")
