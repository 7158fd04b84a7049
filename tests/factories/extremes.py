"""Customers at the edges: names in every script, one of everything, ten thousand of everything."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from account_portal.auth.rules.passkeys import LONGEST_NAME, MOST_PASSKEYS
from account_portal.core.db import Database
from account_portal.core.demo import DEMO_PASSWORD
from account_portal.core.ids import new_id
from account_portal.models import AddressCopy, LoyaltyAccount, LoyaltyActivity, User
from tests.bench.data import write_orders, write_products
from tests.factories.addresses import make_address
from tests.factories.bank_accounts import make_bank_account
from tests.factories.loyalty import make_activity
from tests.factories.orders import make_line, make_order
from tests.factories.passkeys import give_passkey
from tests.factories.returns import make_return, return_item
from tests.factories.reviews import make_review
from tests.factories.users import make_user

MAX = "max@example.com"
ONE = "one@example.com"
BARE = "bare@example.com"
MANY = 10_000

GERMAN = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
THAI = "กระติกน้ำสแตนเลสเก็บความร้อนและความเย็นได้นานถึงยี่สิบสี่ชั่วโมง"
ARABIC = "إبريق شاي من الخزف المزجج مع غطاء من خشب الزيتون"
EMOJI = "👩🏽‍🚀🪐 Space Mug 🫖✨"
LATIN = "W" * 60
NAMES = (GERMAN, THAI, ARABIC, EMOJI, LATIN)


def make_extremes(database: Database) -> None:
    """Write the customers; they sign in like those of the demo."""
    _make_bare(database)
    _make_one(database)
    _make_max(database)


def _make_bare(database: Database) -> None:
    """Somebody with nothing, whom no other test gives anything."""
    names = {"first_name": "Noor", "last_name": "Haddad"}
    make_user(database, password=DEMO_PASSWORD, email=BARE, customer_id=new_id(), **names)


def _make_one(database: Database) -> None:
    user = make_user(
        database,
        password=DEMO_PASSWORD,
        email=ONE,
        first_name="O",
        last_name="",
        customer_id=new_id(),
    )
    order = _delivered(database, user, "ONE-1", [_line(0, "Pen")])
    make_address(database, user, nickname=None, is_default_billing=True, is_default_shipping=True)
    make_bank_account(database, user, is_default=True)
    make_activity(database, user, loyalty_point=100)
    make_return(database, user, order, return_item(product_id="edge-0"))
    make_review(database, user, "edge-0", order_number=order.order_number)
    give_passkey(database, user)


def _make_max(database: Database) -> None:
    user = make_user(
        database,
        password=DEMO_PASSWORD,
        email=MAX,
        first_name=GERMAN,
        last_name=ARABIC[:40],
        phone="9876500000",
        country_code="+91",
        customer_id=new_id(),
    )
    for place in range(MOST_PASSKEYS):
        give_passkey(database, user, NAMES[place % len(NAMES)][:LONGEST_NAME])
    lines = [_line(place, name) for place, name in enumerate(NAMES)]
    returned = _delivered(database, user, "MAX-LONG-0001-2026-ABCDEFGHIJ", lines)
    wanted = [
        return_item(place, product_id=f"edge-{place}", return_reason=f"{name} — {LATIN}")
        for place, name in enumerate(NAMES)
    ]
    make_return(database, user, returned, *wanted)
    _delivered(database, user, "MAX-REVIEW", lines, days=400)
    make_order(
        database,
        user,
        order_number="MAX-MONEY",
        lines=[_line(0, EMOJI, selling_price=99_999_999_999, quantity=99)],
        coupon_code="SUMMER-OF-A-THOUSAND-AND-ONE-NIGHTS",
        payments=[
            {"payment_status": "failed"},
            {"card_number": "************4242", "upi_id": None},
        ],
        refunds=[{"status": "failed"}],
    )
    for currency, price in (("JPY", 1_234_567), ("KWD", 1_234_567_890), ("EUR", 5)):
        make_order(
            database,
            user,
            order_number=f"MAX-{currency}",
            lines=[_line(5, ARABIC, selling_price=price)],
            currency=currency,
        )
    make_order(
        database,
        user,
        order_number="MAX-WAY",
        status="shipped",
        lines=lines,
        parcels=[
            {
                "status": "in_transit",
                "shipped_date": datetime.now(UTC),
                "eta_delivery": datetime.now(UTC) + timedelta(days=2),
                "awb_no": "1Z" + "9" * 40,
                "courier_company_name": GERMAN,
                "tracking_url": "https://courier.example/track/1",
            }
        ],
    )
    place = {
        "first_name": THAI[:50],
        "last_name": GERMAN[:50],
        "address_line1": f"{ARABIC} {GERMAN}",
        "address_line2": LATIN,
        "landmark": EMOJI,
        "city": GERMAN[:60],
        "business_name": LATIN,
        "email": f"{'w' * 50}@{'example' * 6}.com",
    }
    make_address(
        database,
        user,
        nickname=GERMAN[:50],
        is_default_billing=True,
        is_default_shipping=True,
        **place,
    )
    for name in NAMES:
        make_address(database, user, **{**place, "nickname": name[:50]})
    make_bank_account(
        database, user, account_name=f"{GERMAN} {ARABIC}"[:100], bank_name=GERMAN, is_default=True
    )
    for kept in ("approved", "rejected"):
        product = f"edge-{('approved', 'rejected').index(kept)}"
        make_review(
            database, user, product, status=kept, review_text=f"{THAI} {LATIN * 3} {ARABIC}"
        )
    with database.session(writes=True) as db:
        copy = db.get(AddressCopy, returned.shipping_address_id)
        assert copy is not None
        for name, value in place.items():
            setattr(copy, name, value)
        db.commit()


def make_many(database: Database) -> None:
    """Ten thousand orders and movements of points for the customer with everything."""
    with database.session(writes=False) as db:
        user = db.exec(select(User).where(col(User.email) == MAX)).one()
    write_products(database)
    write_orders(database, iter([user.customer_id] * MANY))
    make_activity(database, user, loyalty_point=123_456_789_00)
    now = datetime.now(UTC)
    with database.session(writes=True) as db:
        _insert_movements(db, user.customer_id, now)
        db.commit()


def _insert_movements(db: Session, customer_id: str, now: datetime) -> None:
    rows = [
        {
            "id": new_id(),
            "customer_id": customer_id,
            "activity_type": "earned" if number % 3 else "redeemed",
            "activity": "order",
            "title": f"Order NW-{number:07}",
            "reference_number": f"NW-{number:07}",
            "loyalty_point": number * 100,
            "created_at": now - timedelta(minutes=number),
            "modified_at": now,
        }
        for number in range(1, MANY)
    ]
    db.execute(LoyaltyActivity.__table__.insert(), rows)  # type: ignore[attr-defined]
    account = db.exec(
        select(LoyaltyAccount).where(col(LoyaltyAccount.customer_id) == customer_id)
    ).one()
    for row in rows:
        total = str(row["activity_type"])
        setattr(account, total, getattr(account, total) + row["loyalty_point"])


def _line(place: int, name: str, **values: Any) -> dict[str, Any]:
    return make_line(place, product_id=f"edge-{place}", product_name=name, **values)


def _delivered(
    database: Database, user: User, number: str, lines: list[dict[str, Any]], days: int = 3
) -> Any:
    return make_order(
        database,
        user,
        order_number=number,
        lines=lines,
        status="delivered",
        parcels=[{"status": "delivered"}],
        delivered_at=datetime.now(UTC) - timedelta(days=days),
        at=datetime.now(UTC).replace(microsecond=0) - timedelta(days=days),
    )
