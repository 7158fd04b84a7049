"""Evidence: what a request may name, what a policy asks for, what is swept."""

from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest

from account_portal.claims import service as claims
from account_portal.claims.schemas import CreateClaim
from account_portal.context import SHOP, enter
from account_portal.core.db import Database
from account_portal.core.errors import (
    Forbidden,
    InvalidInput,
    NotFound,
    PortalError,
    TooManyAttempts,
)
from account_portal.evidence import rules, service
from account_portal.evidence.schemas import AddEvidence
from account_portal.merchant import housekeeping
from account_portal.models import Claim, Evidence, Media, Order, OrderReturn, User
from account_portal.orders import service as orders
from account_portal.orders.rules import PreviewOutdated
from account_portal.orders.schemas import Policy
from account_portal.returns import service as returns
from account_portal.returns.schemas import CreateOrderReturn, CreateOrderReturnItem
from tests.conftest import actor_of
from tests.factories.claims import claim_body, claim_item
from tests.factories.evidence import film, make_evidence, photos
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows
from tests.factories.returns import return_body, return_item


@pytest.fixture
def order(database: Database, owner: User) -> Order:
    return make_order(database, owner, lines=[make_line(0), make_line(1)], parcels=[{}])


def files(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "media").rglob("*") if path.is_file()]


def to_return(*items: dict[str, Any], **values: Any) -> CreateOrderReturn:
    return CreateOrderReturn.model_validate(return_body(*items, **values))


def to_claim(*items: dict[str, Any], **values: Any) -> CreateClaim:
    return CreateClaim.model_validate(claim_body(*items, **values))


def set_policy(call: Any, *said: dict[str, Any]) -> None:
    made = [{"name": f"Rule {place}", **rule} for place, rule in enumerate(said)]
    policy = Policy.model_validate({"rules": made})
    call(orders.set_policy, policy, source="file", actor=SHOP)


def test_items_show_what_they_name(
    call: Any, database: Database, owner: User, order: Order, tmp_path: Path
) -> None:
    first, second = make_evidence(database, owner, order, photos(2))
    [video] = make_evidence(database, owner, order, film())
    made = call(
        returns.create_return,
        order.order_number,
        to_return(
            return_item(0, evidence=[second, video, first]), return_item(1, evidence=[first])
        ),
    )
    one, other = made.return_items
    assert [file.kind for file in one.evidence] == ["image", "video", "image"]
    assert [file.id for file in one.evidence] == [second, video, first]
    # The file is one, whoever names it.
    assert [file.url for file in other.evidence] == [one.evidence[2].url]
    assert one.evidence[1].thumbnail_url is None
    assert len(rows(database, Media)) == 3
    assert len(files(tmp_path)) == 5


@pytest.mark.parametrize("kind", ["return", "claim"])
def test_what_cannot_be_named_changes_nothing(
    call: Any, database: Database, owner: User, stranger: User, order: Order, kind: str
) -> None:
    elsewhere = make_order(database, owner, parcels=[{}])
    theirs = make_order(database, stranger, parcels=[{}])
    [mine] = make_evidence(database, owner, order, photos())
    [of_other_order] = make_evidence(database, owner, elsewhere, photos())
    [of_stranger] = make_evidence(database, stranger, theirs, photos())

    def send(*ids: str) -> Any:
        if kind == "return":
            data = to_return(return_item(0, evidence=list(ids)))
            return call(returns.create_return, order.order_number, data)
        body = to_claim(claim_item(0, evidence=list(ids)))
        return call(claims.create_claim, order.order_number, body)

    for wrong in (of_other_order, of_stranger, order.id):
        with pytest.raises(rules.EvidenceNotFound) as refused:
            send(mine, wrong)
        assert list(refused.value.fields) == [f"{kind}_items.0.evidence"]
    assert rows(database, OrderReturn) + rows(database, Claim) == []
    send(mine)
    with pytest.raises(rules.EvidenceNotFound):
        send(mine)  # it is the first request's
    with pytest.raises(NotFound):
        call(service.delete_evidence, order.order_number, mine)
    assert len(rows(database, OrderReturn) + rows(database, Claim)) == 1


