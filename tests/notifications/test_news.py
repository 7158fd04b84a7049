"""What concerns a customer is counted, once a call and with the call or not at all."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import Session, col, select

from account_portal.bank_accounts import service as bank_accounts
from account_portal.context import SHOP, Context, enter
from account_portal.core.db import Database
from account_portal.core.errors import Conflict
from account_portal.loyalty import service as loyalty
from account_portal.models import Shipment, User
from account_portal.notifications import mark_changed, read_news
from account_portal.orders import service as orders
from account_portal.returns import service as returns
from account_portal.reviews import service as reviews
from account_portal.states import ReturnStatus, ShipmentStatus
from tests.factories.bank_accounts import make_bank_account
from tests.factories.orders import make_order
from tests.factories.returns import make_return, return_item
from tests.factories.reviews import make_product, make_review

Act = Callable[[Database, User], tuple[Any, ...]]


def news(database: Database, user: User) -> int:
    with enter(writes=False, database=database) as ctx:
        return read_news(ctx, {user.id})[user.id]


def as_shop(database: Database, service: Callable[..., Any], *args: Any, **options: Any) -> None:
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        service(ctx, *args, **options)


def _parcel(database: Database, user: User) -> str:
    order = make_order(database, user, status="shipped", parcels=[{"status": "in_transit"}])
    with Session(database.engine) as db:
        return db.exec(
            select(Shipment.reference_number).where(col(Shipment.order_id) == order.id)
        ).one()


def _arrived(database: Database, user: User) -> Any:
    return make_order(database, user, status="delivered", parcels=[{"status": "delivered"}])


ACTS: dict[str, Act] = {
    "an order is approved": lambda database, user: (
        orders.approve_order,
        make_order(database, user, status="awaiting_approval").order_number,
    ),
    "a parcel is made": lambda database, user: (
        orders.create_shipment,
        make_order(database, user).order_number,
    ),
    "a parcel moves": lambda database, user: (
        orders.move_shipment,
        _parcel(database, user),
        ShipmentStatus.DELIVERED,
    ),
    "a return is collected": lambda database, user: (
        returns.mark_return_shipped,
        make_return(
            database, user, _arrived(database, user), return_item(), status=ReturnStatus.APPROVED
        ).request_number,
    ),
    "a return is accepted": lambda database, user: (
        returns.approve_return,
        make_return(database, user, _arrived(database, user), return_item()).request_number,
    ),
    "points are granted": lambda _database, user: (
        loyalty.grant_points,
        user.customer_id,
        Decimal(5),
    ),
}


@pytest.mark.parametrize("act", ACTS)
def test_what_the_shop_does_is_counted_once(
    act: str, database: Database, owner: User, stranger: User
) -> None:
    service, *args = ACTS[act](database, owner)
    before, others = news(database, owner), news(database, stranger)
    as_shop(database, service, *args)
    assert news(database, owner) == before + 1
    assert news(database, stranger) == others


def test_decisions_are_counted(database: Database, owner: User) -> None:
    review = make_review(database, owner, make_product(database).id)
    account = make_bank_account(database, owner)
    before = news(database, owner)
    as_shop(database, reviews.decide_review, review.id, approved=True)
    as_shop(database, bank_accounts.decide_bank_account, account.id, verified=True)
    assert news(database, owner) == before + 2


def test_what_does_not_happen_is_not_counted(database: Database, owner: User) -> None:
    number = make_order(database, owner).order_number
    before = news(database, owner)
    with pytest.raises(Conflict):
        as_shop(database, orders.approve_order, number)

    def fails_late(ctx: Context) -> None:
        mark_changed(ctx.db, [owner.customer_id])
        raise Conflict

    with pytest.raises(Conflict):
        as_shop(database, fails_late)
    assert news(database, owner) == before


def test_a_savepoint_counts_nothing_automatic(database: Database, owner: User) -> None:
    def nested(ctx: Context) -> None:
        with ctx.db.begin_nested():
            mark_changed(ctx.db, [owner.customer_id])
        assert read_news(ctx, {owner.id})[owner.id] == before

    before = news(database, owner)
    as_shop(database, nested)
    assert news(database, owner) == before + 1


def test_no_count_is_lost_in_a_race(database: Database, owner: User, stranger: User) -> None:
    def tell(customers: list[str]) -> None:
        as_shop(database, lambda ctx: mark_changed(ctx.db, customers))

    both = [owner.customer_id, stranger.customer_id]
    before = news(database, owner)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(tell, [both, both[::-1]] * 10))
    assert news(database, owner) == before + 20
