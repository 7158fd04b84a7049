"""The address book: defaults, limit, what a subscription holds, and whose it is."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from account_portal.addresses import service
from account_portal.addresses.rules import MAX_ADDRESSES
from account_portal.addresses.schemas import (
    CustomerAddress,
    CustomerAddressCreate,
    CustomerAddressUpdate,
)
from account_portal.context import SHOP, Actor, Caller, Context, enter
from account_portal.core.db import Database
from account_portal.core.errors import (
    Conflict,
    InvalidInput,
    LoginRequired,
    NotAuthenticated,
    NotFound,
)
from account_portal.core.pagination import PageParams
from account_portal.models import Address, Subscription, User
from tests.conftest import Clock, actor_of
from tests.factories.addresses import HOME, make_address, make_subscription
from tests.factories.users import make_user

Call = Callable[..., Any]
DEFAULTS = ("is_default_billing", "is_default_shipping")


def create(call: Call, actor: User | None = None, **values: Any) -> CustomerAddress:
    data = CustomerAddressCreate(**{**HOME, **values})
    return call(service.create_address, data, actor=actor)


def change(call: Call, address_id: str, **values: Any) -> CustomerAddress:
    return call(service.update_address, address_id, CustomerAddressUpdate(**values))


def listed(call: Call, actor: User | None = None, **page: int) -> list[CustomerAddress]:
    return call(service.list_addresses, PageParams(**page), actor=actor).rows.view()


def defaults(call: Call) -> dict[str, list[str]]:
    rows = listed(call, limit=100)
    return {flag: [row.id for row in rows if getattr(row, flag)] for flag in DEFAULTS}


def test_what_was_saved_is_what_is_read(call: Call) -> None:
    saved = create(call)
    assert saved == call(service.read_address, saved.id) == listed(call)[0]
    assert {name: getattr(saved, name) for name in HOME} == HOME


def test_the_country_is_kept_as_the_store_spells_it(call: Call) -> None:
    assert create(call, country="bharat").country == "India"


def test_the_first_address_becomes_both_defaults(call: Call) -> None:
    first = create(call)
    assert first.is_default_billing
    assert first.is_default_shipping
    second = create(call)
    assert not second.is_default_billing
    assert not second.is_default_shipping
    assert defaults(call) == {flag: [first.id] for flag in DEFAULTS}


def test_a_flag_sent_as_false_is_heeded_on_the_first_address_too(call: Call) -> None:
    first = create(call, is_default_billing=False)
    assert (first.is_default_billing, first.is_default_shipping) == (False, True)


def test_a_default_moves_and_is_never_held_twice(call: Call) -> None:
    first, second = create(call), create(call, is_default_shipping=True)
    assert defaults(call) == {"is_default_billing": [first.id], "is_default_shipping": [second.id]}
    change(call, second.id, is_default_billing=True)
    assert defaults(call) == {flag: [second.id] for flag in DEFAULTS}


def test_clearing_or_deleting_a_default_promotes_no_other(call: Call) -> None:
    first, second = create(call), create(call)
    change(call, first.id, is_default_billing=False)
    assert defaults(call) == {"is_default_billing": [], "is_default_shipping": [first.id]}
    call(service.delete_address, first.id)
    assert defaults(call) == {"is_default_billing": [], "is_default_shipping": []}
    assert [row.id for row in listed(call)] == [second.id]


def test_the_newest_change_is_first(call: Call, clock: Clock) -> None:
    one = create(call)
    clock.advance(minutes=1)
    two = create(call)
    assert [row.id for row in listed(call)] == [two.id, one.id]
    clock.advance(minutes=1)
    change(call, one.id, city="Mysuru")
    assert [row.id for row in listed(call)] == [one.id, two.id]


def test_a_change_that_changes_nothing_leaves_the_order_alone(call: Call, clock: Clock) -> None:
    one = create(call)
    clock.advance(minutes=1)
    two = create(call)
    clock.advance(minutes=1)
    assert change(call, one.id, city=HOME["city"], id="ignored") == one
    assert [row.id for row in listed(call)] == [two.id, one.id]


def test_postcode_and_phone_are_kept_in_the_form_of_their_country(call: Call) -> None:
    japan = {"country": "Japan", "state": "Tokyo", "country_code": "+81"}
    one = create(call, **japan, pincode="\u3012\uff11\uff15\uff10\uff0d0001", phone="09012345678")
    assert (one.pincode, one.phone) == ("150-0001", "9012345678")
    london = {"country": "United Kingdom", "country_code": "+44", "phone": "07911123456"}
    moved = change(call, one.id, **london, pincode="ec1a1bb")
    assert (moved.pincode, moved.phone) == ("EC1A 1BB", "7911123456")
    assert change(call, one.id, pincode="EC1A1BB", phone="7911123456") == moved


def test_a_change_keeps_what_it_leaves_out(call: Call, clock: Clock) -> None:
    before = create(call)
    later = clock.advance(hours=1)
    after = change(call, before.id, landmark=None, city="Mysuru")
    assert after == before.model_copy(
        update={"landmark": None, "city": "Mysuru", "modified_at": later}
    )


def test_an_imported_oddity_can_live_on_until_it_is_touched(
    call: Call, database: Database, owner: User
) -> None:
    odd = make_address(database, owner, pincode="", state="", phone="12345")
    assert change(call, odd.id, nickname="Old").nickname == "Old"
    with pytest.raises(InvalidInput) as caught:
        change(call, odd.id, pincode="0999")
    assert set(caught.value.fields) == {"pincode"}
    assert call(service.read_address, odd.id).pincode == ""


def test_a_contact_is_verified_when_it_is_a_verified_one_of_the_user(
    call: Call, database: Database
) -> None:
    user = make_user(
        database,
        email="asha@example.com",
        is_email_verified=True,
        country_code="+91",
        phone="9876543210",
        is_phone_verified=True,
    )
    same = create(call, user, email="ASHA@example.com")
    assert (same.is_email_verified, same.is_phone_verified) == (True, True)
    other = create(call, user, country_code="+44")
    assert (other.is_email_verified, other.is_phone_verified) == (False, False)


def test_an_unverified_contact_verifies_no_address(call: Call, database: Database) -> None:
    user = make_user(
        database,
        email="asha@example.com",
        is_email_verified=False,
        country_code="+91",
        phone="9876543210",
    )
    saved = create(call, user, email="asha@example.com")
    assert (saved.is_email_verified, saved.is_phone_verified) == (False, False)


def test_somebody_without_any_contact_can_keep_addresses(call: Call, database: Database) -> None:
    user = make_user(database, email=None, is_email_verified=False)
    assert create(call, user).is_email_verified is False


def test_pages_of_the_book(call: Call, database: Database, owner: User, clock: Clock) -> None:
    rows = [
        make_address(database, owner, modified_at=clock.now + timedelta(minutes=minute))
        for minute in range(5)
    ]
    newest = [row.id for row in reversed(rows)]
    assert [row.id for row in listed(call, limit=2)] == newest[:2]
    assert [row.id for row in listed(call, page=3, limit=2)] == newest[4:]
    after = call(service.list_addresses, PageParams(page=9, limit=2))
    assert after.rows.view() == []
    assert after.pagination.model_dump() == {
        "total_records": 5,
        "total_pages": 3,
        "previous_page": 3,
        "next_page": None,
        "limit": 2,
    }
    far = call(service.list_addresses, PageParams(page=2**53, limit=100))
    assert far.rows.view() == []


def test_an_empty_book(call: Call) -> None:
    empty = call(service.list_addresses, PageParams())
    assert empty.rows.view() == []
    assert empty.pagination.model_dump() == {
        "total_records": 0,
        "total_pages": 0,
        "previous_page": None,
        "next_page": None,
        "limit": 10,
    }


def test_a_full_book_takes_no_more(call: Call, database: Database, owner: User) -> None:
    for _ in range(MAX_ADDRESSES):
        make_address(database, owner)
    with pytest.raises(service.AddressLimitReached):
        create(call)
    assert call(service.list_addresses, PageParams()).pagination.total_records == MAX_ADDRESSES


@pytest.mark.parametrize("status", ["active", "paused"])
@pytest.mark.parametrize("use", ["shipping_address_id", "billing_address_id"])
def test_an_address_a_subscription_uses_stays(
    call: Call, database: Database, owner: User, status: str, use: str
) -> None:
    address = make_address(database, owner)
    uses = {"shipping_address_id": None, "billing_address_id": None, use: address.id}
    make_subscription(database, address, status=status, **uses)
    with pytest.raises(service.AddressInUse):
        call(service.delete_address, address.id)
    assert call(service.read_address, address.id).id == address.id


def test_a_subscription_that_is_over_lets_its_address_go(
    call: Call, database: Database, owner: User
) -> None:
    address = make_address(database, owner)
    over = make_subscription(database, address, status="cancelled", billing_address_id=address.id)
    call(service.delete_address, address.id)
    with database.session(writes=False) as db:
        kept = db.get(Subscription, over.id)
        assert kept is not None
        assert (kept.shipping_address_id, kept.billing_address_id) == (None, None)


def test_a_deleted_address_is_gone(call: Call) -> None:
    address = create(call)
    call(service.delete_address, address.id)
    with pytest.raises(NotFound):
        call(service.delete_address, address.id)
    with pytest.raises(NotFound):
        call(service.read_address, address.id)


def test_a_stranger_sees_and_changes_nothing(
    call: Call, stranger: User, acting: Callable[..., Any]
) -> None:
    mine = create(call)
    theirs = create(call, stranger)
    assert theirs.is_default_billing, "another's book does not count"
    for service_function, rest in (
        (service.read_address, ()),
        (service.update_address, (CustomerAddressUpdate(city="Elsewhere"),)),
        (service.delete_address, ()),
    ):
        with acting(stranger) as ctx, pytest.raises(NotFound):
            service_function(ctx, mine.id, *rest)
    assert [row.id for row in listed(call, stranger)] == [theirs.id]
    assert call(service.read_address, mine.id) == mine


@pytest.mark.parametrize(
    ("who", "error"),
    [
        (Actor(), NotAuthenticated),
        (SHOP, NotAuthenticated),
        (Actor(kind="visitor", session_id="s"), LoginRequired),
    ],
)
def test_nobody_else_gets_in(
    acting: Callable[..., Any], who: Actor, error: type[Exception]
) -> None:
    calls: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
        (service.list_addresses, (PageParams(),)),
        (service.read_address, ("0" * 26,)),
        (service.create_address, (CustomerAddressCreate(**HOME),)),
        (service.update_address, ("0" * 26, CustomerAddressUpdate(city="X"))),
        (service.delete_address, ("0" * 26,)),
    ]
    for function, arguments in calls:
        with pytest.raises(error), acting(who) as ctx:
            function(ctx, *arguments)


def race(database: Database, user: User, works: list[Callable[[Context], Any]]) -> list[Any]:
    """Run each in a transaction and thread of its own, all let go at once."""
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


def test_racing_creations_leave_one_default_and_keep_the_limit(
    call: Call, database: Database, owner: User
) -> None:
    for _ in range(MAX_ADDRESSES - 4):
        make_address(database, owner)
    data = CustomerAddressCreate(**HOME, is_default_billing=True, is_default_shipping=True)
    results = race(database, owner, [lambda ctx: service.create_address(ctx, data)] * 8)
    refused = [result for result in results if isinstance(result, service.AddressLimitReached)]
    assert len(refused) == 4
    assert len([result for result in results if isinstance(result, CustomerAddress)]) == 4
    assert [len(ids) for ids in defaults(call).values()] == [1, 1]


def test_racing_defaults_leave_exactly_one(call: Call, database: Database, owner: User) -> None:
    addresses = [make_address(database, owner) for _ in range(6)]
    data = CustomerAddressUpdate(is_default_billing=True, is_default_shipping=True)

    def make_default(address: Address) -> Callable[[Context], Any]:
        return lambda ctx: service.update_address(ctx, address.id, data)

    results = race(database, owner, [make_default(address) for address in addresses])
    assert all(isinstance(result, CustomerAddress) for result in results), results
    held = defaults(call)
    assert held["is_default_billing"] == held["is_default_shipping"]
    assert len(held["is_default_billing"]) == 1


def test_racing_deletions_delete_once(call: Call, database: Database, owner: User) -> None:
    address = make_address(database, owner)
    results = race(database, owner, [lambda ctx: service.delete_address(ctx, address.id)] * 4)
    assert sorted(type(result).__name__ for result in results) == ["NoneType"] + ["NotFound"] * 3


def test_the_database_itself_refuses_a_second_default(
    database: Database, owner: User, acting: Callable[..., Any]
) -> None:
    one = make_address(database, owner, is_default_billing=True)
    two = make_address(database, owner)
    with pytest.raises(Conflict), acting(owner) as ctx:
        ctx.get_owned(Address, id=two.id).is_default_billing = True
    with acting(owner) as ctx:
        assert ctx.get_owned(Address, id=one.id).is_default_billing


@pytest.mark.parametrize("rows", [1, 10, 50])
def test_reading_takes_the_same_few_statements_however_many_rows(
    call: Call, database: Database, owner: User, statements: list[str], rows: int
) -> None:
    addresses = [make_address(database, owner) for _ in range(rows)]
    statements.clear()
    assert len(listed(call, limit=100)) == rows
    assert len(statements) == 1
    statements.clear()
    call(service.read_address, addresses[0].id)
    assert len(statements) == 1
    statements.clear()
    listed(call, page=100)
    assert len(statements) == 2, "after the last page the rows can't tell how many there are"


def test_the_book_behaves_like_a_list_with_two_marks(call: Call, clock: Clock) -> None:
    """Whatever is done in whatever order: one holder of a default at most, newest change first."""

    class Book(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            for row in listed(call, limit=100):
                call(service.delete_address, row.id)
            self.ids: list[str] = []
            self.default: dict[str, str | None] = dict.fromkeys(DEFAULTS)

        def mark(self, address_id: str, flags: dict[str, bool]) -> None:
            for flag, value in flags.items():
                if value:
                    self.default[flag] = address_id
                elif self.default[flag] == address_id:
                    self.default[flag] = None

        @rule(flags=st.dictionaries(st.sampled_from(DEFAULTS), st.booleans()))
        def add(self, flags: dict[str, bool]) -> None:
            clock.advance(seconds=1)
            made = create(call, **flags)
            self.mark(made.id, {**({} if self.ids else dict.fromkeys(DEFAULTS, True)), **flags})
            self.ids.insert(0, made.id)

        @precondition(lambda self: self.ids)
        @rule(
            data=st.data(),
            flags=st.dictionaries(st.sampled_from(DEFAULTS), st.booleans(), min_size=1),
        )
        def set_flags(self, data: st.DataObject, flags: dict[str, bool]) -> None:
            clock.advance(seconds=1)
            chosen = data.draw(st.sampled_from(self.ids))
            changes = any((self.default[flag] == chosen) != flags[flag] for flag in flags)
            change(call, chosen, **flags)
            self.mark(chosen, flags)
            if changes:
                self.ids.remove(chosen)
                self.ids.insert(0, chosen)

        @precondition(lambda self: self.ids)
        @rule(data=st.data())
        def remove(self, data: st.DataObject) -> None:
            chosen = data.draw(st.sampled_from(self.ids))
            call(service.delete_address, chosen)
            self.mark(chosen, dict.fromkeys(DEFAULTS, False))
            self.ids.remove(chosen)

        @invariant()
        def agrees(self) -> None:
            rows = listed(call, limit=100)
            assert [row.id for row in rows] == self.ids
            for flag in DEFAULTS:
                holder = self.default[flag]
                held = [row.id for row in rows if getattr(row, flag)]
                assert held == ([holder] if holder else [])

    Book.TestCase.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)
    Book.TestCase().runTest()
