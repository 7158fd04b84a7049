"""The ledger: sums equal its rows, nothing is taken that isn't there, orders are settled once."""

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.core.errors import Forbidden, InvalidInput, NotFound
from account_portal.core.settings import get_settings
from account_portal.loyalty import service
from account_portal.loyalty.rules import LoyaltyNotEnabled
from account_portal.loyalty.schemas import LoyaltyQuery
from account_portal.loyalty.service.ledger import membership_number_of
from account_portal.models import (
    CreditActivity,
    LoyaltyAccount,
    LoyaltyActivity,
    Order,
    Refund,
    User,
)
from account_portal.orders.service import settle_refund
from account_portal.states import ActivityType
from tests.factories.loyalty import make_activity, spend_points
from tests.factories.orders import make_order
from tests.factories.users import make_user

Call = Callable[..., Any]

movements = st.lists(
    st.tuples(
        st.sampled_from(list(ActivityType)),
        st.sampled_from(["order", "bonus", "order_cancelled", "order_returned", "expiry"]),
        st.integers(1, 5000),
        st.integers(-300, 300),
        st.sampled_from([None, 1, 30]),
    ),
    max_size=12,
)


@given(steps=movements)
def test_sums_equal_the_ledger_and_no_balance_is_negative(
    acting: Any, database: Database, steps: list[Any]
) -> None:
    member = make_user(database, password=None)
    for kind, activity, points, savings, waits in steps:
        with acting(SHOP) as ctx:
            service.record_activity(
                ctx,
                member.customer_id,
                activity_type=kind,
                activity=activity,
                loyalty_point=points,
                title="x",
                savings=savings,
                spendable_at=ctx.now + timedelta(days=waits) if waits else None,
            )
    with acting(member, writes=False) as ctx:
        rows = ctx.db.execute(ctx.owned(LoyaltyActivity)).scalars().all()
        account = ctx.db.get(LoyaltyAccount, member.customer_id)
        shown = service.get_loyalty(ctx).loyalty
        progress = service.get_tier_progress(ctx)
    earned = sum(row.loyalty_point for row in rows if row.activity_type == "earned")
    redeemed = sum(row.loyalty_point for row in rows if row.activity_type == "redeemed")
    bonus = sum(
        row.loyalty_point
        for row in rows
        if row.activity_type == "earned" and row.activity == "bonus"
    )
    assert earned >= redeemed
    if steps:
        assert account is not None
        assert (account.earned, account.redeemed, account.bonus) == (earned, redeemed, bonus)
        assert account.savings >= 0
    assert shown.loyalty_point_balance == Decimal(earned - redeemed) / 100
    assert 0 <= shown.loyalty_point_redeemable <= shown.loyalty_point_balance
    assert 0 <= progress.tier_points <= shown.loyalty_point_earned
    assert shown.loyalty_tier == progress.tier


def test_a_member_who_never_used_it_sees_zeros(call: Call, owner: User) -> None:
    details = call(service.get_loyalty)
    assert details.loyalty.membership_number == membership_number_of(owner.customer_id)
    assert details.loyalty.loyalty_tier == "Bronze"
    amounts = details.loyalty.model_dump(exclude={"membership_number", "loyalty_tier"})
    assert set(amounts.values()) == {0, None}
    assert call(service.list_activities, LoyaltyQuery()).rows == []


def test_the_number_stays_when_the_first_point_comes(
    call: Call, database: Database, owner: User, stranger: User
) -> None:
    before = call(service.get_loyalty).loyalty.membership_number
    make_activity(database, owner)
    assert call(service.get_loyalty).loyalty.membership_number == before
    assert call(service.get_loyalty, actor=stranger).loyalty.membership_number != before


def test_more_than_the_balance_takes_what_is_there_and_says_so(
    call: Call, database: Database, owner: User
) -> None:
    make_activity(database, owner, loyalty_point=2550)
    row = make_activity(
        database,
        owner,
        activity_type=ActivityType.REDEEMED,
        activity="expiry",
        loyalty_point=4000,
        remarks="Old points.",
    )
    assert row is not None
    assert row.loyalty_point == 2550
    assert row.remarks == "Old points. Only 25.5 of 40 points were there."
    assert call(service.get_loyalty).loyalty_point_balance == 0
    nothing = make_activity(database, owner, activity_type=ActivityType.REDEEMED)
    assert nothing is None


