"""Cash on delivery has many names; nobody is asked to pay such an order again."""

from pathlib import Path

import pytest

from account_portal.core.db import Database
from account_portal.merchant.importing.records.payment_methods import is_paid_at_the_door
from account_portal.models import ImportStatement, OrderDocument, Payment, Refund
from tests.factories.records import bring_in, order, rows, write
from tests.factories.shopify import export, head

AT_THE_DOOR = """
Cash on Delivery (COD);Pay on delivery;CashOnDelivery;cash_on_delivery;Zahlung bei Lieferung
Betaling bij aflevering;Paiement à la livraison;Paiement a\u0300 la livraison
Efectivo contra entrega;Pagamento alla consegna;Platba na dobírku;代金引換;代引き;COD;cod;C.O.D.
cod_payment;Nachnahme;Contrassegno;Contre remboursement;Contra-reembolso;Оплата при получении
الدفع عند الاستلام;Za pobraniem;Kapıda ödeme;Utánvét;Plată ramburs;Pagamento na entrega;货到付款
कैश ऑन डिलीवरी;Card payment upon delivery;Postförskott
"""  # noqa: RUF001 - other alphabets
AT_ONCE = """
visa;PayPal;Shopify Payments;Bank Deposit;Klarna;Rechnung;Vorkasse;Cod3 Pay;Barcode;Codensa
Store credit;UPI;Remboursement;銀行振込;Gift card;
"""


def _names(text: str) -> list[str]:
    return text.strip().replace("\n", ";").split(";")


@pytest.mark.parametrize("name", _names(AT_THE_DOOR))
def test_names_of_cash_on_delivery(name: str) -> None:
    assert is_paid_at_the_door(name)
    assert is_paid_at_the_door(name.upper())


@pytest.mark.parametrize("name", _names(AT_ONCE))
def test_other_methods_are_none(name: str) -> None:
    assert not is_paid_at_the_door(name)


@pytest.mark.parametrize("name", ["Pay on delivery", "Platba na dobírku", "代金引換"])
def test_both_kinds_of_files_tell_it(database: Database, tmp_path: Path, name: str) -> None:
    shopify = export(
        tmp_path / "a.csv", head("#1001", Financial_Status="pending", Payment_Method=name)
    )
    payment = {"request_number": "P-1", "amount": 389.99, "payment_method": name}
    inside = {**payment, "payment_status": "pending"}
    own = {**inside, "request_number": "P-2", "type": "payment", "order_number": "A-1001"}
    paid = {**payment, "request_number": "P-3"}
    ours = write(tmp_path / "b.ndjson", order("A-1001", payments=[inside, paid]), own)
    for path in (shopify, ours):
        assert bring_in(database, path)[1] == []
    assert {row.request_number: row.collection for row in rows(database, Payment)} == {
        "1001-payment": "on_delivery",
        "P-1": "on_delivery",
        "P-2": "on_delivery",
        "P-3": None,
    }


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("4111111111111111", "XXXXXXXXXXXX1111"),
        ("4111 1111-1111 1234", "XXXX XXXX-XXXX 1234"),
        ("DE89370400440532013000", "DEXXXXXXXXXXXXXXXX3000"),
        ("GB29 NWBK 6016 1331 9268 19", "GBXX NWBK XXXX XXXX XX68 19"),
        ("12345678", "XXXX5678"),
        ("411111XXXXXX1111", "411111XXXXXX1111"),
        ("•••• 4242", "•••• 4242"),
        ("************4242", "************4242"),
        ("4242", "4242"),
        (4111111111111111, "XXXXXXXXXXXX1111"),
    ],
)
def test_numbers_of_cards_and_accounts_are_masked_before_anything_is_kept(
    database: Database, tmp_path: Path, told: str, kept: str
) -> None:
    payment = {"request_number": "P-1", "amount": 389.99, "card_number": told}
    payment["bank_account_number"] = told
    refund = {"request_number": "R-1", "refund_amount": 1, "bank_account_number": told}
    path = write(tmp_path / "a.ndjson", order("A-1001", payments=[payment], refunds=[refund]))
    for _ in range(2):
        assert bring_in(database, path)[1] == []
    [paid] = rows(database, Payment)
    assert (paid.card_number, paid.bank_account_number) == (kept, kept)
    assert [row.bank_account_number for row in rows(database, Refund)] == [kept]
    everything = str([*rows(database, ImportStatement), *rows(database, OrderDocument)])
    assert kept in everything
    assert kept == told or f'"{told}"' not in everything
