"""The pages that speak of days, at hours when days are easily mistaken, in zones far apart.

`make screens ARGS=--hours` takes a picture of each. In every zone there is one customer, who lives
there, and whose parcels come on one day of that place: at each hour of that day, each page must say
what is true of it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from account_portal import routes
from account_portal.core.db import Database
from account_portal.core.demo import DEMO_PASSWORD
from account_portal.models import User
from account_portal.states import ReturnStatus
from tests.factories.orders import make_line, make_order
from tests.factories.returns import make_return, return_item
from tests.factories.users import make_user
from tests.orders.test_arrivals import PLACES

HOURS = (time(0, 10), time(8), time(13), time(23, 50))
ZONES = tuple(PLACES)
AWAY = {"Asia/Kolkata": "America/Los_Angeles", "America/Los_Angeles": "Asia/Kolkata"}
"""Where somebody who lives in a zone reads, too, while the parcels come to their home."""


@dataclass(frozen=True)
class Moment:
    """An hour of the day in question, in one zone; read there, or far away."""

    zone: str
    at: datetime
    read_in: str

    @property
    def name(self) -> str:
        """Of its pictures."""
        away = "" if self.read_in == self.zone else f"-read-in-{_city(self.read_in)}"
        return f"{_city(self.zone)}-{self.at:%H%M}{away}"

    @property
    def who(self) -> str:
        """Who lives there."""
        return f"{_city(self.zone)}@example.com"


def _city(zone: str) -> str:
    return zone.split("/")[1].lower()


def day_in_question(today: date) -> date:
    """Later than now in every zone: no clock has to go back."""
    return today + timedelta(days=2)


def moments(day: date) -> list[Moment]:
    """All hours of a day in all zones, one after another."""
    found = [
        Moment(zone, datetime.combine(day, hour, ZoneInfo(zone)), read_in)
        for zone in ZONES
        for hour in HOURS
        for read_in in filter(None, (zone, AWAY.get(zone)))
    ]
    return sorted(found, key=lambda moment: moment.at.astimezone(UTC))


def make_customers(database: Database, day: date) -> dict[str, list[str]]:
    """In each zone somebody whose parcels come, and came, around a day.

    Returns:
        The numbers of their returns, by who they are.
    """
    firsts = {moment.who: moment for moment in reversed(moments(day))}
    return {who: _make_customer(database, moment) for who, moment in firsts.items()}


def _make_customer(database: Database, moment: Moment) -> list[str]:
    city = moment.zone.split("/")[1].replace("_", " ")
    user = make_user(
        database, password=DEMO_PASSWORD, email=moment.who, first_name="Mika", last_name=city
    )
    day, bought = moment.at.date(), datetime.now(UTC).replace(microsecond=0) - timedelta(days=4)
    placed = {"place": PLACES[moment.zone], "at": bought}

    def under_way(number: str, **parcel: Any) -> None:
        make_order(
            database,
            user,
            order_number=_number(moment, number),
            status="shipped",
            lines=[make_line(0, product_name="Teapot")],
            parcels=[{"status": "in_transit", "shipped_date": bought, **parcel}],
            **placed,
        )

    for number, days in {"LATE": -1, "TODAY": 0, "TOMORROW": 1, "LATER": 3}.items():
        under_way(number, eta_delivery=(day + timedelta(days=days)).isoformat())
    under_way("OUT", status="out_for_delivery", modified_at=moment.at.astimezone(UTC))
    evening = datetime.combine(day - timedelta(days=1), time(23, 55), ZoneInfo(moment.zone))
    make_order(
        database,
        user,
        order_number=_number(moment, "EVENING"),
        place=PLACES[moment.zone],
        at=evening.astimezone(UTC),
    )
    _make_money(database, user, moment, evening.astimezone(UTC))
    return _make_returns(database, user, moment, placed)


def _make_money(database: Database, user: User, moment: Moment, evening: datetime) -> None:
    """A payment that was begun on the evening before and left, and a refund that failed then."""
    place, status = PLACES[moment.zone], {"payment_status": "pending"}
    left = {**status, "payment_date": None, "created_at": evening, "modified_at": evening}
    make_order(
        database,
        user,
        order_number=_number(moment, "LEFT"),
        status="draft",
        payments=[left],
        place=place,
        at=evening,
        **status,
    )
    failed = {
        "status": "failed",
        "refund_date": evening,
        "created_at": evening - timedelta(days=1),
        "modified_at": evening,
    }
    make_order(
        database,
        user,
        order_number=_number(moment, "FAILED"),
        status="cancelled",
        order_date=evening - timedelta(days=2),
        cancelled_at=evening - timedelta(days=1),
        refunds=[failed],
        place=place,
        at=evening,
    )


def _make_returns(
    database: Database, user: User, moment: Moment, placed: Mapping[str, Any]
) -> list[str]:
    order = make_order(
        database,
        user,
        order_number=_number(moment, "BACK"),
        status="delivered",
        lines=[make_line(place, product_name=f"Bowl {place}") for place in range(2)],
        parcels=[{}],
        **placed,
    )
    made = [
        make_return(database, user, order, return_item(place), status=status)
        for place, status in enumerate((ReturnStatus.CREATED, ReturnStatus.COMPLETE))
    ]
    return [one.request_number for one in made]


def _number(moment: Moment, what: str) -> str:
    return f"{moment.zone.split('/')[1][:3].upper()}-{what}"


@dataclass(frozen=True)
class Told:
    """A page, and what it says at every hour of the day."""

    name: str
    path: str
    seen: tuple[str | re.Pattern[str], ...] = ()

    def reach(self, page: Page) -> None:
        page.goto(self.path)
        for words in self.seen:
            expect(page.get_by_text(words).filter(visible=True).first).to_be_visible()


def _arrives(moment: Moment, days: int) -> re.Pattern[str]:
    """What the reader is told of a parcel that comes so many days from today where it goes to."""
    day = moment.at.date() + timedelta(days=days)
    ahead = (day - moment.at.astimezone(ZoneInfo(moment.read_in)).date()).days
    words = {0: "today", 1: "tomorrow"}.get(ahead, f"{day:%a},? {day.day} {day:%b}")
    return re.compile(f"Arrives {words}")


def told_at(moment: Moment, returns: Sequence[str]) -> Iterator[Told]:
    """The pages of one moment; `returns` are the numbers that `make_customers` gave."""
    yesterday = moment.at - timedelta(days=1)
    late = re.compile(rf"Was due on {yesterday:%a},? {yesterday.day} {yesterday:%b}, running late")
    today, tomorrow = (_arrives(moment, days) for days in (0, 1))
    yield Told("home", routes.HOME, (today, late))
    yield Told("orders", routes.ORDERS, (today, tomorrow, late))
    for number, seen in {
        "LATE": late,
        "TODAY": today,
        "OUT": today,
        "TOMORROW": tomorrow,
    }.items():
        path = f"{routes.ORDERS}/{_number(moment, number)}"
        yield Told(f"order-{number.lower()}", path, (seen,))
    for number, words in {
        "LEFT": ("The payment is missing", re.compile("^Started ")),
        "FAILED": ("Refund failed", re.compile("^The money did not arrive")),
    }.items():
        yield Told(f"order-{number.lower()}", f"{routes.ORDERS}/{_number(moment, number)}", words)
    back = _number(moment, "BACK")
    yield Told("order-back", f"{routes.ORDERS}/{back}", ("Price",))
    yield Told("returns", routes.RETURNS, tuple(returns))
    for place, number in enumerate(returns, start=1):
        yield Told(f"return-{place}", f"{routes.RETURNS}/{number}", ("For order",))
