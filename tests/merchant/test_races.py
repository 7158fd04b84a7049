"""Records and people that arrive together for a customer, or a thing, whom nobody knew before.

The first keeps its transaction open until the second has come to wait for it.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import text

from account_portal.auth import schemas
from account_portal.auth import service as auth
from account_portal.auth.rules import EmailTaken
from account_portal.context import SHOP, Caller, Context, enter
from account_portal.core.db import Database
from account_portal.core.errors import PortalError
from account_portal.merchant import records
from account_portal.merchant.schemas import RecordOutcome
from account_portal.models import (
    LoyaltyAccount,
    NotificationPreference,
    Order,
    Product,
    Review,
    User,
    UserSession,
)
from tests.factories.auth import last_code
from tests.factories.records import bring_in, order, rows, write
from tests.factories.users import PASSWORD, make_session, make_user

EMAIL = "asha@shop.example"
PHONE = "+49 30 1234567"
CUSTOMER = {"type": "customer", "external_id": "C-1", "email": EMAIL, "first_name": "Asha"}
SUBSCRIPTION = {
    "type": "subscription", "subscription_number": "S-1", "customer_email": EMAIL,
    "product_id": "TEA",
}  # fmt: skip
TEA = {"type": "product", "product_id": "TEA", "name": "Tea", "selling_price": 100}
MOVED = {
    "type": "loyalty_activity", "customer_email": EMAIL, "activity_type": "earned",
    "loyalty_point": 5, "created_at": "2024-03-02T10:00:00Z",
}  # fmt: skip
REVIEW = {
    "type": "review", "product_id": "TEA", "order_number": "A-1001", "rating": 4,
    "review_date": "2024-03-06T10:00:00Z",
}  # fmt: skip
Deed = Callable[[Context], Any]


def waits_for_a_lock(database: Database) -> bool:
    waiting = text("SELECT pg_stat_clear_snapshot(), count(*) FROM pg_stat_activity WHERE "
                   "datname = current_database() AND wait_event_type = 'Lock'")  # fmt: skip
    with database.engine.connect() as watching:
        return bool(watching.execute(waiting).one()[1])


@contextmanager
def meanwhile(database: Database, deed: Callable[[], Any], results: list[Any]) -> Iterator[None]:
    """Do something in a thread; what is in the block ends once that waits, or is over."""

    def run() -> None:
        try:
            results.append(deed())
        except PortalError as error:
            results.append(error)

    thread = Thread(target=run)
    thread.start()
    while not database.is_sqlite and thread.is_alive() and not waits_for_a_lock(database):
        pass
    yield
    thread.join(timeout=30)


def as_shop(database: Database, *told: Any) -> list[RecordOutcome]:
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        return records.put_records(ctx, told, strict=False).records


def race(database: Database, first: Any, second: Callable[[], Any]) -> tuple[list[str], Any]:
    """The first record's outcome, and what came of the second deed that ran into it."""
    results: list[Any] = []
    context = enter(writes=True, actor=SHOP, database=database)
    ctx = context.__enter__()
    told = records.put_records(ctx, [first], strict=False).records
    with meanwhile(database, second, results):
        context.__exit__(None, None, None)
    [result] = results
    return [f"{one.outcome} {one.reason or ''}".strip() for one in told], result


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (order("A-1001"), order("A-1002")),
        (order("A-1001"), CUSTOMER),
        (CUSTOMER, order("A-1002")),
        (CUSTOMER, CUSTOMER),
        (
            order("A-1001", customer_email=None, customer_phone=PHONE),
            order("A-1002", customer_email=None, customer_phone=PHONE),
        ),
        (order("A-1001", customer_id="C-1"), order("A-1002", customer_id="C-1")),
        (order("A-1001"), order("A-1002", customer_email="ben@shop.example")),  # of one product
        (order("A-1001"), TEA),
        (TEA, order("A-1001")),
        (order("A-1001"), order("A-1001")),
    ],
)
def test_two_records_of_something_new_are_both_taken(
    database: Database, first: dict[str, Any], second: dict[str, Any]
) -> None:
    told, [outcome] = race(database, first, lambda: as_shop(database, second))
    assert told == ["created"]
    assert (outcome.outcome, outcome.reason) in [
        ("created", None), ("updated", None), ("unchanged", None)
    ]  # fmt: skip
    numbers = {one["order_number"] for one in (first, second) if one["type"] == "order"}
    assert {row.order_number for row in rows(database, Order)} == numbers
    people = rows(database, User)
    assert len(people) == len({one.get("customer_email", EMAIL) for one in (first, second)
                               if one["type"] != "product"})  # fmt: skip
    assert len(rows(database, NotificationPreference)) == len(people)
    assert {row.customer_id for row in rows(database, Order)} <= {one.id for one in people}


