"""The demo shows every state, adds up, and is the same whenever it is written."""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlmodel import SQLModel, col

from account_portal.addresses.rules import require_deliverable
from account_portal.bank_accounts.service import number_columns
from account_portal.core.db import Database
from account_portal.core.settings import get_settings
from account_portal.demo import seed
from account_portal.demo.seed import DemoRefused, seed_demo, seed_if_empty
from account_portal.demo.seed.people import DEMO, NEW, PASSWORD, SAM, address_values
from account_portal.demo.seed.places import ADDRESSES
from account_portal.demo.seed.pricing import Priced, price_order
from account_portal.gateways import get_gateways
from account_portal.loyalty.service import get_loyalty
from account_portal.models import (
    Address,
    BankAccount,
    Evidence,
    LoyaltyAccount,
    LoyaltyActivity,
    Media,
    Order,
    OrderDocument,
    OrderLine,
    OrderReturn,
    Payment,
    Product,
    Purchase,
    Refund,
    ReturnItem,
    Review,
    Shipment,
    ShipmentEvent,
    ShipmentItem,
    Subscription,
    User,
    UserSession,
)
from account_portal.orders.service import get_order, get_payment_status
from account_portal.security import tokens
from account_portal.security.passwords import verify_password
from account_portal.states import (
    OrderStatus,
    RefundStatus,
    ReturnStatus,
    ReviewStatus,
    TransactionStatus,
    VerificationStatus,
)
from tests.conftest import Acting
from tests.factories.pictures import open_picture


@pytest.fixture
def demo(database: Database) -> Database:
    assert seed_demo(database)
    return database


def rows(database: Database, model: type[SQLModel], **values: Any) -> list[Any]:
    with database.session(writes=False) as db:
        statement = select(model).where(*(getattr(model, k) == v for k, v in values.items()))
        return list(db.execute(statement).scalars())


def test_the_demo_customer_has_an_order_in_every_state(demo: Database) -> None:
    orders = rows(demo, Order, customer_id=DEMO.id)
    assert {order.status for order in orders} == set(OrderStatus)
    assert len(orders) > 55
    ages = [datetime.now(UTC) - order.order_date for order in orders]
    assert min(ages) < timedelta(days=3)
    assert max(ages) > timedelta(days=1000)


def test_returns_refunds_reviews_and_accounts_come_in_every_state(demo: Database) -> None:
    assert {row.status for row in rows(demo, OrderReturn, customer_id=DEMO.id)} == set(ReturnStatus)
    assert {row.status for row in rows(demo, Review, customer_id=DEMO.id)} == set(ReviewStatus)
    assert {row.status for row in rows(demo, Refund)} == set(RefundStatus)
    states = {row.verification_status for row in rows(demo, BankAccount, customer_id=DEMO.id)}
    assert states >= {
        VerificationStatus.VERIFIED,
        VerificationStatus.PENDING,
        VerificationStatus.UNVERIFIED,
    }


def test_a_return_and_a_claim_are_shown_by_photos(demo: Database) -> None:
    shown = rows(demo, Evidence, customer_id=DEMO.id)
    assert Counter(bool(row.return_item_id) for row in shown) == {True: 1, False: 1}
    for media in rows(demo, Media):
        for name in media.sizes.split(","):
            file = get_gateways().storage.open(f"{media.id}/{name}")
            assert file is not None
            with file:
                assert open_picture(file.read()).format == "WEBP"


def test_there_are_items_left_to_review(demo: Database) -> None:
    bought = {row.product_id for row in rows(demo, Purchase, customer_id=DEMO.id)}
    reviewed = {row.product_id for row in rows(demo, Review, customer_id=DEMO.id)}
    assert reviewed <= bought
    assert len(bought - reviewed) > 5


def test_a_failed_payment_can_be_tried_again(demo: Database, acting: Acting) -> None:
    failed = [
        order
        for order in rows(demo, Order, customer_id=DEMO.id, payment_status="failed")
        if order.status != OrderStatus.CANCELLED
    ]
    [user] = rows(demo, User, id=DEMO.id)
    assert failed
    with acting(user) as ctx:
        status = get_payment_status(ctx, failed[0].order_number)
    assert status.is_retry_available


def test_a_refund_gave_back_a_part(demo: Database) -> None:
    orders = {order.id: order for order in rows(demo, Order)}
    partial = [
        refund
        for refund in rows(demo, Refund, status="success")
        if refund.refund_amount < orders[refund.order_id].grand_total
    ]
    assert partial


def test_parcels_tell_their_way(demo: Database) -> None:
    shipments = rows(demo, Shipment)
    per_order = Counter(shipment.order_id for shipment in shipments)
    assert max(per_order.values()) >= 2
    by_shipment: dict[str, list[ShipmentEvent]] = {}
    for event in rows(demo, ShipmentEvent):
        by_shipment.setdefault(event.shipment_id, []).append(event)
    placed = {order.id: order.order_date for order in rows(demo, Order)}
    for shipment in shipments:
        events = sorted(by_shipment[shipment.id], key=lambda event: event.happened_at)
        assert events[-1].status == shipment.status
        assert events[0].happened_at > placed[shipment.order_id]
        assert events[-1].happened_at <= datetime.now(UTC)
        assert bool(shipment.tracking_url) == bool(shipment.awb_no)
        if shipment.status in {"in_transit", "out_for_delivery"}:
            assert shipment.tracking_url
            assert shipment.eta_delivery