def test_an_item_has_five_photos_and_one_video_at_most(
    call: Any, database: Database, owner: User, order: Order
) -> None:
    many = make_evidence(database, owner, order, photos(5))
    more = make_evidence(database, owner, order, photos(1))
    videos = make_evidence(database, owner, order, film())
    videos += make_evidence(database, owner, order, film())
    for ids in (many + more, videos):
        with pytest.raises(InvalidInput):
            call(returns.create_return, order.order_number, to_return(return_item(evidence=ids)))
    ids = many + videos[:1]
    made = call(returns.create_return, order.order_number, to_return(return_item(evidence=ids)))
    assert len(made.return_items[0].evidence) == 6


def test_two_requests_at_once_do_not_share_a_file(
    database: Database, owner: User, order: Order
) -> None:
    [photo] = make_evidence(database, owner, order, photos())
    begin, results = Barrier(2), []

    def send(position: int) -> None:
        begin.wait()
        try:
            with enter(writes=True, actor=actor_of(owner), database=database) as ctx:
                item = return_item(position, evidence=[photo])
                returns.create_return(ctx, order.order_number, to_return(item))
            results.append("made")
        except PortalError as error:
            results.append(error.code)

    threads = [Thread(target=send, args=(position,)) for position in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["evidence_not_found", "made"]


DAMAGED = {"reason_code": "damaged", "return_reason": "Damaged or faulty"}


def test_a_policy_asks_for_evidence_and_says_so_before(
    call: Any, database: Database, owner: User, clock: Any
) -> None:
    set_policy(
        call,
        {"returns": {"evidence_for": ["damaged", "wrong_item"]}},
        {"applies_to": {"skus": ["SKU-1"]}, "returns": {"evidence_for": []}},
    )
    lines = [make_line(0), make_line(1)]
    order = make_order(database, owner, lines=lines, parcels=[{}], at=clock.now)
    number = order.order_number
    shown = call(orders.get_order, number).view().return_eligibility.lines
    assert [line.evidence_for for line in shown] == [["damaged", "wrong_item"], []]
    listed = call(returns.list_returnable_items, number)
    assert [line.evidence_for for line in listed] == [["damaged", "wrong_item"], []]

    items = [return_item(0, **DAMAGED), return_item(1, **DAMAGED)]
    preview = call(
        returns.quote_return, number, [CreateOrderReturnItem.model_validate(one) for one in items]
    )
    assert preview.evidence_required == ["SKU-0"]
    with pytest.raises(rules.EvidenceRequired) as refused:
        call(returns.create_return, number, to_return(*items))
    assert list(refused.value.fields) == ["return_items.0.evidence"]
    assert rows(database, OrderReturn) == []

    [photo] = make_evidence(database, owner, order, photos())
    items[0]["evidence"] = [photo]
    made = call(returns.create_return, number, to_return(*items, preview=preview.digest))
    assert len(made.return_items[0].evidence) == 1
    # Another reason needs none.
    call(returns.create_return, number, to_return(return_item(0)))


def test_a_policy_asks_for_evidence_of_claims(
    call: Any, database: Database, owner: User, clock: Any
) -> None:
    set_policy(call, {"claims": {"evidence_for": ["damaged"]}})
    order = make_order(database, owner, lines=[make_line(0)], parcels=[{}], at=clock.now)
    number = order.order_number
    shown = call(orders.get_order, number).view()
    assert [line.evidence_for for line in shown.claim_eligibility.lines] == [["damaged"]]
    assert [line.evidence_for for line in call(claims.list_claimable, number).lines] == [
        ["damaged"]
    ]
    assert call(claims.quote_claim, number, to_claim()).evidence_required == ["SKU-0"]
    with pytest.raises(rules.EvidenceRequired) as refused:
        call(claims.create_claim, number, to_claim())
    assert list(refused.value.fields) == ["claim_items.0.evidence"]
    assert rows(database, Claim) == []
    missing = to_claim(claim_item(problem="missing_item"))
    assert call(claims.quote_claim, number, missing).evidence_required == []
    [photo] = make_evidence(database, owner, order, photos())
    made = call(claims.create_claim, number, to_claim(claim_item(evidence=[photo])))
    assert [file.id for file in made.claim_items[0].evidence] == [photo]


def test_a_later_policy_asks_for_no_more_of_orders_that_are_there(
    call: Any, database: Database, owner: User, clock: Any
) -> None:
    order = make_order(database, owner, lines=[make_line(0)], parcels=[{}], at=clock.now)
    clock.advance(minutes=1)
    set_policy(
        call,
        {
            "returns": {"evidence_for": ["damaged"], "window_days": 90},
            "claims": {"evidence_for": ["damaged"], "window_days": 3000},
        },
    )
    shown = call(orders.get_order, order.order_number).view()
    assert shown.return_eligibility.lines[0].evidence_for == []
    assert shown.claim_eligibility.lines[0].evidence_for == []
    call(returns.create_return, order.order_number, to_return(return_item(0, **DAMAGED)))


def test_a_preview_without_evidence_binds_the_deed_with_it(
    call: Any, database: Database, owner: User, order: Order, clock: Any
) -> None:
    items = [CreateOrderReturnItem.model_validate(return_item(0, **DAMAGED))]
    seen = call(returns.quote_return, order.order_number, items).digest
    [photo] = make_evidence(database, owner, order, photos())
    item = return_item(0, **DAMAGED, evidence=[photo])
    with pytest.raises(PreviewOutdated):
        call(returns.create_return, order.order_number, to_return(item, preview="0" * len(seen)))
    call(returns.create_return, order.order_number, to_return(item, preview=seen))


def test_so_many_uploads_may_wait_for_a_request(
    call: Any, database: Database, owner: User, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_UNUSED", 3)
    ids = make_evidence(database, owner, order, photos(2))
    with pytest.raises(rules.TooMuchEvidence):
        make_evidence(database, owner, order, photos(2))
    assert len(rows(database, Media)) == 2
    call(service.delete_evidence, order.order_number, ids[0])
    make_evidence(database, owner, order, photos(2))


def test_requests_taken_back_one_after_the_other_do_not_fill_the_disk(
    call: Any, database: Database, owner: User, order: Order, clock: Any
) -> None:
    def take_back(data: AddEvidence) -> None:
        ids = make_evidence(database, owner, order, data)
        made = call(claims.create_claim, order.order_number, to_claim(claim_item(evidence=ids)))
        call(claims.withdraw_claim, made.claim_number)

    for _ in range(20):
        take_back(film())
    with pytest.raises(TooManyAttempts):
        take_back(film())
    for _ in range(36):
        take_back(photos(5))
    elsewhere = make_order(database, owner, parcels=[{}])
    with pytest.raises(TooManyAttempts):
        make_evidence(database, owner, elsewhere, photos(1))
    assert len(rows(database, Media)) == 200
    clock.advance(days=1, seconds=1)
    take_back(film())


def test_what_no_request_names_goes_after_a_day(
    call: Any, database: Database, owner: User, order: Order, clock: Any, tmp_path: Path
) -> None:
    [used] = make_evidence(database, owner, order, photos())
    call(returns.create_return, order.order_number, to_return(return_item(evidence=[used])))
    make_evidence(database, owner, order, film())
    make_evidence(database, owner, order, photos())
    clock.advance(hours=23)
    [young] = make_evidence(database, owner, order, photos())
    clock.advance(hours=2)
    with pytest.raises(Forbidden):
        call(service.sweep_evidence)
    housekeeping.remove_what_is_over()
    assert {row.id for row in rows(database, Evidence)} == {used, young}
    assert len(rows(database, Media)) == 2
    assert len(files(tmp_path)) == 4
    assert timedelta(days=1) == rules.KEPT_UNUSED


def test_removing_takes_the_files_along(
    call: Any, database: Database, owner: User, stranger: User, order: Order, tmp_path: Path
) -> None:
    [photo] = make_evidence(database, owner, order, photos())
    with pytest.raises(NotFound):
        call(service.delete_evidence, order.order_number, photo, actor=stranger)
    call(service.delete_evidence, order.order_number, photo)
    assert rows(database, Evidence) == []
    assert rows(database, Media) == []
    assert files(tmp_path) == []
    with pytest.raises(NotFound):
        call(service.delete_evidence, order.order_number, photo)
