"""Returns that several ask for, or decide on, at one time."""

import threading
from collections.abc import Callable
from typing import Any

from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.core.errors import PortalError
from account_portal.models import (
    Order,
    User,
)
from account_portal.orders import service as orders
from account_portal.returns import rules, service
from account_portal.returns.schemas import CreateOrderReturn
from tests.factories.orders import make_line, make_order
from tests.factories.returns import return_body

Call = Callable[..., Any]


def ask(call: Call, order: Order, *items: dict[str, Any], **values: Any) -> Any:
    actor = values.pop("actor", None)
    data = CreateOrderReturn.model_validate(return_body(*items, **values))
    return call(service.create_return, order.order_number, data, actor=actor)


def run_together(jobs: list[Callable[[], Any]]) -> list[Any]:
    """Start all at once; each result is what the job returned or the error it raised."""
    barrier = threading.Barrier(len(jobs))
    results: list[Any] = [None] * len(jobs)

    def run(place: int, job: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            results[place] = job()
        except PortalError as error:
            results[place] = error

    threads = [threading.Thread(target=run, args=(place, job)) for place, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_the_last_unit_goes_back_once(call: Call, database: Database, owner: User) -> None:
    order = make_order(database, owner, lines=[make_line(quantity=1)], parcels=[{}])
    results = run_together([lambda: ask(call, order)] * 12)
    lost = [each for each in results if isinstance(each, PortalError)]
    assert len(lost) == 11
    assert {type(each) for each in lost} == {rules.QuantityNotReturnable}
    detail = call(orders.get_order, order.order_number).view()
    assert [item.returnable_quantity for item in detail.order_items] == [0]


def test_cancelling_and_approving_race_to_one_outcome(
    call: Call, database: Database, owner: User
) -> None:
    order = make_order(database, owner, parcels=[{}])
    made = ask(call, order)
    number = made.request_number
    run_together(
        [
            lambda: call(service.cancel_return, number),
            lambda: call(service.approve_return, number, actor=SHOP),
            lambda: call(service.reject_return, number, "No.", actor=SHOP),
            lambda: call(service.approve_return, number, actor=SHOP),
        ]
    )
    found = call(service.get_return, order.order_number, number)
    pending = [each for each in found.refund if each.status == "pending"]
    assert len(pending) == (1 if found.status == "approved" else 0)
    assert found.status in {"approved", "rejected", "cancelled"}
