"""Which way a refund goes and by which day it is there: order, return and messages agree."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.core.errors import NotFound
from account_portal.core.written import written_amount, written_day
from account_portal.models import OutboxMessage, User
from account_portal.orders import rules, service
from account_portal.orders.schemas import CancelOrder
from account_portal.returns import service as returns
from account_portal.states import ReturnStatus
from tests.conftest import Clock, Set
from tests.factories.bank_accounts import make_bank_account
from tests.factories.orders import make_order
from tests.factories.returns import make_return, move_return

Call = Callable[..., Any]

FRIDAY_EVENING = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
CARD = {"payment_method": "Credit Card", "card_type": "Visa", "card_number": "XXXX4242"}
OTHER_CARD = CARD | {"card_number": "XXXX0005"}
TRANSFER = {"payment_method": "Bank Transfer"}


@pytest.mark.parametrize(
    ("begun", "days", "country", "wanted"),
    [
        ("2026-11-27", 1, "IN", "2026-11-30"),  # a Friday: Monday is the first
        ("2026-11-27", 5, "IN", "2026-12-04"),
        ("2026-12-24", 1, "DE", "2026-12-28"),  # two holidays and a Sunday
        ("2026-12-31", 1, "JP", "2027-01-04"),  # banks of Japan rest for the new year
        ("2026-11-26", 1, "IL", "2026-11-29"),  # the week begins on Sunday
        ("2026-11-28", 0, "DE", "2026-11-30"),  # at once, but nobody works on Saturday
        ("2026-12-24", 1, "ZZ", "2026-12-25"),  # nobody knows: weekends alone
    ],
)
def test_working_days_are_those_of_the_country(
    begun: str, days: int, country: str, wanted: str
) -> None:
    found = rules.nth_working_day(date.fromisoformat(begun), days, country)
    assert found == date.fromisoformat(wanted)


@given(
    begun=st.dates(date(2020, 1, 1), date(2035, 1, 1)),
    days=st.integers(0, 60),
    country=st.sampled_from(["IN", "DE", "US", "JP", "AE", "IL", "ZZ"]),
)
def test_a_day_more_is_a_later_day(begun: date, days: int, country: str) -> None:
    day = rules.nth_working_day(begun, days, country)
    later = rules.nth_working_day(begun, days + 1, country)
    assert begun + timedelta(days=days) <= day < later
    assert rules.nth_working_day(day, 1, country) == later


@pytest.mark.parametrize(
    ("refund", "paid_by", "wanted"),
    [
        ({"payment_mode": "loyalty_point"}, [CARD], "as points"),
        ({"payment_method": rules.STORE_CREDIT}, [CARD], "as store credit"),
        ({}, [CARD], "to your Visa •••• 4242"),
        ({"payment_method": "Credit Card"}, [CARD], "to your Visa •••• 4242"),
        ({"payment_method": "UPI"}, [CARD], "to UPI"),
        ({}, [{"payment_method": "UPI"}], "to UPI"),
        ({}, [{"payment_method": "PayPal"}], "to PayPal"),
        ({}, [{"payment_method": "Card"}], "to your card"),
        ({"payment_method": "Debit  Card"}, [CARD], "to your card"),
        ({}, [{"payment_method": "Card", "card_number": "4242"}], "to your card •••• 4242"),
        ({}, [{"payment_method": "Gift card"}], "to your gift card"),
        ({}, [{"payment_method": "Net Banking"}], "to your bank account"),
        ({}, [{"payment_method": "Wallet"}], "to your wallet"),
        ({}, [{"payment_method": "Stripe"}], "the way you paid"),
        ({}, [{"payment_method": "Cash", "collection": "on_delivery"}], "the way you paid"),
        ({}, [], "the way you paid"),
        ({}, [CARD, CARD], "to your Visa •••• 4242"),
        ({}, [TRANSFER, CARD], "the way you paid"),
        ({"payment_method": "Credit Card"}, [CARD, TRANSFER], "to your Visa •••• 4242"),
        ({"payment_method": "Credit Card"}, [CARD, OTHER_CARD], "to your card"),
        ({"payment_id": "2"}, [TRANSFER, CARD], "to your Visa •••• 4242"),
        ({"payment_id": "1"}, [TRANSFER, CARD], "to your bank account"),
        ({"payment_id": "1"}, [CARD, OTHER_CARD], "to your Visa •••• 4242"),
        ({"payment_mode": "bank_transfer"}, [CARD], "to your bank"),
        (
            {
                "payment_mode": "bank_transfer",
                "bank_name": "HDFC Bank",
                "bank_account_number": "XXXX4321",
            },
            [CARD],
            "to HDFC Bank •••• 4321",
        ),
    ],
)
def test_a_way_is_named(refund: dict[str, Any], paid_by: list[dict[str, Any]], wanted: str) -> None:
    nothing = dict.fromkeys(["payment_method", "payment_id", "bank_name", "bank_account_number"])
    usual = {"payment_mode": "original_payment_mode", **nothing}
    none_paid = dict.fromkeys(["payment_method", "card_type", "card_number", "collection"])
    payments = [none_paid | {"id": str(number)} | one for number, one in enumerate(paid_by, 1)]
    assert rules.refund_way(usual | refund, payments) == wanted


@pytest.mark.parametrize(
    ("currency", "country", "wanted"),
    [
        ("INR", "IN", "₹1,49,900.50"),
        ("EUR", "DE", "149.900,50 €"),
        ("JPY", "US", "¥149,900"),
        ("KWD", "US", "KWD149,900.500"),
        ("EUR", "ZZ", "€149,900.50"),
    ],
)
def test_messages_write_money_as_pages_do(currency: str, country: str, wanted: str) -> None:
    amount = Decimal(149900) if currency == "JPY" else Decimal("149900.5")
    assert written_amount(amount, currency, country).replace("\N{NO-BREAK SPACE}", " ") == wanted


def cancel(call: Call, number: str, **values: Any) -> None:
    data = {"cancellation_reason": "No longer needed", "refund_mode": "original_payment_mode"}
    call(service.cancel_order, number, CancelOrder.model_validate(data | values))


def messages(database: Database) -> list[str]:
    with database.session(writes=False) as db:
        rows = db.exec(select(OutboxMessage).order_by(col(OutboxMessage.id)))
        return [str(row.payload) for row in rows]


def test_the_day_stays_when_the_store_approves_and_passes_when_it_does_not_come(
    api: Any, database: Database, owner: User, clock: Clock, call: Call
) -> None:
    clock.now = FRIDAY_EVENING
    order = make_order(database, owner, payments=[CARD], at=clock.now)
    cancel(call, order.order_number)
    [refund] = api.get(f"/orders/{order.order_number}/refunds", user=owner).json()["content"][
        "refunds"
    ]
    assert refund["expected_date"] == "2026-12-04"
    assert refund["return_request_number"] is None
    seen = {}
    for _ in range(9):
        [shown] = call(service.get_order_page, order.order_number).refunds
        seen[clock.now.date().isoformat()] = shown.due.when
        assert (shown.due.day, shown.way) == ("2026-12-04", "to your Visa •••• 4242")
        if clock.now.day == 30:
            call(service.approve_refund, refund["request_number"], actor=SHOP)
        clock.advance(days=1)
    assert seen == {
        **{f"2026-11-{day}": "on" for day in (27, 28, 29, 30)},
        **{f"2026-12-0{day}": "on" for day in (1, 2)},
        "2026-12-03": "tomorrow",
        "2026-12-04": "today",
        "2026-12-05": "late",
    }
    call(service.settle_refund, refund["request_number"], succeeded=True, actor=SHOP)
    [shown] = call(service.get_order_page, order.order_number).refunds
    assert (shown.due, shown.expected_date) == (None, None)


def test_a_day_of_the_store_begins_where_the_store_is(
    database: Database, owner: User, clock: Clock, call: Call, set_settings: Set
) -> None:
    """Sunday evening in London is Monday in Japan."""
    clock.now = datetime(2026, 11, 29, 18, 0, tzinfo=UTC)
    order = make_order(database, owner, at=clock.now)
    cancel(call, order.order_number)
    wanted = {"GB": date(2026, 12, 4), "JP": date(2026, 12, 7)}
    for country, day in wanted.items():
        set_settings(PORTAL_STORE_COUNTRY=country)
        [shown] = call(service.get_order_page, order.order_number).refunds
        assert shown.expected_date == day


def test_page_and_message_use_the_same_words(
    database: Database, owner: User, clock: Clock, call: Call, set_settings: Set
) -> None:
    set_settings(PORTAL_BANK_REFUND_DAYS="1")
    clock.now = FRIDAY_EVENING
    account = make_bank_account(database, owner)
    order = make_order(database, owner, at=clock.now)
    cancel(call, order.order_number, refund_mode="bank_transfer", bank_account_id=account.id)
    [shown] = call(service.get_order_page, order.order_number).refunds
    [told] = messages(database)
    for words in ("₹200.00", shown.way, written_day(shown.expected_date, "IN")):
        assert words in told
    assert shown.expected_date == date(2026, 11, 30)
    call(service.approve_refund, shown.request_number, actor=SHOP)
    call(service.settle_refund, shown.request_number, succeeded=True, actor=SHOP)
    assert shown.way in messages(database)[-1]


def test_an_order_knows_its_returns_and_a_return_its_refund(
    database: Database, owner: User, clock: Clock, call: Call
) -> None:
    clock.now = FRIDAY_EVENING
    order = make_order(database, owner, payments=[CARD], parcels=[{}], at=clock.now)
    made = make_return(database, owner, order)
    number = made.request_number

    waiting = call(returns.get_return_detail, number)
    assert (waiting.quote.money, waiting.quote.way) == (100, "to your Visa •••• 4242")
    assert waiting.quote.working_days == 5
    assert waiting.refunds == []
    page = call(service.get_order_page, order.order_number)
    assert [(one.number, one.status) for one in page.returns] == [(number, "created")]

    move_return(database, number, ReturnStatus.RECEIVED)
    there = call(returns.get_return_detail, number)
    assert there.quote == waiting.quote
    [refund] = there.refunds
    assert (refund.refund_amount, refund.stage, refund.due) == (100, "follows", None)
    clock.advance(days=3)  # a Monday
    call(returns.complete_return, number, actor=SHOP)
    [refund] = call(returns.get_return_detail, number).refunds
    assert refund.expected_date == date(2026, 12, 7), "counted from when the goods were checked"
    [of_order] = call(service.get_order_page, order.order_number).refunds
    assert of_order == refund
    assert of_order.return_request_number == number
    [told] = call(returns.get_return, order.order_number, number).refund
    assert (told.expected_date, told.return_request_number) == (date(2026, 12, 7), number)


def test_what_ends_otherwise_promises_nothing(
    database: Database, owner: User, call: Call, stranger: User
) -> None:
    refunds: list[dict[str, Any]] = [
        {"status": "failed"},
        {"payment_mode": "loyalty_point", "refund_amount": 100},
        {"payment_method": rules.STORE_CREDIT, "refund_amount": 100},
    ]
    order = make_order(
        database,
        owner,
        refunds=refunds,
        loyalty_amount=100,
        credit_balance_used=100,
        loyalty_point_redeemed=100,
    )
    shown = call(service.get_order_page, order.order_number).refunds
    days = {(one.status, one.way): one.expected_date for one in shown}
    assert days[("failed", "to UPI")] is None
    assert days[("pending", "as points")] is None
    assert days[("pending", "as store credit")] is None
    with pytest.raises(NotFound):
        call(service.get_order_page, order.order_number, actor=stranger)


@pytest.mark.parametrize(("hours", "has_day"), [(0, False), (50, True)])
def test_a_refund_whose_beginning_nobody_told_promises_no_day(
    call: Call, database: Database, owner: User, hours: int, has_day: bool
) -> None:
    ordered = datetime.now(UTC).replace(microsecond=0) - timedelta(days=20)
    told = {"status": "approved", "created_at": ordered + timedelta(hours=hours)}
    number = make_order(database, owner, at=ordered, refunds=[told]).order_number
    [shown] = call(service.get_order_page, number).refunds
    assert (shown.expected_date is not None, shown.due is not None) == (has_day, has_day)
    [listed] = call(service.list_refunds, number)
    assert listed.expected_date == shown.expected_date
