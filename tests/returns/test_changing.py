"""Changing a return that waits for its approval: what it may become, and what it then is."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.core.errors import InvalidInput, NotFound, PortalError
from account_portal.evidence.rules import EvidenceNotFound
from account_portal.models import Evidence, Media, Order, OutboxMessage, ReturnItem, User
from account_portal.models import OrderReturn as Request
from account_portal.orders import service as orders
from account_portal.orders.rules import PreviewOutdated
from account_portal.returns import rules, service
from account_portal.returns.schemas import ChangeOrderReturn, CreateOrderReturn
from account_portal.states import ReturnStatus
from tests.factories.evidence import make_evidence, photos
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows
from tests.factories.returns import make_return, move_return, return_body, return_item
from tests.returns.test_return_races import run_together

Call = Callable[..., Any]


def change(call: Call, order: Order, number: str, *items: dict[str, Any], **values: Any) -> Any:
    actor = values.pop("actor", None)
    data = ChangeOrderReturn.model_validate(return_body(*items, **values))
    return call(service.change_return, order.order_number, number, data, actor=actor)


def returnable(call: Call, order: Order) -> list[int]:
    detail = call(orders.get_order, order.order_number).view()
    return [item.returnable_quantity for item in detail.order_items]


def state_of(call: Call, database: Database, order: Order) -> tuple[Any, ...]:
    """All that a change touches: the request, its items, and what is left of the order."""
    with database.session(writes=False) as db:
        items = sorted((i.model_dump() for i in rows(database, ReturnItem)), key=str)
        requests = [one.model_dump() for one in rows(database, Request)]
        assert db is not None
    return requests, items, returnable(call, order)


def test_everything_asked_for_is_said_anew(call: Call, database: Database, owner: User) -> None:
    lines = [make_line(0, quantity=3), make_line(1, quantity=2)]
    order = make_order(database, owner, lines=lines, parcels=[{}])
    made = make_return(database, owner, order, return_item(quantity=2))
    assert returnable(call, order) == [1, 2]
    changed = change(
        call,
        order,
        made.request_number,
        return_item(quantity=3, return_reason="Torn", reason_code="damaged"),
        return_item(1, resolution="replacement"),
    )
    assert returnable(call, order) == [0, 1]
    assert changed.request_number == made.request_number
    assert (changed.created_at, changed.status) == (made.created_at, "created")
    assert changed.changed_at == changed.modified_at
    first, second = changed.return_items
    assert (first.quantity, first.return_reason, first.reason_code) == (3, "Torn", "damaged")
    assert (second.quantity, second.resolution) == (1, "replacement")
    assert changed.shipping_address == made.shipping_address
    # Fewer units: those that are not asked for any more are free at once.
    change(call, order, made.request_number, return_item())
    assert returnable(call, order) == [2, 2]
    assert [one.kind for one in rows(database, OutboxMessage)].count("return_moved") == 3


def test_a_change_gives_back_what_asking_so_would(
    call: Call, database: Database, owner: User
) -> None:
    def asked(order: Order, *items: dict[str, Any]) -> Any:
        return make_return(database, owner, order, *items)

    lines = [make_line(quantity=3, line_total=1000, tax_amount=101)]
    straight = make_order(database, owner, lines=lines, parcels=[{}])
    detour = make_order(database, owner, lines=lines, parcels=[{}])
    wanted = [return_item(quantity=2), return_item(resolution="replacement")]
    at_once = asked(straight, *wanted)
    number = asked(detour, return_item()).request_number
    changed = change(call, detour, number, *wanted)
    for name in ("subtotal", "total_tax", "grand_total"):
        assert getattr(changed, name) == getattr(at_once, name), name
    for one in (at_once, changed):
        call(service.approve_return, one.request_number, actor=SHOP)
    first, second = (
        call(service.get_return, order.order_number, one.request_number).refund
        for order, one in ((straight, at_once), (detour, changed))
    )
    assert [one.refund_amount for one in first] == [one.refund_amount for one in second]


@st.composite
def wishes(draw: st.DrawFn) -> list[list[tuple[int, int, str]]]:
    """What is asked for first, and each time anew: line, units, resolution."""
    one = st.tuples(
        st.integers(0, 1), st.integers(1, 4), st.sampled_from(["refund", "replacement"])
    )
    return draw(st.lists(st.lists(one, min_size=1, max_size=3), min_size=2, max_size=4))


@given(wishes=wishes(), totals=st.tuples(st.integers(1, 2000), st.integers(1, 2000)))
@settings(max_examples=12, deadline=None)
def test_units_and_money_are_those_of_the_last_word(
    call: Call,
    database: Database,
    owner: User,
    wishes: list[list[tuple[int, int, str]]],
    totals: tuple[int, int],
) -> None:
    """Whatever was asked for in between, refused changes included: nothing of it is left."""
    quantities = (4, 3)
    lines = [
        make_line(place, quantity=count, line_total=total, tax_amount=total // 7)
        for place, (count, total) in enumerate(zip(quantities, totals, strict=True))
    ]
    order, straight = (make_order(database, owner, lines=lines, parcels=[{}]) for _ in range(2))
    number = ""
    last: list[dict[str, Any]] = []
    for wish in wishes:
        items = [
            return_item(line, quantity=units, resolution=resolution)
            for line, units, resolution in wish
        ]
        asked = [sum(units for line, units, _ in wish if line == place) for place in (0, 1)]
        fits = all(units <= most for units, most in zip(asked, quantities, strict=True))
        before = returnable(call, order)
        try:
            if number:
                change(call, order, number, *items)
            else:
                number = make_return(database, owner, order, *items).request_number
            assert fits
            last = items
            held = [most - units for units, most in zip(asked, quantities, strict=True)]
            assert returnable(call, order) == held
        except rules.QuantityNotReturnable:
            assert not fits
            assert returnable(call, order) == before
    if not number:
        return
    at_once = make_return(database, owner, straight, *last)
    found = call(service.get_return, order.order_number, number)
    assert (found.grand_total, found.total_tax) == (at_once.grand_total, at_once.total_tax)
    for one, one_number in ((order, number), (straight, at_once.request_number)):
        move_return(database, one_number, ReturnStatus.COMPLETE)
        assert returnable(call, one) == returnable(call, order)
    sums = [
        sum(refund.refund_amount for refund in call(service.get_return, o.order_number, n).refund)
        for o, n in ((order, number), (straight, at_once.request_number))
    ]
    assert sums[0] == sums[1]


@pytest.mark.parametrize(
    ("items", "refusal"),
    [
        ([return_item(quantity=3)], rules.QuantityNotReturnable),
        ([return_item(), return_item(quantity=2)], rules.QuantityNotReturnable),
        ([return_item(1)], rules.QuantityNotReturnable),
        ([return_item(sku="SKU-9")], rules.ItemNotInOrder),
        ([return_item(product_id="product-1")], rules.ItemNotInOrder),
        ([return_item(evidence=["01HZX3T5V9K2M4N6P8Q0R2S4T6"])], EvidenceNotFound),
        ([return_item(quantity=2)], PreviewOutdated),
    ],
    ids=["more", "twice", "of another", "unknown", "mixed up", "no file", "outdated"],
)
def test_what_is_refused_changes_nothing(
    call: Call,
    database: Database,
    owner: User,
    items: list[dict[str, Any]],
    refusal: type[PortalError],
) -> None:
    lines = [make_line(0, quantity=2), make_line(1, quantity=1)]
    order = make_order(database, owner, lines=lines, parcels=[{}])
    made = make_return(database, owner, order)
    make_return(database, owner, order, return_item(1))  # held by another request
    before = state_of(call, database, order)
    seen = {"preview": "0" * 32} if refusal is PreviewOutdated else {}
    with pytest.raises(refusal):
        change(call, order, made.request_number, *items, **seen)
    assert state_of(call, database, order) == before


@pytest.mark.parametrize("status", [one for one in ReturnStatus if one is not ReturnStatus.CREATED])
def test_only_what_waits_for_the_store_is_changed(
    call: Call, database: Database, owner: User, status: ReturnStatus
) -> None:
    order = make_order(database, owner, lines=[make_line(quantity=2)], parcels=[{}])
    number = make_return(database, owner, order).request_number
    if status is ReturnStatus.CANCELLED:
        call(service.cancel_return, number)
    else:
        move_return(database, number, status)
    before = state_of(call, database, order)
    with pytest.raises(rules.ReturnNotChangeable):
        change(call, order, number, return_item(quantity=2))
    with pytest.raises(rules.ReturnNotChangeable):
        call(service.get_changeable_return, number)
    assert call(service.get_return_detail, number).is_change_allowed is False
    assert state_of(call, database, order) == before


def test_what_a_withdrawal_asked_for_stays_as_stated(
    call: Call, database: Database, owner: User
) -> None:
    order = make_order(database, owner, lines=[make_line(quantity=2)], parcels=[{}])
    data = CreateOrderReturn.model_validate(return_body())
    made = call(service.create_return, order.order_number, data, withdrawn_at=datetime.now(UTC))
    with pytest.raises(rules.ReturnNotChangeable):
        change(call, order, made.request_number, return_item(quantity=2))
    assert call(service.get_return_detail, made.request_number).is_change_allowed is False


def test_what_was_asked_for_in_time_stays_possible_after_the_window(
    call: Call, database: Database, owner: User, clock: Any
) -> None:
    order = make_order(database, owner, at=clock.now, lines=[make_line(quantity=3)], parcels=[{}])
    number = make_return(database, owner, order, return_item(quantity=2)).request_number
    clock.advance(days=31)
    [line] = call(service.get_changeable_return, number).lines
    assert (line.returnable_quantity, line.reason) == (2, None)
    with pytest.raises(rules.QuantityNotReturnable):
        change(call, order, number, return_item(quantity=3))
    changed = change(call, order, number, return_item(quantity=2, return_reason="Torn"))
    assert changed.return_items[0].return_reason == "Torn"
    # What was given up after the window is gone.
    change(call, order, number, return_item())
    with pytest.raises(rules.QuantityNotReturnable):
        change(call, order, number, return_item(quantity=2))


def test_photos_stay_are_added_and_go(
    call: Call, database: Database, owner: User, tmp_path: Any
) -> None:
    order = make_order(database, owner, lines=[make_line(0), make_line(1)], parcels=[{}])
    first, second, third = make_evidence(database, owner, order, photos(3))
    made = make_return(
        database, owner, order, return_item(evidence=[first, second]), return_item(1)
    )
    changed = change(
        call,
        order,
        made.request_number,
        return_item(evidence=[third, first]),
        return_item(1, evidence=[first]),
    )
    one, other = changed.return_items
    assert [file.id for file in one.evidence] == [third, first]
    assert [file.url for file in other.evidence] == [one.evidence[1].url]
    assert len(rows(database, Media)) == 2
    # Of one that two items show, one may let go.
    copy = other.evidence[0].id
    changed = change(call, order, made.request_number, return_item(evidence=[copy]))
    assert len(rows(database, Evidence)) == len(rows(database, Media)) == 1
    change(call, order, made.request_number, return_item())
    assert rows(database, Evidence) == rows(database, Media) == []
    assert [path for path in (tmp_path / "media").rglob("*") if path.is_file()] == []


def test_photos_of_another_request_are_not_taken(
    call: Call, database: Database, owner: User
) -> None:
    order = make_order(database, owner, lines=[make_line(0), make_line(1)], parcels=[{}])
    [taken] = make_evidence(database, owner, order, photos(1))
    make_return(database, owner, order, return_item(1, evidence=[taken]))
    number = make_return(database, owner, order).request_number
    with pytest.raises(EvidenceNotFound):
        change(call, order, number, return_item(evidence=[taken]))


def test_a_preview_says_what_the_change_gives_back(
    call: Call, database: Database, owner: User
) -> None:
    order = make_order(database, owner, lines=[make_line(quantity=2)], parcels=[{}])
    number = make_return(database, owner, order, return_item(quantity=2)).request_number
    before = state_of(call, database, order)
    items = CreateOrderReturn.model_validate(return_body(return_item(quantity=2))).return_items
    quote = call(service.quote_change, order.order_number, number, items)
    assert state_of(call, database, order) == before
    changed = change(call, order, number, return_item(quantity=2), preview=quote.digest)
    assert changed.grand_total == quote.goods


def test_a_preview_of_one_request_changes_no_other(
    call: Call, database: Database, owner: User
) -> None:
    order = make_order(database, owner, lines=[make_line(quantity=4)], parcels=[{}])
    seen, meant = (make_return(database, owner, order).request_number for _ in range(2))
    wanted = return_item(reason_code="too_small")
    items = CreateOrderReturn.model_validate(return_body(wanted)).return_items
    of_request = call(service.quote_change, order.order_number, seen, items).digest
    of_new = call(service.quote_return, order.order_number, items).digest
    for digest in (of_request, of_new):
        with pytest.raises(PreviewOutdated):
            change(call, order, meant, wanted, preview=digest)


def test_strangers_and_other_orders_find_nothing(
    call: Call, database: Database, owner: User, stranger: User
) -> None:
    order, other = (make_order(database, owner, parcels=[{}]) for _ in range(2))
    number = make_return(database, owner, order).request_number
    for actor, of in ((stranger, order), (owner, other)):
        with pytest.raises(NotFound):
            change(call, of, number, return_item(quantity=2), actor=actor)
    with pytest.raises(NotFound):
        call(service.get_changeable_return, number, actor=stranger)


def test_changing_and_deciding_race_to_one_outcome(
    call: Call, database: Database, owner: User
) -> None:
    order = make_order(database, owner, lines=[make_line(quantity=3)], parcels=[{}])
    number = make_return(database, owner, order).request_number
    changed, *_ = run_together(
        [
            lambda: change(call, order, number, return_item(quantity=3)),
            lambda: call(service.approve_return, number, actor=SHOP),
            lambda: change(call, order, number, return_item(quantity=3)),
        ]
    )
    found = call(service.get_return, order.order_number, number)
    [item] = found.return_items
    [refund] = found.refund
    units = 1 if isinstance(changed, PortalError) and found.changed_at is None else 3
    assert (found.status, item.quantity) == ("approved", units)
    assert refund.refund_amount == found.grand_total
    assert returnable(call, order) == [3 - units]


def test_nonsense_is_refused(call: Call, database: Database, owner: User) -> None:
    order = make_order(database, owner, lines=[make_line(quantity=2)], parcels=[{}])
    number = make_return(database, owner, order).request_number
    files = make_evidence(database, owner, order, photos(5)) + make_evidence(
        database, owner, order, photos(1)
    )
    with pytest.raises(InvalidInput):
        change(call, order, number, return_item(evidence=files))