def test_money_adds_up_on_every_order(demo: Database) -> None:
    lines: dict[str, list[OrderLine]] = {}
    for line in rows(demo, OrderLine):
        lines.setdefault(line.order_id, []).append(line)
    paid: Counter[str] = Counter()
    for payment in rows(demo, Payment, payment_status=TransactionStatus.SUCCESS):
        paid[payment.order_id] += payment.amount
    for order in rows(demo, Order):
        own = lines[order.id]
        items = order.subtotal + order.item_total_tax
        assert sum(line.line_total for line in own) == items
        assert sum(line.tax_amount for line in own) == order.item_total_tax
        for line in own:
            gross = line.selling_price * (line.quantity - line.free_quantity)
            discounts = line.promotion_discount_amount + line.coupon_discount_amount
            assert gross - discounts == line.line_total
        assert order.grand_total == (
            items
            + order.shipping_amount
            + order.shipping_tax_amount
            + order.handling_charge_excluding_tax
            + order.handling_charge_tax_amount
        )
        due = order.grand_total - order.loyalty_amount - order.credit_balance_used
        assert paid[order.id] <= due
        if order.payment_status == "success":
            assert paid[order.id] == due


def test_documents_show_the_same_sums(demo: Database) -> None:
    for document in rows(demo, OrderDocument):
        detail = orjson.loads(document.detail)
        shown = (
            detail["subtotal_including_tax"]
            + detail["shipping_amount_including_tax"]
            + detail["handling_charge_including_tax"]
        )
        assert round(shown, 2) == detail["grand_total"]


def test_points_are_the_sums_of_their_rows_and_cross_a_tier(demo: Database, acting: Acting) -> None:
    for account in rows(demo, LoyaltyAccount):
        activities = rows(demo, LoyaltyActivity, customer_id=account.customer_id)
        sums: Counter[str] = Counter()
        balance = 0
        for activity in sorted(activities, key=lambda row: (row.created_at, row.id)):
            sums[activity.activity_type] += activity.loyalty_point
            sign = 1 if activity.activity_type == "earned" else -1
            balance += sign * activity.loyalty_point
            assert balance >= 0
        assert (account.earned, account.redeemed) == (sums["earned"], sums["redeemed"])
    [user] = rows(demo, User, id=DEMO.id)
    with acting(user) as ctx:
        loyalty = get_loyalty(ctx).loyalty
    assert loyalty.loyalty_tier == "Silver"
    assert loyalty.loyalty_point_redeemable < loyalty.loyalty_point_balance


def test_addresses_could_have_been_typed_in(demo: Database) -> None:
    for person in (DEMO, SAM):
        for key in ADDRESSES[person.key]:
            values = {**address_values(person, key)}
            require_deliverable(values)  # type: ignore[arg-type]
    own = rows(demo, Address, customer_id=DEMO.id)
    assert len({address.country for address in own}) >= 3
    assert sum(address.is_default_billing for address in own) == 1
    assert sum(address.is_default_shipping for address in own) == 1
    active = rows(demo, Subscription, customer_id=DEMO.id, status="active")
    assert {row.shipping_address_id for row in active} <= {address.id for address in own}


def test_units_in_parcels_and_returns_are_units_that_were_bought(demo: Database) -> None:
    quantity = {line.id: line.quantity for line in rows(demo, OrderLine)}
    cancelled = {row.id for row in rows(demo, Shipment, status="cancelled")}
    sent: Counter[str] = Counter()
    for item in rows(demo, ShipmentItem):
        if item.shipment_id not in cancelled:
            sent[item.line_id] += item.quantity
    assert all(count <= quantity[line_id] for line_id, count in sent.items())


def test_returns_hold_what_their_units_cost_as_if_they_were_asked_for(demo: Database) -> None:
    """Replacements too: what they did not hold, the last unit of the line would get."""
    lines = {line.id: line for line in rows(demo, OrderLine)}
    for item in rows(demo, ReturnItem):
        line = lines[item.line_id]
        paid = line.quantity - line.free_quantity
        assert abs(item.refund_amount - line.line_total * item.quantity / paid) < item.quantity


def test_ratings_are_those_of_approved_reviews(demo: Database) -> None:
    sums: Counter[str] = Counter()
    for review in rows(demo, Review, status="approved"):
        sums[review.product_id] += review.rating
    assert {p.id: p.rating_sum for p in rows(demo, Product) if p.rating_sum} == dict(sums)


