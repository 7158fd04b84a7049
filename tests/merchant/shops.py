"""A shop whose history was brought in, its customers, and what all of them do."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from account_portal.context import SHOP, Actor
from account_portal.core.db import Database
from account_portal.loyalty import service as loyalty
from account_portal.merchant.importing import run_import
from account_portal.models import Order, User
from account_portal.orders import service
from account_portal.orders.schemas import CancelOrder
from account_portal.returns import service as returns
from account_portal.returns.schemas import CreateOrderReturn
from tests.factories.records import rows, write

CASES = Path(__file__).parent / "cases"
"""Histories that were once read wrongly, as they came."""
TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
CANCEL = CancelOrder.model_validate(
    {"cancellation_reason": "x", "refund_mode": "original_payment_mode"}
)


def day(ago: int) -> str:
    return (TODAY - timedelta(days=ago)).isoformat()


def sold(number: str, *, quantity: int = 2, **values: Any) -> dict[str, Any]:
    """An order of 2 × 100."""
    return {
        "type": "order",
        "order_number": number,
        "order_date": day(8),
        "customer_email": "c1@x.example",
        "lines": [
            {"sku": "S1", "product_id": "P1", "selling_price": 100, "quantity": quantity}
            | values.pop("line", {})
        ],
        **values,
    }


def parcel(reference: str, status: str = "delivered", **values: Any) -> dict[str, Any]:
    dated = {"delivered_date": day(3)} if status == "delivered" else {}
    return {"reference_number": reference, "status": status, **dated, **values}


class Shop:
    """An imported history, its customer, and the shop."""

    def __init__(self, database: Database, path: Path, call: Any) -> None:
        self.database = database
        self.email = "c1@x.example"
        self.kept: list[str] = []
        self._path = path
        self._call = call

    def brings(self, *records: dict[str, Any]) -> list[tuple[int, str]]:
        """Bring in records; the faults by line. What was kept stands in `kept`."""
        return self._take(write(self._path / "shop.ndjson", *records))

    def takes(self, case: str) -> list[tuple[int, str]]:
        """Bring in a file of `cases/`, like `brings`."""
        return self._take(CASES / case)

    def _take(self, file: Path) -> list[tuple[int, str]]:
        faults: list[tuple[int, str]] = []
        self.kept.clear()
        run_import(
            self.database,
            [file],
            on_fault=lambda _source, line, reason: faults.append((line, reason)),
            on_kept=lambda _source, _line, reason: self.kept.append(reason),
        )
        return faults

    def customer(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        """Call as the customer of the order that is named first, or else as `email`."""
        named = args[0] if args and isinstance(args[0], str) else None
        found = rows(self.database, Order, order_number=named)
        whose = {"customer_id": found[0].customer_id} if found else {"email": self.email}
        [user] = rows(self.database, User, **whose)
        actor = Actor(kind="customer", user_id=user.id, customer_id=user.customer_id)
        return self._call(function, *args, actor=actor, **kwargs)

    def does(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        return self._call(function, *args, actor=SHOP, **kwargs)

    def order(self, number: str) -> Any:
        return self.customer(service.get_order, number).view()

    def payment(self, number: str) -> tuple[str, int, int, bool]:
        found = self.customer(service.get_payment_status, number)
        return (
            str(found.status),
            int(found.amount_paid),
            int(found.amount_unpaid),
            found.is_retry_available,
        )

    def refunds(self, number: str) -> list[tuple[str, int]]:
        found = self.customer(service.list_refunds, number)
        return [(str(one.status), int(one.refund_amount)) for one in found]

    def returnable(self, number: str) -> list[int]:
        return [item.returnable_quantity for item in self.order(number).order_items]

    def give_back(self, number: str, units: int = 1, resolution: str = "refund") -> str:
        """A return of units of the first line that goes its whole way; its number."""
        data = asked(units, resolution)
        made: str = self.customer(returns.create_return, number, data).request_number
        for step in (
            returns.approve_return,
            returns.mark_return_shipped,
            returns.receive_return,
            returns.complete_return,
        ):
            self.does(step, made)
        return made

    def points(self) -> float:
        return float(self.customer(loyalty.get_loyalty).loyalty_point_balance)


def asked(units: int = 1, resolution: str = "refund") -> CreateOrderReturn:
    """What a customer asks who sends units of the first line back."""
    item = {"product_id": "P1", "sku": "S1", "quantity": units, "resolution": resolution}
    return CreateOrderReturn.model_validate({"return_items": [{**item, "return_reason": "Worn"}]})
