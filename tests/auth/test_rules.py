"""Contacts, passwords, and where a browser may be sent."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from account_portal.auth.rules import (
    Contact,
    PasswordMismatch,
    WeakPassword,
    channel_for,
    parse_contact,
    require_good_password,
    require_same,
)
from account_portal.auth.rules.contacts import require_possible_phone
from account_portal.core.errors import InvalidInput
from account_portal.routes import local_path


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (" Asha@Example.COM ", "asha@example.com"),
        ("9876543210", "+91 9876543210"),
        ("98765 43210", "+91 9876543210"),
        ("+91 (98765) 43210", "+91 9876543210"),
        ("+1 415-555-2671", "+1 4155552671"),
        ("+44 20 7946 0958", "+44 2079460958"),
        ("+44 (0)7911 123456", "+44 7911123456"),
        ("098765 43210", "+91 9876543210"),
        ("٩٨٧٦٥٤٣٢١٠", "+91 9876543210"),
        ("\uff0b44\uff17911123456", "+44 7911123456"),
    ],
)
def test_contact_is_written_one_way(text: str, key: str) -> None:
    contact = parse_contact(text)
    assert contact.key == key
    assert Contact.from_key(key) == contact
    assert contact.address == key.replace(" ", "")


@pytest.mark.parametrize(
    "text",
    ["", "   ", "asha", "asha@", "@", "a@b@c", "12345", "987654321", "98765432101", "+", "+abc",
     "+999 123456789", "9876543210x", "a\x00@example.com", "a" * 300 + "@a.example"],
)  # fmt: skip
def test_what_is_no_contact_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as error:
        parse_contact(text)
    assert "contact" in error.value.fields


@given(st.text(max_size=60))
def test_any_text_is_a_contact_or_refused(text: str) -> None:
    try:
        contact = parse_contact(text)
    except InvalidInput:
        return
    assert (contact.email is None) != (contact.phone is None)


def test_codes_travel_by_what_fits_the_contact() -> None:
    email, phone = parse_contact("a@example.com"), parse_contact("9876543210")
    assert channel_for(email, "whatsapp") == "email"
    assert channel_for(phone, "whatsapp") == "whatsapp"
    assert channel_for(phone, "email") == "sms"
    assert channel_for(phone, None) == "sms"


@pytest.mark.parametrize(
    ("country_code", "phone", "field"),
    [("+999", "123456789", "country_code"), ("+1", "12345", "phone"), ("+44", "1" * 14, "phone")],
)
def test_new_numbers_must_be_possible(country_code: str, phone: str, field: str) -> None:
    with pytest.raises(InvalidInput) as error:
        require_possible_phone(Contact(country_code=country_code, phone=phone))
    assert list(error.value.fields) == [field]
    require_possible_phone(Contact(country_code="+91", phone="9876543210"))


@pytest.mark.parametrize(
    "password",
    ["password", "PassWord1", "12345678", "iloveyou", "aaaaaaaaaaaa", "ababababab",
     "asha.rao@example.com", "my ASHA.RAO@example.com!", "ASHA.RAO", "x9876543210x"],
)  # fmt: skip
def test_passwords_that_are_guessed_first_are_refused(password: str) -> None:
    with pytest.raises(WeakPassword) as error:
        require_good_password(
            password, email="asha.rao@example.com", phone="9876543210", field="new_password"
        )
    assert list(error.value.fields) == ["new_password"]


@pytest.mark.parametrize("password", ["demo-portal-2026", "correct horse battery", "टमाटर का सूप"])
def test_good_passwords_need_no_special_signs(password: str) -> None:
    require_good_password(password, email="demo@example.com", phone=None, field="password")


def test_repetition_must_be_equal() -> None:
    require_same("a", "a")
    with pytest.raises(PasswordMismatch) as error:
        require_same("a", "A")
    assert list(error.value.fields) == ["confirm_password"]


@given(
    st.one_of(
        st.text(max_size=40),
        st.text(alphabet="/\\\t\n. :@evil", max_size=12).map(lambda text: "/" + text),
        st.text(alphabet="/\\\t\n. :@evil", max_size=12).map(lambda text: "/embed" + text),
    )
)
def test_a_way_back_never_leaves_this_site(wanted: str) -> None:
    path = local_path(wanted)
    assert_stays(path)
    # As a page for frames does that is opened by itself.
    assert_stays(re.sub("^/embed/?", "/", path))


@pytest.mark.parametrize("path", ["/embed//evil.example/x", "/orders//evil.example", "/a//"])
def test_no_own_path_has_an_empty_part(path: str) -> None:
    assert local_path(path) == "/"


API = "api/session/device?key=abc"


@pytest.mark.parametrize(
    "way", ["", "./", "x/../", ".%2e/", "%2E%2e/", "x/y/../../", "x%2f..%2F", "..%5c"]
)
@pytest.mark.parametrize(
    "spelt", [API, "%61pi/session/device", "api%2Fsession%2fdevice", "API/x", "api"]
)
def test_a_way_back_is_a_page(way: str, spelt: str) -> None:
    assert local_path(f"/{way}{spelt}") == "/"
    if way:
        assert local_path(f"/{way}orders") == "/"


def assert_stays(path: str) -> None:
    # As a browser reads it: backslashes are slashes, tabs and line ends are dropped.
    read = path.replace("\\", "/").replace("\t", "").replace("\n", "").replace("\r", "")
    target = urlsplit(urljoin("https://account.shop.example/login", read))
    assert (target.scheme, target.netloc) == ("https", "account.shop.example")


@pytest.mark.parametrize(
    "path", ["/orders", "/orders?status=open&page=2#top", "/a/%2f/b", "/a?b=//c"]
)
def test_own_paths_are_kept(path: str) -> None:
    assert local_path(path) == path