def test_points_wait_for_the_return_window(
    call: Call, database: Database, owner: User, clock: Any
) -> None:
    make_activity(database, owner, loyalty_point=5000)
    later = clock.now + timedelta(days=30)
    make_activity(
        database, owner, loyalty_point=10000, reference_number="ORD-2", spendable_at=later
    )
    make_activity(
        database,
        owner,
        activity_type=ActivityType.REDEEMED,
        activity="order_returned",
        loyalty_point=4000,
        reference_number="ORD-2",
        spendable_at=later,
    )

    def shown() -> tuple[Decimal, Decimal]:
        loyalty = call(service.get_loyalty).loyalty
        return loyalty.loyalty_point_balance, loyalty.loyalty_point_redeemable

    assert shown() == (110, 50)
    clock.advance(days=30)
    assert shown() == (110, 110)


def test_an_order_earns_once(call: Call, database: Database, owner: User, clock: Any) -> None:
    order = make_order(database, owner, parcels=[{}], loyalty_point_earned=1234, at=clock.now)
    for _ in range(3):
        call(service.earn_for_order, order, actor=SHOP)
    rows = call(service.list_activities, LoyaltyQuery()).rows
    assert [(row.activity, row.loyalty_point) for row in rows] == [("order", Decimal("12.34"))]
    assert rows[0].reference_number == order.order_number
    assert call(service.get_loyalty).loyalty.loyalty_point_redeemable == 0
    clock.advance(days=31)
    assert call(service.get_loyalty).loyalty.loyalty_point_redeemable == Decimal("12.34")


def test_a_cancelled_order_gives_up_what_it_earned_and_gives_back_what_it_took(
    call: Call, database: Database, owner: User
) -> None:
    order = make_order(
        database,
        owner,
        loyalty_point_earned=500,
        loyalty_point_redeemed=300,
        loyalty_amount=300,
        credit_balance_used=4200,
    )
    make_activity(database, owner, reference_number=order.order_number, loyalty_point=500)
    spend_points(database, owner, order)
    cancelled = Order(**{**order.model_dump(), "status": "cancelled"})
    call(service.settle_cancelled_order, cancelled, actor=SHOP)
    call(service.take_back_for_order, cancelled, actor=SHOP)
    rows = call(service.list_activities, LoyaltyQuery()).rows
    assert sorted((row.activity, row.activity_type, row.loyalty_point) for row in rows) == [
        ("bonus", "earned", 3),
        ("order", "earned", 5),
        ("order", "redeemed", 3),
        ("order_cancelled", "earned", 3),
        ("order_cancelled", "redeemed", 5),
    ]
    assert call(service.get_loyalty).loyalty_point_balance == 3
    assert call(service.get_tier_progress).tier_points == 3  # what was earned before
    with database.session(writes=False) as db:
        credit = db.exec(select(CreditActivity)).one()
    assert (credit.customer_id, credit.amount) == (owner.customer_id, 4200)


def test_points_that_only_come_back_raise_no_tier(
    call: Call, database: Database, owner: User
) -> None:
    make_activity(database, owner, loyalty_point=99900)
    for number in range(5):
        make_activity(database, owner, activity_type=ActivityType.REDEEMED, loyalty_point=99900)
        make_activity(
            database,
            owner,
            activity="order_cancelled",
            loyalty_point=99900,
            reference_number=f"ORD-{number}",
        )
    progress = call(service.get_tier_progress)
    assert (progress.tier, progress.points_missing, progress.percent) == ("Bronze", 1, 99)
    make_activity(database, owner, loyalty_point=100)
    progress = call(service.get_tier_progress)
    assert (progress.tier, progress.next_tier, progress.points_missing) == ("Silver", "Gold", 4000)


def test_the_highest_tier_misses_nothing(call: Call, database: Database, owner: User) -> None:
    make_activity(database, owner, loyalty_point=900000)
    progress = call(service.get_tier_progress)
    assert (progress.tier, progress.next_tier, progress.points_missing) == ("Gold", None, 0)
    assert progress.percent == 100


