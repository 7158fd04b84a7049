"""Devices in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from account_portal.auth.rules import describe_agent

MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
ANDROID = "Mozilla/5.0 (Linux; Android 16; SM-S931B) AppleWebKit/537.36 (KHTML, like Gecko) "
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 "


@pytest.mark.parametrize(
    ("user_agent", "name", "kind"),
    [
        (MAC + "Chrome/156.0.0.0 Safari/537.36", "Chrome on Mac", "computer"),
        (MAC + "Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0", "Edge on Mac", "computer"),
        (MAC + "Chrome/156.0.0.0 Safari/537.36 OPR/120.0", "Opera on Mac", "computer"),
        (IPHONE + "Version/19.1 Mobile/15E148 Safari/604.1", "Safari on iPhone", "phone"),
        (IPHONE + "CriOS/156.0 Mobile/15E148 Safari/604.1", "Chrome on iPhone", "phone"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:150.0) Gecko/20100101 Firefox/150.0",
            "Firefox on Windows",
            "computer",
        ),
        (
            ANDROID + "SamsungBrowser/29.0 Chrome/140.0.0.0 Mobile Safari/537.36",
            "Samsung Internet on Android",
            "phone",
        ),
        ("curl/8.14.1", "App (curl)", "app"),
        ("NorthwindShop/4.2 CFNetwork/1568", "App (NorthwindShop)", "app"),
        ("Mozilla/5.0", "App", "app"),
        ("<b>x</b>", "App", "app"),
        ("", "App", "app"),
        (None, "App", "app"),
    ],
)
def test_words(user_agent: str | None, name: str, kind: str) -> None:
    agent = describe_agent(user_agent)
    assert (agent.name, agent.kind) == (name, kind)


@given(st.text(max_size=300))
def test_anything_has_a_short_name(user_agent: str) -> None:
    assert 0 < len(describe_agent(user_agent).name) <= 50