def test_people_sign_in_with_the_demo_password_and_numbers_are_encrypted(demo: Database) -> None:
    people = {user.email: user for user in rows(demo, User)}
    assert set(people) == {"demo@example.com", "sam@example.com", "new@example.com"}
    assert all(user.is_demo for user in people.values())
    assert verify_password(PASSWORD, people["demo@example.com"].password_hash)[0]
    for account in rows(demo, BankAccount):
        number = tokens.decrypt(account.number_encrypted)
        assert account.number_digest == number_columns(number)["number_digest"]
        assert account.number_masked == "X" * (len(number) - 4) + number[-4:]
    assert all(session.cookie_hash is None for session in rows(demo, UserSession))
    for model in (Order, Address, OrderReturn, Review):
        assert rows(demo, model, customer_id=NEW.id) == []
        assert rows(demo, model, customer_id=SAM.id) or model is OrderReturn


def contents(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {}
    with database.session(writes=False) as db:
        for table in SQLModel.metadata.sorted_tables:
            # A salt and a nonce differ every time, and should.
            columns = [c for c in table.c if c.name not in {"password_hash", "number_encrypted"}]
            listed = db.execute(select(*columns).order_by(*table.primary_key.columns))
            found[table.name] = [tuple(map(repr, row)) for row in listed]
    return found


def test_again_gives_the_same(demo: Database) -> None:
    first = contents(demo)
    assert not seed_demo(demo)
    assert contents(demo) == first
    assert seed_demo(demo, fresh=True)
    assert contents(demo) == first


def test_fresh_takes_back_what_was_done(demo: Database) -> None:
    first = contents(demo)
    with demo.session(writes=True) as db:
        db.execute(text("UPDATE orders SET status = 'cancelled'"))
        db.execute(text("DELETE FROM reviews"))
        db.commit()
    seed_demo(demo, fresh=True)
    assert contents(demo) == first


def test_an_older_demo_stays_and_ids_do_not_depend_on_the_day(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    month_ago = datetime.now(UTC) - timedelta(days=31)
    monkeypatch.setattr(seed, "utc_now", lambda: month_ago)
    seed_demo(database)
    before = contents(database)
    monkeypatch.undo()
    assert not seed_demo(database)
    assert contents(database) == before
    ids = {order.id for order in rows(database, Order)}
    seed_demo(database, fresh=True)
    assert {order.id for order in rows(database, Order)} == ids
    newest = max(order.order_date for order in rows(database, Order))
    assert datetime.now(UTC) - newest < timedelta(days=2)


def test_other_customers_are_never_touched(database: Database, owner: User) -> None:
    assert not seed_if_empty(database)
    for fresh in (False, True):
        with pytest.raises(DemoRefused, match="1 customers"):
            seed_demo(database, fresh=fresh)
    assert [user.id for user in rows(database, User)] == [owner.id]


def test_outside_demo_mode_there_is_no_demo(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_DEMO", "0")
    get_settings.cache_clear()
    with pytest.raises(DemoRefused, match="demo mode"):
        seed_demo(database)
    assert rows(database, User) == []


def test_seeding_is_quick(database: Database) -> None:
    begun = time.process_time()
    seed_if_empty(database)
    assert time.process_time() - begun < 3
    with database.session(writes=False) as db:
        assert db.execute(select(func.count(col(Order.id)))).scalar_one() > 60


priced = st.builds(
    Priced,
    unit_price=st.integers(0, 10_000_00),
    quantity=st.integers(1, 20),
    tax_rate=st.sampled_from([0, 5, 12, 18]),
    free=st.integers(0, 1),
)


@given(
    lines=st.lists(priced, min_size=1, max_size=8),
    promotion=st.integers(0, 100),
    coupon=st.integers(0, 100),
    shipping=st.integers(0, 500_00),
    handling=st.integers(0, 500_00),
)
def test_a_price_adds_up_whatever_is_discounted(
    lines: list[Priced], promotion: int, coupon: int, shipping: int, handling: int
) -> None:
    price = price_order(
        lines,
        promotion_percent=promotion,
        coupon_percent=coupon,
        shipping=shipping,
        shipping_discount=shipping // 2,
        handling=handling,
    )
    for line, cost in zip(lines, price.lines, strict=True):
        assert cost.promotion + cost.coupon + cost.total == line.gross
        assert 0 <= cost.tax <= cost.total
    assert sum(cost.total for cost in price.lines) == price.subtotal + price.item_tax
    assert price.promotion == sum(cost.promotion for cost in price.lines)
    assert price.coupon == sum(cost.coupon for cost in price.lines)
    shipping_paid = price.shipping_estimated - price.shipping_discount + price.shipping_tax
    assert price.grand_total == (
        price.subtotal + price.item_tax + shipping_paid + price.handling + price.handling_tax
    )


def test_its_policy_shows_what_a_policy_can_say(demo: Database, acting: Acting) -> None:
    codes = set()
    with acting(rows(demo, User, customer_id=DEMO.id)[0], writes=False) as ctx:
        for order in rows(demo, Order, customer_id=DEMO.id):
            shown = get_order(ctx, order.order_number).view()
            for line in shown.return_eligibility.lines:
                codes |= {one.code for one in line.reasons}
    assert {"perishable", "hygiene", "final_sale", "window_closed", "use_cancel"} <= codes