def test_a_store_without_a_programme(
    call: Call, database: Database, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_LOYALTY", "0")
    get_settings.cache_clear()
    order = make_order(database, owner, parcels=[{}], loyalty_point_earned=100)
    call(service.earn_for_order, order, actor=SHOP)
    for read, *args in [
        (service.get_loyalty,),
        (service.get_tier_progress,),
        (service.list_activities, LoyaltyQuery()),
    ]:
        with pytest.raises(LoyaltyNotEnabled):
            call(read, *args)
    with database.session(writes=False) as db:
        assert db.exec(select(LoyaltyActivity)).all() == []


def test_the_shop_grants_and_expires(call: Call, owner: User) -> None:
    call(service.grant_points, "OWNER@example.com", Decimal("12.345"), actor=SHOP)
    call(service.grant_points, owner.customer_id, Decimal(5), activity="adjustment", actor=SHOP)
    call(service.expire_points, owner.customer_id, Decimal(100), actor=SHOP)
    loyalty = call(service.get_loyalty).loyalty
    assert loyalty.loyalty_point_earned == Decimal("17.35")
    assert loyalty.loyalty_point_bonus_accrued == Decimal("12.35")
    assert loyalty.loyalty_point_balance == 0
    with pytest.raises(NotFound):
        call(service.grant_points, "nobody@example.com", Decimal(1), actor=SHOP)


@pytest.mark.parametrize("points", ["0", "-1", "NaN", "Infinity", "10000001"])
def test_points_must_be_an_amount(call: Call, owner: User, points: str) -> None:
    with pytest.raises(InvalidInput):
        call(service.grant_points, owner.customer_id, Decimal(points), actor=SHOP)


@pytest.mark.parametrize("shop_call", [service.grant_points, service.expire_points])
def test_customers_grant_themselves_nothing(call: Call, owner: User, shop_call: Any) -> None:
    with pytest.raises(Forbidden):
        call(shop_call, owner.customer_id, Decimal(1))


def test_racing_movements_lose_nothing(acting: Any, database: Database, owner: User) -> None:
    """Ten first movements at once make one account; ten takers never overdraw it."""
    faults: list[BaseException] = []

    def move(kind: ActivityType, points: int) -> None:
        try:
            with acting(SHOP) as ctx:
                service.record_activity(
                    ctx,
                    owner.customer_id,
                    activity_type=kind,
                    activity="adjustment",
                    loyalty_point=points,
                    title="x",
                )
        except BaseException as error:
            faults.append(error)

    for kind, points in [(ActivityType.EARNED, 100), (ActivityType.REDEEMED, 150)]:
        threads = [threading.Thread(target=move, args=(kind, points)) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert faults == []
    with database.session(writes=False) as db:
        account = db.get(LoyaltyAccount, owner.customer_id)
        rows = db.exec(
            select(LoyaltyActivity).where(col(LoyaltyActivity.activity_type) == "redeemed")
        ).all()
    assert account is not None
    assert (account.earned, account.redeemed) == (1000, 1000)
    assert sorted(row.loyalty_point for row in rows) == [100] + [150] * 6


def give_back_by_cancel(call: Call, database: Database, order: Order) -> None:
    cancelled = Order(**{**order.model_dump(), "status": "cancelled"})
    call(service.settle_cancelled_order, cancelled, actor=SHOP)


def give_back_by_refund(call: Call, database: Database, order: Order) -> None:
    refund = Refund(
        order_id=order.id,
        request_number=f"RFD-{order.order_number}",
        refund_amount=order.loyalty_amount,
        status="approved",
        payment_mode="loyalty_point",
        created_at=order.created_at,
        modified_at=order.created_at,
    )
    number = refund.request_number
    with database.session(writes=True) as db:
        db.add(refund)
        db.commit()
    call(settle_refund, number, succeeded=True, actor=SHOP)


@pytest.mark.parametrize("give_back", [give_back_by_cancel, give_back_by_refund])
def test_savings_are_those_in_the_stores_currency(
    call: Call, database: Database, owner: User, give_back: Callable[..., None]
) -> None:
    def saved() -> Decimal:
        return call(service.get_loyalty).loyalty.total_savings

    spent: dict[str, Any] = {"loyalty_point_redeemed": 2000, "loyalty_amount": 2000}
    of_store, other = (
        make_order(database, owner, currency=code, **spent) for code in ("INR", "KWD")
    )
    spend_points(database, owner, of_store)
    spend_points(database, owner, other)
    assert saved() == Decimal(20)
    give_back(call, database, other)
    assert saved() == Decimal(20)
    give_back(call, database, of_store)
    assert saved() == 0
