"""The shop opens an account again that its customer closed: what comes back, and what does not."""

from threading import Barrier, Thread
from typing import Any

import pytest
from click.testing import CliRunner

from account_portal.auth import service
from account_portal.auth.rules import AccountIsDeleted, AccountIsOpen
from account_portal.cli import main
from account_portal.context import SHOP, Actor, enter
from account_portal.core.db import Database
from account_portal.core.errors import Forbidden, NotFound, PortalError
from account_portal.models import DeletedAccount, KnownDevice, User, UserSession
from account_portal.personal_data import service as personal_data
from tests.conftest import Api, Clock
from tests.factories.auth import change_user, load_user, make_page_session, messages
from tests.factories.passkeys import give_passkey
from tests.factories.records import rows
from tests.factories.two_step import PHONE, Client, code_of, turn_on, with_phone
from tests.factories.users import make_session, make_user


@pytest.fixture
def closed(database: Database, owner: User, call: Any) -> User:
    """The owner, who has closed the account."""
    call(service.deactivate_user)
    return owner


def is_closed(database: Database, user: User) -> bool:
    return load_user(database, user).deactivated_at is not None


def test_its_owner_signs_in_as_before(
    api: Api, database: Database, owner: User, call: Any, clock: Clock
) -> None:
    with_phone(database, owner)
    before, client = make_session(database, owner), Client(api, database)
    make_page_session(database, owner, clock.now, "a cookie")
    call(service.deactivate_user)
    for signs_in in (client.by_password, client.by_email, client.by_phone):
        assert code_of(signs_in()) == "account_deactivated"
        clock.advance(minutes=1)
    told = len(messages(database))
    call(service.reactivate_customer, "owner@example.com", actor=SHOP)
    news = messages(database)[told:]
    assert {one.kind for one in news} == {"account_reactivated"}
    reached = {one.recipient for one in news}
    assert reached == {"owner@example.com", PHONE["country_code"] + PHONE["phone"]}
    assert api.get("/auth/two-step", token=before).status_code == 401
    assert [row.revoked_at is None for row in rows(database, UserSession)] == [False, False]
    for signs_in in (client.by_email, client.by_phone, client.by_password):
        assert code_of(signs_in()) == "ok"
        clock.advance(minutes=1)
    found = load_user(database, owner)
    assert (found.email, found.deactivated_at) == ("owner@example.com", None)


def test_what_proves_them_stays(api: Api, database: Database, owner: User, call: Any) -> None:
    with_phone(database, owner)
    give_passkey(database, load_user(database, owner))
    turn_on(api, owner)
    client = Client(api, database)
    first = client.by_password()
    client.second(first, **client.second_code(first, "email"))
    before = load_user(database, owner)
    call(service.deactivate_user)
    call(service.reactivate_customer, owner.customer_id, actor=SHOP)
    after = load_user(database, owner)
    kept = ("password_hash", "passkey_handle", "two_step_at", "recovery_codes", "email", "phone")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]
    assert [row.trusted_at for row in rows(database, KnownDevice)] == [None]
    assert code_of(client.by_password()) == "second_proof_required"


@pytest.mark.parametrize("named", ["OWNER@example.com", "its id", "C-7"])
def test_however_the_shop_names_them(
    database: Database, closed: User, call: Any, named: str
) -> None:
    change_user(database, closed, external_id="C-7")
    name = closed.customer_id if named == "its id" else named
    assert call(service.closed_since, name, actor=SHOP) is not None
    call(service.reactivate_customer, name, actor=SHOP)
    assert not is_closed(database, closed)
    assert call(service.closed_since, name, actor=SHOP) is None


def test_nobody_but_the_shop(database: Database, closed: User, stranger: User, call: Any) -> None:
    for actor in (closed, stranger, Actor()):
        for function in (service.reactivate_customer, service.closed_since):
            with pytest.raises(Forbidden):
                call(function, closed.customer_id, actor=actor)
    assert is_closed(database, closed)


def test_what_is_not_closed_or_not_there(database: Database, owner: User, call: Any) -> None:
    with pytest.raises(AccountIsOpen):
        call(service.reactivate_customer, owner.customer_id, actor=SHOP)
    for name in ("nobody@example.com", "C-404"):
        with pytest.raises(NotFound):
            call(service.reactivate_customer, name, actor=SHOP)
    assert messages(database) == []


@pytest.mark.parametrize("closed_before", [False, True])
def test_a_deleted_account_stays_gone(
    database: Database, owner: User, call: Any, closed_before: bool
) -> None:
    """A deletion closes the account too, whose row stays for the books."""
    if closed_before:
        call(service.deactivate_user)
    call(personal_data.delete_customer, owner.customer_id, actor=SHOP)
    said = len(messages(database))
    with pytest.raises(AccountIsDeleted):
        call(service.reactivate_customer, owner.customer_id, actor=SHOP)
    assert is_closed(database, owner)
    assert call(service.closed_since, owner.customer_id, actor=SHOP) is None
    assert len(messages(database)) == said


def test_a_deletion_at_that_moment(database: Database, stranger: User) -> None:
    """Whichever is first, nothing is open of whom is deleted."""
    for number in range(6):
        user = make_user(database, email=f"customer{number}@example.com")
        with enter(writes=True, actor=SHOP, database=database) as ctx:
            ctx.db.get_one(User, user.id).deactivated_at = ctx.now
        barrier = Barrier(2)
        faults: list[str] = []

        def run(function: Any, name: str, barrier: Barrier, faults: list[str]) -> None:
            barrier.wait()
            try:
                with enter(writes=True, actor=SHOP, database=database) as ctx:
                    function(ctx, name)
            except PortalError as fault:
                faults.append(fault.code)

        deeds = (service.reactivate_customer, personal_data.delete_customer)
        threads = [
            Thread(target=run, args=(deed, user.customer_id, barrier, faults)) for deed in deeds
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert faults in ([], ["account_deleted"])
        assert rows(database, DeletedAccount, customer_id=user.customer_id)
        assert is_closed(database, user)


def test_a_stranger_who_closed_it_gets_nothing_of_its_contacts_owner(
    api: Api, database: Database, call: Any, clock: Clock
) -> None:
    """Who opened an account with somebody's address and closed it is in no better place by it."""
    planted = make_user(database, email="victim@example.com", is_unproven=True)
    change_user(database, planted, is_email_verified=False)
    call(service.deactivate_user, actor=planted)
    owner = Client(api, database, "victim@example.com")
    assert code_of(owner.by_email()) == "ok"
    assert load_user(database, planted).email is None
    call(service.reactivate_customer, planted.customer_id, actor=SHOP)
    clock.advance(minutes=1)
    assert code_of(owner.by_email()) == "ok"


def test_the_command(database: Database, closed: User) -> None:
    def run(name: str) -> str:
        return CliRunner().invoke(main, ["shop", "customer", "reactivate", name]).output

    assert "There is no customer nobody@example.com." in run("nobody@example.com")
    told = run("owner@example.com")
    assert told == "The account of owner@example.com is open again.\n"
    assert not is_closed(database, closed)
    assert "This account is not closed." in run("owner@example.com")