def test_of_an_array_that_runs_into_another_each_record_is_taken(database: Database) -> None:
    told, outcomes = race(
        database,
        order("A-1001"),
        lambda: as_shop(database, *[order(f"A-{n}") for n in range(1001, 1040)], {"type": "no"}),
    )
    assert told == ["created"]
    found = [outcome.outcome for outcome in outcomes]
    assert found == ["unchanged", *["created"] * 38, "refused"]
    assert (len(rows(database, User)), len(rows(database, Order))) == (1, 39)


def test_one_order_put_alone_is_taken(database: Database) -> None:
    content = {name: value for name, value in order().items() if name != "type"}

    def put(number: str) -> RecordOutcome:
        with enter(writes=True, actor=SHOP, database=database) as ctx:
            told = {**content, "order_number": number}
            return records.put_record(ctx, "order", number, told)

    told, outcome = race(database, order("A-1001"), lambda: put("A-1002"))
    assert (told, outcome.outcome) == (["created"], "created")
    assert (len(rows(database, User)), len(rows(database, Order))) == (1, 2)


@pytest.mark.parametrize("record", [MOVED, SUBSCRIPTION, REVIEW])
def test_what_hangs_on_a_customer_is_taken_once_when_it_is_sent_twice(
    database: Database, record: dict[str, Any]
) -> None:
    as_shop(database, TEA, order())
    told = {**record, "customer_email": EMAIL}
    told |= {"external_id": "M-1"} if record is MOVED else {}
    first, [outcome] = race(database, told, lambda: as_shop(database, told))
    assert (first, outcome.outcome, outcome.reason) == (["created"], "unchanged", None)


@pytest.mark.parametrize("is_member", [False, True])
def test_points_that_are_told_together_all_count(database: Database, is_member: bool) -> None:
    as_shop(database, CUSTOMER, *[{**MOVED, "external_id": "M-0"}] * is_member)
    first, [outcome] = race(
        database,
        {**MOVED, "external_id": "M-1"},
        lambda: as_shop(database, {**MOVED, "external_id": "M-2"}),
    )
    assert (first, outcome.outcome, outcome.reason) == (["created"], "created", None)
    [account] = rows(database, LoyaltyAccount)
    assert account.earned == 500 * (2 + is_member)


def test_stars_that_are_told_together_all_count(database: Database) -> None:
    as_shop(database, TEA, order(), order("A-1", customer_email="ben@shop.example"))
    first, [outcome] = race(
        database,
        {**REVIEW, "customer_email": EMAIL},
        lambda: as_shop(database, {**REVIEW, "customer_email": "ben@shop.example"}),
    )
    assert (first, outcome.outcome, outcome.reason) == (["created"], "created", None)
    [tea] = rows(database, Product, id="TEA")
    assert (len(rows(database, Review)), tea.rating_count, tea.rating_sum) == (2, 2, 16)


