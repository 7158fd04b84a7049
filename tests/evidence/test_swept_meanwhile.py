"""A day-old file is swept while a request that names it, or removes it, is under way."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import text, update

from account_portal.claims import service as claims
from account_portal.claims.schemas import CreateClaim
from account_portal.context import SHOP, Context, enter
from account_portal.core.db import Database
from account_portal.core.errors import NotFound, PortalError
from account_portal.evidence import rules, service
from account_portal.models import Claim, Evidence, Media, Order, OrderReturn, User
from account_portal.returns import service as returns
from account_portal.returns.schemas import CreateOrderReturn
from tests.conftest import actor_of
from tests.factories.claims import claim_body, claim_item
from tests.factories.evidence import make_evidence, photos
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows
from tests.factories.returns import return_body, return_item

Deed = Callable[[Context, Order, str], Any]


def ask_for_return(ctx: Context, order: Order, photo: str) -> None:
    body = return_body(return_item(0, evidence=[photo]))
    returns.create_return(ctx, order.order_number, CreateOrderReturn.model_validate(body))


def report_problem(ctx: Context, order: Order, photo: str) -> None:
    body = claim_body(claim_item(0, evidence=[photo]))
    claims.create_claim(ctx, order.order_number, CreateClaim.model_validate(body))


def remove(ctx: Context, order: Order, photo: str) -> None:
    service.delete_evidence(ctx, order.order_number, photo)


@pytest.fixture
def order(database: Database, owner: User) -> Order:
    return make_order(database, owner, lines=[make_line(0)], parcels=[{}])


@pytest.fixture
def photo(database: Database, owner: User, order: Order) -> str:
    """One that nobody named for a day."""
    [photo] = make_evidence(database, owner, order, photos())
    with database.session(writes=True) as db:
        long_ago = datetime.now(UTC) - rules.KEPT_UNUSED - timedelta(hours=1)
        db.execute(update(Evidence).values(created_at=long_ago))
        db.commit()
    return photo


@pytest.mark.parametrize(
    ("deed", "refusal"),
    [
        (ask_for_return, rules.EvidenceNotFound),
        (report_problem, rules.EvidenceNotFound),
        (remove, NotFound),
    ],
)
def test_who_comes_while_it_is_swept_is_told_that_it_is_gone(
    database: Database,
    owner: User,
    order: Order,
    photo: str,
    deed: Deed,
    refusal: type[PortalError],
) -> None:
    seen: list[BaseException] = []

    def come() -> None:
        try:
            with enter(writes=True, actor=actor_of(owner), database=database) as ctx:
                deed(ctx, order, photo)
        except BaseException as error:
            seen.append(error)

    with enter(writes=True, actor=SHOP, database=database) as sweeping:
        assert service.sweep_evidence(sweeping) == 1
        coming = Thread(target=come)
        coming.start()
        if not database.is_sqlite:  # SQLite's one lock lets nobody come so far
            waits = text("SELECT pg_stat_clear_snapshot(), count(*) FROM pg_stat_activity WHERE "
                         "datname = current_database() AND wait_event_type = 'Lock'")  # fmt: skip
            with database.engine.connect() as watching:
                while not watching.execute(waits).one()[1]:
                    assert coming.is_alive()
    coming.join(timeout=30)
    assert [type(error) for error in seen] == [refusal]
    assert rows(database, Evidence) + rows(database, Media) == []
    assert rows(database, OrderReturn) + rows(database, Claim) == []


@pytest.mark.parametrize("deed", [ask_for_return, report_problem])
def test_what_a_request_names_meanwhile_is_not_swept(
    database: Database, owner: User, order: Order, photo: str, deed: Deed
) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite's one lock lets nobody sweep meanwhile")
    with enter(writes=True, actor=actor_of(owner), database=database) as ctx:
        deed(ctx, order, photo)
        with enter(writes=True, actor=SHOP, database=database) as sweeping:
            assert service.sweep_evidence(sweeping) == 0
    assert [row.id for row in rows(database, Evidence)] == [photo]
    assert len(rows(database, Media)) == 1
