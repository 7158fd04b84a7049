"""The shop under torture: customers, orders that deeds are done to, and what must be true."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import text

from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.core.migrations import upgrade
from account_portal.models import User
from tests.factories.orders import make_line, make_order
from tests.factories.returns import return_body, return_item
from tests.factories.users import make_session, make_user
from tests.torture.portal import BASE

CUSTOMERS = 12
UNITS = 40
"""Of a delivered order; each return takes one."""
CANCEL = {"cancellation_reason": "No longer needed", "refund_mode": "original_payment_mode"}
PAY = {"payment_gateway_params": {"payment_gateway": "TEST"}}


@dataclass(frozen=True, slots=True)
class Deed:
    """A write with an Idempotency-Key."""

    kind: str
    path: str
    body: dict[str, Any]
    token: str
    key: str
    order_id: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Idempotency-Key": self.key}


class Shop:
    """Makes deeds, and looks into the database what came of them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        upgrade(database)
        self.customers = [make_user(database, is_demo=True) for _ in range(CUSTOMERS)]
        self._tokens = {
            user.id: make_session(database, user, expires=timedelta(hours=12))
            for user in self.customers
        }
        self._number = count()
        self._makers = {
            "cancel": self._cancels,
            "return": self._returns,
            "retry-payment": self._retries,
        }

    def reading(self) -> tuple[str, dict[str, str]]:
        """A call that reads: path and headers."""
        user = self.customers[0]
        token = self._tokens[user.id]
        return f"{BASE}/orders?user_id={user.id}", {"Authorization": f"Bearer {token}"}

    def deeds(self, number: int) -> list[Deed]:
        """So many, of all kinds in turn."""
        each = -(-number // len(self._makers))
        made = [deed for maker in self._makers.values() for deed in maker(each)]
        return [deed for turn in range(each) for deed in made[turn::each]][:number]

    def deed(self, kind: str) -> Deed:
        """One of a kind."""
        return next(self._makers[kind](1))

    def _next(self) -> User:
        return self.customers[next(self._number) % CUSTOMERS]

    def _deed(self, kind: str, user: User, order: Any, body: dict[str, Any]) -> Deed:
        path = f"{BASE}/orders/{order.order_number}/{kind}"
        return Deed(kind, path, body, self._tokens[user.id], new_id(), order.id)

    def cancels(self, number: int) -> list[Deed]:
        """Cancelling so many orders."""
        return list(self._cancels(number))

    def _cancels(self, number: int) -> Iterator[Deed]:
        for _ in range(number):
            user = self._next()
            yield self._deed("cancel", user, make_order(self.database, user), CANCEL)

    def _retries(self, number: int) -> Iterator[Deed]:
        for _ in range(number):
            user = self._next()
            order = make_order(self.database, user, payments=[{"payment_status": "failed"}])
            yield self._deed("retry-payment", user, order, PAY)

    def _returns(self, number: int) -> Iterator[Deed]:
        for turn in range(number):
            if turn % UNITS == 0:
                user = self._next()
                delivered = datetime.now(UTC) - timedelta(days=1)
                order = make_order(
                    self.database,
                    user,
                    lines=[make_line(quantity=UNITS)],
                    parcels=[{"status": "delivered", "delivered_date": delivered}],
                )
            yield self._deed("return", user, order, return_body(return_item()))

    def faults(self, deeds: list[Deed]) -> list[str]:
        """What is not as it must be once each deed was answered with 200: one effect each."""
        wrong = []
        wanted: dict[tuple[str, str], int] = {}
        for deed in deeds:
            wanted[deed.kind, deed.order_id] = wanted.get((deed.kind, deed.order_id), 0) + 1
        with self.database.session(writes=False) as db:
            statements = {
                "cancel": "SELECT order_id, count(*) FROM refunds GROUP BY order_id",
                "return": "SELECT order_id, count(*) FROM returns GROUP BY order_id",
                "retry-payment": "SELECT order_id, count(*) - 1 FROM payments GROUP BY order_id",
            }
            for kind, statement in statements.items():
                found = dict(db.execute(text(statement)).all())  # type: ignore[arg-type]
                for (of_kind, order), times in wanted.items():
                    if of_kind == kind and found.get(order, 0) != times:
                        wrong.append(f"{kind}: {found.get(order, 0)} effects in place of {times}")
            orders = {order for kind, order in wanted if kind == "cancel"}
            states = dict(db.execute(text("SELECT id, status FROM orders")).all())  # type: ignore[arg-type]
            wrong += ["cancelled, but not so" for o in orders if states.get(o) != "cancelled"]
            if self.database.is_sqlite:
                told = db.execute(text("PRAGMA integrity_check")).scalar_one()
                broken = db.execute(text("PRAGMA foreign_key_check")).all()
                wrong += [f"integrity: {told}"] * (told != "ok") + ["foreign keys"] * len(broken)
        return wrong