def code_for(database: Database) -> Any:
    with enter(Caller(ip_address="192.0.2.1"), writes=True, database=database) as ctx:
        asked = schemas.GenerateOtpWithEmail.model_validate(
            {"channel": "email", "email": EMAIL, "otp_action": "register"}
        )
        return auth.generate_code(ctx, asked, debug=False)


def confirm(ctx: Context, sent: Any, code: str) -> schemas.SignedIn:
    asked = {"otp": code, "otp_token": sent.otp_token, "otp_action": "register"}
    answer = auth.verify_otp(ctx, schemas.VerifyOtp.model_validate(asked))
    assert isinstance(answer, schemas.SignedIn)
    return answer


def sees_order(database: Database, answer: schemas.SignedIn) -> bool:
    with enter(Caller(bearer=answer.access_token), writes=False, database=database) as ctx:
        return [row.customer_id for row in rows(database, Order)] == [ctx.customer_id]


@pytest.mark.parametrize("person_first", [False, True])
def test_who_registers_by_a_code_while_the_order_comes_has_it(
    database: Database, person_first: bool
) -> None:
    sent = code_for(database)
    code = last_code(database)

    def register() -> schemas.SignedIn:
        with enter(Caller(ip_address="192.0.2.1"), writes=True, database=database) as ctx:
            return confirm(ctx, sent, code)

    if person_first:
        results: list[Any] = []
        with enter(Caller(ip_address="192.0.2.1"), writes=True, database=database) as ctx:
            answer = confirm(ctx, sent, code)
            with meanwhile(database, lambda: as_shop(database, order()), results):
                ctx.commit()
                ctx.transaction.close()
        [[outcome]] = results
        assert (outcome.outcome, outcome.reason) == ("created", None)
    else:
        told, answer = race(database, order(), register)
        assert told == ["created"]
    assert isinstance(answer, schemas.SignedIn), answer
    assert sees_order(database, answer)
    [user] = rows(database, User)
    assert (user.email, user.is_email_verified) == (EMAIL, True)


def test_an_account_that_an_order_made_is_its_buyers_who_registers_later(
    database: Database,
) -> None:
    sent = code_for(database)
    code = last_code(database)
    as_shop(database, order())
    with enter(Caller(ip_address="192.0.2.1"), writes=True, database=database) as ctx:
        answer = confirm(ctx, sent, code)
    assert sees_order(database, answer)


@pytest.mark.parametrize("person_first", [False, True])
def test_who_registers_by_a_password_takes_no_order_away(
    database: Database, person_first: bool
) -> None:
    """Nobody proved that the address is theirs: the account is the shop's customer's."""
    form = {"email": EMAIL, "password": PASSWORD, "confirm_password": PASSWORD}
    asked = schemas.RegisterWithEmailPassword(**form, first_name="Asha", last_name="Rao")

    def register() -> Any:
        with enter(Caller(ip_address="192.0.2.1"), writes=False, database=database) as ctx:
            return auth.register_with_password(ctx, asked)

    if person_first:
        results: list[Any] = []
        with enter(Caller(ip_address="192.0.2.1"), writes=False, database=database) as ctx:
            auth.register_with_password(ctx, asked)
            with meanwhile(database, lambda: as_shop(database, order()), results):
                ctx.commit()
                ctx.transaction.close()
        [[outcome]] = results
        assert (outcome.outcome, outcome.reason) == ("created", None)
        [user] = rows(database, User)
        assert (user.is_unproven, user.password_hash) == (False, None)
        assert all(row.revoked_at for row in rows(database, UserSession))
    else:
        told, answer = race(database, order(), register)
        assert (told, type(answer)) == (["created"], EmailTaken)
    [user] = rows(database, User)
    assert [row.customer_id for row in rows(database, Order)] == [user.customer_id]


