"""The address book's state: for its owner, with strangers' ids, for nobody."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from account_portal.addresses.rules import MAX_ADDRESSES
from account_portal.addresses.state import AddressesState
from account_portal.core.db import Database
from account_portal.core.settings import get_settings
from account_portal.models import Address, User
from tests.factories.addresses import HOME, make_address, make_subscription
from tests.factories.users import make_user
from tests.page_states import Tab

FORM = {name: value or "" for name, value in HOME.items()}


@pytest.fixture
def tab(database: Database, owner: User) -> Tab:
    return Tab(database, owner, "/addresses")


def opened(tab: Tab) -> Any:
    state = tab.state(AddressesState)
    tab.press(state, "load")
    assert state.phase == "ready"
    return state


def kept(database: Database, user: User) -> list[Address]:
    with database.session(writes=False) as db:
        rows = db.execute(select(Address).where(col(Address.customer_id) == user.customer_id))
        return list(rows.scalars())


def test_defaults_come_first_and_strangers_addresses_never(
    tab: Tab, database: Database, owner: User, stranger: User
) -> None:
    make_address(database, owner, nickname="B", is_default_billing=True)
    make_address(database, owner, nickname="C")
    make_address(database, owner, nickname="A", is_default_shipping=True)
    make_address(database, stranger, nickname="Not mine")
    state = opened(tab)
    assert [one.nickname for one in state.addresses] == ["A", "B", "C"]


def test_the_first_address_is_saved_once_and_proposed_as_both_defaults(
    tab: Tab, database: Database, owner: User
) -> None:
    state = opened(tab)
    tab.press(state, "write_new")
    assert state.is_writing
    assert state.draft["first_name"] == "Olivia"
    assert state.draft_defaults == {"shipping": True, "billing": True}
    form = {**FORM, "phone": "+91 98765-43210", "is_default_shipping": "on"}
    tab.press(state, "save", form)
    tab.press(state, "save", form)
    assert state.errors == {}
    assert not state.is_writing
    (address,) = kept(database, owner)
    assert address.phone == "9876543210"
    assert (address.is_default_shipping, address.is_default_billing) == (True, False)


def test_faults_are_told_at_their_fields_and_nothing_is_saved(
    tab: Tab, database: Database, owner: User
) -> None:
    state = opened(tab)
    tab.press(state, "write_new")
    tab.press(state, "save", {**FORM, "pincode": "123", "phone": "12345", "city": "", "email": "x"})
    assert set(state.errors) == {"pincode", "phone", "city", "email"}
    assert state.errors["pincode"].startswith("This is not a PIN code of India")
    assert state.is_writing
    assert kept(database, owner) == []


def test_what_the_country_needs_is_asked_for_together_with_the_rest(
    tab: Tab, database: Database, owner: User
) -> None:
    state = opened(tab)
    tab.press(state, "write_new")
    empty = {**FORM, "address_line1": "", "city": "", "state": "", "pincode": ""}
    tab.press(state, "save", empty)
    assert state.errors == dict.fromkeys(
        ("address_line1", "city", "state", "pincode"), "Please fill this in."
    )
    tab.press(state, "save", {**empty, "country": "Germany", "country_code": "+49"})
    assert set(state.errors) == {"address_line1", "city", "pincode"}
    assert kept(database, owner) == []


def test_an_edit_is_not_stopped_by_what_an_import_left_in_other_fields(
    tab: Tab, database: Database, owner: User
) -> None:
    address = make_address(database, owner, phone="12345", pincode="12345")
    state = opened(tab)
    tab.press(state, "edit", address.id)
    form = {**FORM, "phone": "12345", "pincode": "12345", "city": "Mysuru"}
    tab.press(state, "save", form)
    assert state.errors == {}
    assert kept(database, owner)[0].city == "Mysuru"


def test_what_is_typed_may_have_gaps_signs_and_digits_of_any_script(
    tab: Tab, database: Database, owner: User
) -> None:
    state = opened(tab)
    tab.press(state, "write_new")
    digits = "\u0669\u0668\u0667\u0666\u0665 43210"
    tab.press(state, "save", {**FORM, "pincode": "560 001", "phone": "0" + digits})
    assert state.errors == {}
    (address,) = kept(database, owner)
    assert (address.pincode, address.phone) == ("560001", "9876543210")


def test_what_the_courier_should_know_is_kept_as_it_was_typed(
    tab: Tab, database: Database, owner: User
) -> None:
    state = opened(tab)
    tab.press(state, "write_new")
    tab.press(state, "save", {**FORM, "delivery_instructions": "Gate 4\nRing twice"})
    (address,) = kept(database, owner)
    assert address.delivery_instructions == "Gate 4\nRing twice"
    assert state.phones == {address.id: "+91 98765 43210"}
    tab.press(state, "edit", address.id)
    assert state.draft["delivery_instructions"] == "Gate 4\nRing twice"
    tab.press(state, "save", {**FORM, "delivery_instructions": ""})
    assert not kept(database, owner)[0].delivery_instructions


def test_a_landmark_that_is_known_is_shown_and_kept_in_any_country(
    tab: Tab, database: Database, owner: User
) -> None:
    place = {"country": "Germany", "state": "", "pincode": "10115", "city": "Berlin"}
    address = make_address(database, owner, **place, landmark="By the mill")
    state = opened(tab)
    tab.press(state, "write_new")
    tab.press(state, "choose_country", "Germany")
    assert not state.asks_landmark
    tab.press(state, "choose_country", "Brazil")
    assert (state.second_line, state.asks_landmark) == ("Bairro, complement", False)
    tab.press(state, "choose_country", "India")
    assert state.asks_landmark
    tab.press(state, "edit", address.id)
    assert state.asks_landmark
    assert state.draft["landmark"] == "By the mill"


def test_fields_follow_the_country_and_what_was_typed_stays(tab: Tab) -> None:
    state = opened(tab)
    tab.press(state, "write_new")
    tab.press(state, "keep", "city", "Springfield")
    tab.press(state, "choose_country", "United States")
    assert [field.label for field in state.place_fields] == ["City", "State", "ZIP code"]
    assert ["California", "California"] in state.state_choices
    assert state.draft["country_code"] == "+1"
    tab.press(state, "keep", "phone", "2125550143")
    tab.press(state, "keep", "state", "California")
    tab.press(state, "choose_country", "Hong Kong")
    assert "pincode" not in [field.name for field in state.place_fields]
    tab.press(state, "choose_country", "United States")
    assert state.draft["city"] == "Springfield"
    assert state.draft["state"] == "California"
    assert state.draft["country_code"] == "+1"
    tab.press(state, "keep", "_owner", "somebody")
    assert "_owner" not in state.draft


def test_without_a_form_nothing_is_remembered(tab: Tab) -> None:
    state = opened(tab)
    tab.press(state, "choose_country", "Germany")
    tab.press(state, "keep", "city", "Berlin")
    assert (state.draft, state.place_fields) == ({}, [])


def test_a_new_address_begins_in_the_country_of_the_last_one(
    tab: Tab, database: Database, owner: User
) -> None:
    state = opened(tab)
    tab.press(state, "write_new")
    assert state.draft["country"] == "India"
    tab.press(state, "stop_writing")
    make_address(database, owner, country="Germany", state="", pincode="10435")
    make_address(database, owner, country="France", state="", is_default_shipping=True)
    state = opened(tab)
    tab.press(state, "write_new")
    assert state.draft["country"] == "France"
    assert [field.label for field in state.place_fields] == ["Postal code", "City"]


@pytest.mark.parametrize(
    ("phone", "begins"),
    [
        ({}, ("+49", "Germany")),
        ({"country_code": "+91", "phone": "9876543210"}, ("+91", "India")),
    ],
)
def test_a_first_address_begins_where_the_phone_or_else_the_shop_is(
    database: Database, monkeypatch: pytest.MonkeyPatch, phone: Any, begins: tuple[str, str]
) -> None:
    monkeypatch.setenv("PORTAL_STORE_COUNTRY", "DE")
    get_settings.cache_clear()
    tab = Tab(database, make_user(database, **phone), "/addresses")
    state = opened(tab)
    tab.press(state, "write_new")
    assert (state.draft["country_code"], state.draft["country"]) == begins


def test_a_field_the_country_does_not_have_is_not_kept(
    tab: Tab, database: Database, owner: User
) -> None:
    state = opened(tab)
    tab.press(state, "write_new")
    values = {"country": "Hong Kong", "country_code": "+852", "phone": "21234567"}
    tab.press(state, "save", {**FORM, **values, "pincode": "560001", "state": "Kowloon"})
    assert state.errors == {}
    assert kept(database, owner)[0].pincode == ""


def test_an_imports_own_spelling_of_a_state_survives_an_edit(
    tab: Tab, database: Database, owner: User
) -> None:
    address = make_address(database, owner, state="KA (old)", country_code="+999")
    state = opened(tab)
    tab.press(state, "edit", address.id)
    assert state.state_choices[0] == ["KA (old)", "KA (old)"]
    assert state.other_codes == [["+999", "+999"]]
    form = {**FORM, "state": "KA (old)", "country_code": "+999", "city": "Mysuru"}
    tab.press(state, "save", form)
    assert state.errors == {}
    (found,) = kept(database, owner)
    assert (found.city, found.state, found.country_code) == ("Mysuru", "KA (old)", "+999")


def test_a_default_moves(tab: Tab, database: Database, owner: User) -> None:
    make_address(database, owner, is_default_shipping=True)
    other = make_address(database, owner)
    state = opened(tab)
    tab.press(state, "make_default", other.id, "shipping")
    assert state.addresses[0].id == other.id
    assert sum(one.is_default_shipping for one in kept(database, owner)) == 1
    tab.press(state, "make_default", other.id, "nonsense")
    assert not state.addresses[0].is_default_billing


def test_deleting_says_why_not(tab: Tab, database: Database, owner: User) -> None:
    used, free = make_address(database, owner), make_address(database, owner, nickname="Free")
    make_subscription(database, used)
    state = opened(tab)
    tab.press(state, "ask_delete", used.id)
    tab.press(state, "delete")
    assert "subscription" in state.refusal
    assert len(kept(database, owner)) == 2
    tab.press(state, "keep_address")
    tab.press(state, "ask_delete", free.id)
    assert (state.deleting_name, state.refusal) == ("Free", "")
    tab.press(state, "delete")
    assert not state.is_deleting
    assert [one.id for one in state.addresses] == [used.id]


def test_a_full_book_says_so(tab: Tab, database: Database, owner: User) -> None:
    for _ in range(MAX_ADDRESSES):
        make_address(database, owner)
    state = opened(tab)
    assert state.is_full
    tab.press(state, "write_new")
    tab.press(state, "save", FORM)
    assert "50" in state.errors["_"]
    assert state.is_writing


@pytest.mark.parametrize("handler", ["edit", "ask_delete"])
def test_strangers_ids_open_nothing(
    tab: Tab, database: Database, stranger: User, handler: str
) -> None:
    theirs = make_address(database, stranger)
    state = opened(tab)
    tab.press(state, handler, theirs.id)
    assert not state.is_writing
    assert not state.is_deleting
    assert state.draft == {}
    assert "not there" in state.notice_text


def test_strangers_addresses_are_not_changed(tab: Tab, database: Database, stranger: User) -> None:
    theirs = make_address(database, stranger)
    state = opened(tab)
    tab.press(state, "make_default", theirs.id, "shipping")
    state._deleting = state.edited = theirs.id
    tab.press(state, "delete")
    tab.press(state, "save", {**FORM, "city": "Elsewhere"})
    (found,) = kept(database, stranger)
    assert (found.city, found.is_default_shipping) == (HOME["city"], False)


def test_nobody_is_led_to_sign_in(database: Database, owner: User) -> None:
    address = make_address(database, owner)
    tab = Tab(database, None, "/addresses")
    state = tab.state(AddressesState)
    assert tab.press(state, "load")
    assert state.addresses == []
    state.edited = state._deleting = address.id
    for handler, args in {
        "write_new": (),
        "edit": (address.id,),
        "save": ({**FORM, "city": "Elsewhere"},),
        "make_default": (address.id, "billing"),
        "ask_delete": (address.id,),
        "delete": (),
    }.items():
        state.signed_out = False
        tab.press(state, handler, *args)
        assert state.signed_out, handler
    (found,) = kept(database, owner)
    assert (found.city, found.is_default_billing) == (HOME["city"], False)


def test_a_form_that_is_closed_saves_nothing(tab: Tab, database: Database, owner: User) -> None:
    state = opened(tab)
    tab.press(state, "write_new")
    tab.press(state, "save", {**FORM, "pincode": "1"})
    assert state.errors
    tab.press(state, "stop_writing")
    assert (state.is_writing, state.errors) == (False, {})
    assert kept(database, owner) == []
