"""What a storefront's word must say: each claim, one by one."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from account_portal.widget import rules
from tests.factories.vouching import PORTAL, SHOP, make_claims

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
MOMENT = int(NOW.timestamp())


def read(claims: dict[str, Any], origin: str = SHOP) -> rules.Vouched:
    return rules.read_claims(claims, origin=origin, allowed=(SHOP,), audience=PORTAL, now=NOW)


def test_a_good_word_is_believed() -> None:
    claims = make_claims(NOW, email="Asha@Example.com", email_verified=True, given_name=" Asha ")
    vouched = read(claims)
    assert (vouched.subject, vouched.token_id) == ("shop-77", claims["jti"])
    assert vouched.email
    assert vouched.email.email == "asha@example.com"
    assert (vouched.first_name, vouched.last_name) == ("Asha", None)


@pytest.mark.parametrize(
    ("changes", "about"),
    [
        ({"iss": "https://evil.example"}, "iss"),
        ({"iss": None}, "iss"),
        ({"aud": "https://other.example"}, "aud"),
        ({"aud": ["https://other.example"]}, "aud"),
        ({"aud": None}, "aud"),
        ({"exp": MOMENT - 31, "iat": MOMENT - 60}, "expired"),
        ({"exp": MOMENT + 301}, "exp"),
        ({"exp": MOMENT, "iat": MOMENT}, "exp"),
        ({"iat": MOMENT + 31, "exp": MOMENT + 60}, "future"),
        ({"iat": "now"}, "iat"),
        ({"exp": True}, "exp"),
        ({"exp": None}, "exp"),
        ({"iat": 10**400, "exp": 10**400 + 60}, "iat"),
        ({"exp": float("nan")}, "exp"),
        ({"exp": float("inf")}, "exp"),
        ({"nbf": MOMENT + 31}, "nbf"),
        ({"nbf": "now"}, "nbf"),
        ({"nbf": True}, "nbf"),
        ({"nbf": float("nan")}, "nbf"),
        ({"aud": ["http://localhost:8000", 7]}, "aud"),
        ({"aud": {"http://localhost:8000": 1}}, "aud"),
        ({"iss": ["http://127.0.0.1:8001"]}, "iss"),
        ({"sub": ""}, "sub"),
        ({"sub": 7}, "sub"),
        ({"sub": "x" * 65}, "sub"),
        ({"sub": "a\x00b"}, "sub"),
        ({"sub": "a\ud800b"}, "sub"),
        ({"sub": "a\x07b"}, "sub"),
        ({"jti": "1234567\ud800"}, "jti"),
        ({"jti": None}, "jti"),
        ({"jti": "short"}, "jti"),
        ({"jti": "x" * 101}, "jti"),
    ],
)
def test_any_other_is_refused_and_says_why(changes: dict[str, Any], about: str) -> None:
    with pytest.raises(rules.AssertionRefused, match=about):
        read(make_claims(NOW, **changes))


def test_clocks_may_differ_a_little() -> None:
    read(make_claims(NOW, iat=MOMENT + 29, exp=MOMENT + 60))
    read(make_claims(NOW, nbf=MOMENT + 29))
    read(make_claims(NOW, iat=MOMENT - 60, exp=MOMENT - 29))


def test_only_a_page_that_may_show_the_portal_can_bring_it() -> None:
    with pytest.raises(rules.AssertionRefused, match="PORTAL_EMBED_ORIGINS"):
        read(make_claims(NOW, iss="https://evil.example"), origin="https://evil.example")


@pytest.mark.parametrize("verified", [None, False, "true", 1])
def test_a_contact_that_the_storefront_has_not_verified_counts_for_nothing(verified: Any) -> None:
    claims = make_claims(
        NOW,
        email="asha@example.com",
        email_verified=verified,
        phone_number="+919845012345",
        phone_number_verified=verified,
    )
    vouched = read(claims)
    assert (vouched.email, vouched.phone) == (None, None)


@given(
    st.dictionaries(
        st.sampled_from(["iss", "aud", "sub", "iat", "exp", "jti", "email", "given_name"]),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text()
        | st.lists(st.text(), max_size=2),
    )
)
def test_nonsense_is_refused_and_never_crashes(changes: dict[str, Any]) -> None:
    claims = {**make_claims(NOW), "email_verified": True, **changes}
    try:
        vouched = read(claims)
    except rules.AssertionRefused:
        return
    assert claims["iss"] == SHOP
    assert vouched.subject == claims["sub"]