@pytest.mark.parametrize("by", ["signing in", "changing the address"])
def test_who_proves_the_address_of_an_open_account_while_the_order_comes_has_it(
    database: Database, by: str
) -> None:
    """An account that nobody proved ends for its opener when an order comes, not for its owner."""
    make_user(database, email=EMAIL, is_email_verified=False, is_unproven=True)
    who, action = Caller(ip_address="192.0.2.1"), "login"
    if by != "signing in":
        other = make_user(database, email="asha@old.example", is_email_verified=True)
        who, action = Caller(bearer=make_session(database, other)), "update-email"
    with enter(who, writes=True, database=database) as ctx:
        asked = {"channel": "email", "email": EMAIL, "otp_action": action}
        sent = auth.generate_code(
            ctx, schemas.GenerateOtpWithEmail.model_validate(asked), debug=False
        )
    told = {"otp": last_code(database), "otp_token": sent.otp_token, "otp_action": action}
    results: list[Any] = []
    with enter(who, writes=True, database=database) as ctx:
        answer = auth.verify_otp(ctx, schemas.VerifyOtp.model_validate(told))
        with meanwhile(database, lambda: as_shop(database, order()), results):
            ctx.commit()
            ctx.transaction.close()
    [[outcome]] = results
    assert (outcome.outcome, outcome.reason) == ("created", None)
    assert isinstance(answer, schemas.SignedIn)
    assert sees_order(database, answer)


def test_two_that_wait_for_each_other_are_both_taken(database: Database) -> None:
    """They name the same new customers, each in another order."""
    if database.is_sqlite:
        pytest.skip("SQLite has one writer")
    ben = {"customer_email": "ben@shop.example"}
    told = [order("A-1", **ben), order("A-2")]
    results: list[Any] = []
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        ctx.db.execute(text("SET LOCAL deadlock_timeout = '60s'"))  # the other is to find out
        records.put_records(ctx, [order("A-3")], strict=False)
        with meanwhile(database, lambda: as_shop(database, *told), results):
            first = records.put_records(ctx, [order("A-4", **ben)], strict=False).records
            ctx.commit()
            ctx.transaction.close()
    [outcomes] = results
    assert not isinstance(outcomes, PortalError)
    assert [(one.outcome, one.reason) for one in [*first, *outcomes]] == [("created", None)] * 3
    assert (len(rows(database, User)), len(rows(database, Order))) == (2, 4)


def test_all_at_once(database: Database, tmp_path: Any) -> None:
    """Ten threads, among them imports from files, each with an order of each of five people."""
    barrier = Barrier(10, timeout=30)

    def tell(number: int) -> list[str]:
        told = [
            order(f"A-{number}-{one}", customer_email=f"{one}@shop.example",
                  customer_phone=f"+49 30 123456{one}")
            for one in (range(5) if number % 2 else reversed(range(5)))
        ]  # fmt: skip
        path = write(tmp_path / f"{number}.ndjson", *told)
        barrier.wait()
        if number < 2:
            return [reason for _, reason in bring_in(database, path)[1]]
        return [str(one.reason) for one in as_shop(database, *told) if one.outcome == "refused"]

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(tell, range(10))) == [[]] * 10
    assert (len(rows(database, User)), len(rows(database, Order))) == (5, 50)
    owners = {row.customer_id for row in rows(database, Order)}
    assert owners == {row.customer_id for row in rows(database, User)}


def test_a_key_that_is_another_ones_is_refused_in_words(database: Database) -> None:
    """That is no race: it is not tried for ever, and stops no other record."""
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE UNIQUE INDEX only_here ON orders (customer_id, status)")
    try:
        told = as_shop(database, order("A-1"), order("A-2", customer_email="b@shop.example"),
                       order("A-3"))  # fmt: skip
    finally:
        with database.engine.begin() as connection:
            connection.exec_driver_sql("DROP INDEX only_here")
    assert [(one.outcome, one.reason) for one in told] == [
        ("created", None),
        ("created", None),
        ("refused", "something else here has the same customer_id, status"),
    ]
