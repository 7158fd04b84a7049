"""A demo that nobody asked for stays on its machine, behind a proxy on that machine too."""

import json

import pytest

from account_portal.core.settings import Settings
from account_portal.edge.wrapper import wrap
from tests.edge.asgi_client import Echo, call


@pytest.fixture
def demo_unasked(monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.delenv("PORTAL_DEMO", raising=False)
    return Settings(storefront_port=-1)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "account.shop.example"},
        {"Host": "192.0.2.1:8000"},
        {"Host": "localhost.shop.example"},
        {"Host": "localhost@shop.example"},
        {},
        {"Host": "localhost:8000", "X-Forwarded-For": "192.0.2.1"},
        {"Host": "localhost:8000", "Forwarded": "for=192.0.2.1"},
        {"Host": "127.0.0.1:8000", "X-Real-IP": "192.0.2.1"},
        {"Host": "127.0.0.1:8000", "Via": "1.1 proxy"},
    ],
)
def test_what_comes_from_elsewhere_is_refused(
    demo_unasked: Settings, headers: dict[str, str]
) -> None:
    echo = Echo()
    answer = call(wrap(echo, settings=demo_unasked), "/login", headers=headers)
    assert (answer.status, json.loads(answer.body)["code"]) == (403, "forbidden")
    assert "content-security-policy" in answer.headers
    assert echo.scopes == []


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_what_comes_from_here_is_answered(demo_unasked: Settings, host: str) -> None:
    answer = call(wrap(Echo(), settings=demo_unasked), "/login", headers={"Host": host})
    assert answer.status == 200


@pytest.mark.parametrize("asked", ["true", "false"])
def test_a_shop_and_a_demo_that_was_asked_for_answer_everybody(
    monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    monkeypatch.setenv("PORTAL_DEMO", asked)
    monkeypatch.setenv("PORTAL_SECRET_KEY", "0123456789abcdef" * 4)
    headers = {"Host": "account.shop.example", "X-Forwarded-For": "192.0.2.1"}
    answer = call(wrap(Echo(), settings=Settings(storefront_port=-1)), "/login", headers=headers)
    assert answer.status == 200
