"""What is asked: the reads that a page of an account area is made of."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col

from account_portal.core.db import Database
from account_portal.models import User
from tests.bench.data import Shop
from tests.bench.running import with_environment
from tests.factories.users import make_session

BASE = "/api/v1/main/storefront"


@dataclass(frozen=True, slots=True)
class Question:
    """Requests that are sent in turn, as pairs of path and token."""

    name: str
    requests: tuple[tuple[str, str], ...]


def questions_for(shop: Shop, folder: Path, url: str) -> list[Question]:
    """The questions, each with the tokens of the customers who ask."""
    with with_environment(folder, url):
        tokens = _tokens(Database(url), [shop.collector, *shop.regulars])

    def listing(user: str, page: int = 1) -> tuple[str, str]:
        return f"{BASE}/orders?user_id={user}&limit=20&page={page}", tokens[user]

    last = -(-shop.collected // 20)
    one, collector = shop.regulars[0], shop.collector
    return [
        Question("order list, one customer", (listing(one),)),
        Question("order list, twenty in turn", tuple(map(listing, shop.regulars))),
        Question(f"order list, {shop.collected:,} orders", (listing(collector),)),
        Question(f"order list, {shop.collected:,}, last page", (listing(collector, last),)),
        Question(
            "order detail, twenty in turn",
            tuple(
                (f"{BASE}/orders/{number}", tokens[user])
                for user, number in zip(shop.regulars, shop.order_numbers, strict=True)
            ),
        ),
        Question("addresses", ((f"{BASE}/customers/{one}/addresses", tokens[one]),)),
        Question("profile", ((f"{BASE}/auth/user/{one}", tokens[one]),)),
    ]


def _tokens(database: Database, users: list[str]) -> dict[str, str]:
    with database.session(writes=False) as db:
        found = db.execute(select(User).where(col(User.id).in_(users))).scalars().all()
    tokens = {user.id: make_session(database, user, expires=timedelta(hours=6)) for user in found}
    database.dispose()
    return tokens
