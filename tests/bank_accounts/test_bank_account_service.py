"""Payout accounts: secrecy, doubles, the default, refunds under way, the shop's word."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from account_portal.bank_accounts import service
from account_portal.bank_accounts.schemas import (
    CreateOutboundBankAccount,
    CustomerBankAccount,
    UpdateOutboundBankAccount,
)
from account_portal.context import SHOP, Actor, Caller, enter
from account_portal.core.db import Database
from account_portal.core.errors import Forbidden, LoginRequired, NotAuthenticated, NotFound
from account_portal.models import BankAccount, Refund, User
from account_portal.security import tokens
from tests.conftest import Clock, actor_of
from tests.factories.bank_accounts import SAVINGS, make_bank_account
from tests.factories.orders import make_order

Call = Callable[..., Any]


def create(call: Call, actor: User | None = None, **values: Any) -> CustomerBankAccount:
    data = CreateOutboundBankAccount(**{**SAVINGS, **values})
    return call(service.create_bank_account, data, actor=actor)


def change(call: Call, account_id: str, **values: Any) -> CustomerBankAccount:
    return call(service.update_bank_account, account_id, UpdateOutboundBankAccount(**values))


def read(call: Call, account_id: str) -> CustomerBankAccount:
    return call(service.read_bank_account, account_id)


def holders(call: Call) -> list[str]:
    return [row.id for row in call(service.list_bank_accounts) if row.is_default]


def test_what_was_saved_is_read_back_masked_and_unverified(call: Call) -> None:
    saved = create(call)
    assert saved.account_number == "XXXXXXXXXX4321"
    assert (saved.is_verified, saved.verification_status) == (False, "unverified")
    assert saved.account_type == "outbound"
    assert saved == read(call, saved.id) == call(service.list_bank_accounts)[0]


def test_the_number_is_nowhere_readable_in_the_database(call: Call, database: Database) -> None:
    saved = create(call)
    with database.engine.connect() as connection:
        columns = connection.execute(BankAccount.__table__.select()).one()  # type: ignore[attr-defined]
    assert not any(SAVINGS["account_number"] in str(value) for value in columns)
    with database.session(writes=False) as db:
        row = db.get(BankAccount, saved.id)
        assert row is not None
        assert tokens.decrypt(row.number_encrypted) == SAVINGS["account_number"]


def test_the_first_account_is_the_default_and_the_flag_moves(call: Call) -> None:
    first = create(call)
    assert holders(call) == [first.id]
    second = create(call, account_number="111122223333")
    assert holders(call) == [first.id]
    change(call, second.id, is_default=True)
    assert holders(call) == [second.id]
    third = create(call, account_number="444455556666", is_default=True)
    assert holders(call) == [third.id]
    change(call, third.id, is_default=False)
    assert holders(call) == []


def test_deleting_the_default_promotes_no_other(call: Call) -> None:
    first = create(call)
    create(call, account_number="111122223333")
    call(service.delete_bank_account, first.id)
    assert holders(call) == []


def test_accounts_are_listed_oldest_first(call: Call, clock: Clock) -> None:
    made = []
    for number in ("111111", "222222", "333333"):
        made.append(create(call, account_number=number).id)
        clock.advance(minutes=1)
    change(call, made[0], bank_name="Other Bank")
    assert [row.id for row in call(service.list_bank_accounts)] == made


def test_the_same_number_and_branch_is_kept_once(call: Call, stranger: User) -> None:
    create(call, account_number="ab1234567")
    for number in ("ab1234567", "AB1234567"):
        with pytest.raises(service.BankAccountExists):
            create(call, account_number=number)
    other = create(call, account_number="ab1234567", ifsc_code="ICIC0000002")
    create(call, stranger, account_number="ab1234567")
    with pytest.raises(service.BankAccountExists):
        change(call, other.id, ifsc_code=SAVINGS["ifsc_code"])
    assert read(call, other.id) == other


def test_a_change_keeps_what_it_leaves_out(call: Call, clock: Clock) -> None:
    before = create(call)
    later = clock.advance(hours=1)
    after = change(call, before.id, bank_name="HDFC Bank Ltd", account_type="inbound")
    assert after == before.model_copy(update={"bank_name": "HDFC Bank Ltd", "modified_at": later})


def test_a_change_that_changes_nothing_changes_nothing(call: Call, clock: Clock) -> None:
    saved = create(call)
    clock.advance(hours=1)
    assert change(call, saved.id, **SAVINGS) == saved


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"account_name": "Somebody Else"}, "unverified"),
        ({"account_number": "999988887777"}, "unverified"),
        ({"ifsc_code": "ICIC0000002"}, "unverified"),
        ({"bank_name": "Renamed Bank"}, "verified"),
        ({"is_default": True}, "verified"),
    ],
)
def test_another_number_branch_or_holder_must_be_verified_anew(
    call: Call, database: Database, owner: User, changes: dict[str, Any], status: str
) -> None:
    account = make_bank_account(database, owner, number="123456789012")
    changed = change(call, account.id, **changes)
    assert changed.verification_status == status
    if "account_number" in changes:
        assert changed.account_number.endswith("7777")


@pytest.mark.parametrize("status", ["pending", "approved"])
def test_an_account_with_a_refund_under_way_stays_as_it_is(
    call: Call, database: Database, owner: User, status: str
) -> None:
    account = make_bank_account(database, owner)
    make_order(database, owner, refunds=[{"bank_account_id": account.id, "status": status}])
    before = read(call, account.id)
    with pytest.raises(service.BankAccountInUse):
        change(call, account.id, bank_name="Other Bank")
    with pytest.raises(service.BankAccountInUse):
        call(service.delete_bank_account, account.id)
    assert change(call, account.id, bank_name=before.bank_name) == before


@pytest.mark.parametrize("status", ["success", "failed"])
def test_a_settled_refund_outlives_its_account(
    call: Call, database: Database, owner: User, status: str
) -> None:
    account = make_bank_account(database, owner)
    refund = {
        "bank_account_id": account.id,
        "bank_account_number": account.number_masked,
        "status": status,
    }
    make_order(database, owner, refunds=[refund])
    call(service.delete_bank_account, account.id)
    with database.engine.connect() as connection:
        refunds = connection.execute(Refund.__table__.select()).all()  # type: ignore[attr-defined]
    kept = next(row for row in refunds if row.status == status)
    # What a bank did not take is owed still: it waits in a refund of its own.
    assert len(refunds) == (2 if status == "failed" else 1)
    assert kept.bank_account_id is None
    assert kept.bank_account_number == account.number_masked


@pytest.mark.parametrize("status", ["unverified", "rejected", "pending"])
def test_asking_for_verification_only_asks(
    call: Call, database: Database, owner: User, status: str
) -> None:
    account = make_bank_account(database, owner, verification_status=status)
    for _ in range(2):
        asked = call(service.ask_for_verification, account.id)
        assert (asked.verification_status, asked.is_verified) == ("pending", False)


def test_a_verified_account_has_nothing_to_ask_for(
    call: Call, database: Database, owner: User
) -> None:
    account = make_bank_account(database, owner)
    with pytest.raises(service.AlreadyVerified):
        call(service.ask_for_verification, account.id)


def test_only_the_shop_decides(call: Call, database: Database, owner: User) -> None:
    account = make_bank_account(database, owner, verification_status="pending")
    for who in (owner, Actor(), Actor(kind="visitor")):
        with pytest.raises(Forbidden):
            call(service.decide_bank_account, account.id, verified=True, actor=who)
    assert read(call, account.id).verification_status == "pending"
    verified = call(service.decide_bank_account, account.id, verified=True, actor=SHOP)
    assert verified.is_verified
    rejected = call(service.decide_bank_account, account.id, verified=False, actor=SHOP)
    assert rejected.verification_status == "rejected"
    with pytest.raises(NotFound):
        call(service.decide_bank_account, "0" * 26, verified=True, actor=SHOP)


def test_a_stranger_sees_and_changes_nothing(
    call: Call, stranger: User, acting: Callable[..., Any]
) -> None:
    mine = create(call)
    for function, rest in (
        (service.read_bank_account, ()),
        (service.update_bank_account, (UpdateOutboundBankAccount(bank_name="Theirs"),)),
        (service.delete_bank_account, ()),
        (service.ask_for_verification, ()),
    ):
        with acting(stranger) as ctx, pytest.raises(NotFound):
            function(ctx, mine.id, *rest)
    assert call(service.list_bank_accounts, actor=stranger) == []
    assert call(service.list_bank_accounts) == [mine]


@pytest.mark.parametrize(
    ("who", "error"), [(Actor(), NotAuthenticated), (Actor(kind="visitor"), LoginRequired)]
)
def test_nobody_else_gets_in(
    acting: Callable[..., Any], who: Actor, error: type[Exception]
) -> None:
    calls: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
        (service.list_bank_accounts, ()),
        (service.read_bank_account, ("0" * 26,)),
        (service.create_bank_account, (CreateOutboundBankAccount(**SAVINGS),)),
        (service.update_bank_account, ("0" * 26, UpdateOutboundBankAccount(bank_name="XY"))),
        (service.delete_bank_account, ("0" * 26,)),
        (service.ask_for_verification, ("0" * 26,)),
    ]
    for function, arguments in calls:
        with acting(who) as ctx, pytest.raises(error):
            function(ctx, *arguments)


def race(database: Database, user: User, works: list[Callable[..., Any]]) -> list[Any]:
    gate = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(position: int) -> None:
        gate.wait()
        try:
            with enter(Caller(), writes=True, actor=actor_of(user), database=database) as ctx:
                results[position] = works[position](ctx)
        except Exception as error:
            results[position] = error

    threads = [threading.Thread(target=run, args=(position,)) for position in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_racing_twins_save_one_account(call: Call, database: Database, owner: User) -> None:
    data = CreateOutboundBankAccount(**SAVINGS)
    results = race(database, owner, [lambda ctx: service.create_bank_account(ctx, data)] * 6)
    refused = [result for result in results if isinstance(result, service.BankAccountExists)]
    assert len(refused) == 5, results
    assert len(call(service.list_bank_accounts)) == 1


def test_racing_defaults_leave_exactly_one(call: Call, database: Database, owner: User) -> None:
    accounts = [make_bank_account(database, owner) for _ in range(5)]
    data = UpdateOutboundBankAccount(is_default=True)

    def make_default(account: BankAccount) -> Callable[..., Any]:
        return lambda ctx: service.update_bank_account(ctx, account.id, data)

    results = race(database, owner, [make_default(account) for account in accounts])
    assert all(isinstance(result, CustomerBankAccount) for result in results), results
    assert len(holders(call)) == 1


@pytest.mark.parametrize("rows", [1, 20])
def test_a_list_takes_one_statement_however_many_rows(
    call: Call, database: Database, owner: User, statements: list[str], rows: int
) -> None:
    for _ in range(rows):
        make_bank_account(database, owner)
    statements.clear()
    assert len(call(service.list_bank_accounts)) == rows
    assert len(statements) == 1


def test_at_most_one_account_is_the_default_whatever_is_done(call: Call) -> None:
    class Accounts(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            for row in call(service.list_bank_accounts):
                call(service.delete_bank_account, row.id)
            self.ids: list[str] = []
            self.default: str | None = None
            self.made = 0

        @rule(is_default=st.booleans())
        def add(self, is_default: bool) -> None:
            self.made += 1
            saved = create(call, account_number=f"{self.made:08}", is_default=is_default)
            if is_default or not self.ids:
                self.default = saved.id
            self.ids.append(saved.id)

        @precondition(lambda self: self.ids)
        @rule(data=st.data(), is_default=st.booleans())
        def set_flag(self, data: st.DataObject, is_default: bool) -> None:
            chosen = data.draw(st.sampled_from(self.ids))
            change(call, chosen, is_default=is_default)
            if is_default:
                self.default = chosen
            elif self.default == chosen:
                self.default = None

        @precondition(lambda self: self.ids)
        @rule(data=st.data())
        def remove(self, data: st.DataObject) -> None:
            chosen = data.draw(st.sampled_from(self.ids))
            call(service.delete_bank_account, chosen)
            self.ids.remove(chosen)
            if self.default == chosen:
                self.default = None

        @invariant()
        def agrees(self) -> None:
            assert {row.id for row in call(service.list_bank_accounts)} == set(self.ids)
            assert holders(call) == ([self.default] if self.default else [])

    Accounts.TestCase.settings = settings(max_examples=12, stateful_step_count=10, deadline=None)
    Accounts.TestCase().runTest()
