"""Where faults of security are reported to."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from account_portal.core.settings import SettingsError, get_settings, load_settings

PATH = "/.well-known/security.txt"


def test_without_a_contact_there_is_no_such_page(api: Any) -> None:
    answer = api.client.get(PATH)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "contact", ["mailto:security@shop.example", "https://shop.example/security", "tel:+49-30-1"]
)
def test_the_contact_and_a_time_to_come(
    api: Any, monkeypatch: pytest.MonkeyPatch, contact: str
) -> None:
    monkeypatch.setenv("PORTAL_SECURITY_CONTACT", contact)
    monkeypatch.setenv("PORTAL_PUBLIC_URL", "https://account.shop.example")
    get_settings.cache_clear()
    answer = api.client.get(PATH)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    lines = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert lines["Contact"] == contact
    assert lines["Canonical"] == "https://account.shop.example/.well-known/security.txt"
    ends = datetime.fromisoformat(lines["Expires"])
    assert timedelta(days=30) < ends - datetime.now(UTC) < timedelta(days=365)


@pytest.mark.parametrize("contact", ["security@shop.example", "http://x", "mailto:a b@c", "x\ny"])
def test_a_contact_that_is_none_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, contact: str
) -> None:
    monkeypatch.setenv("PORTAL_SECURITY_CONTACT", contact)
    with pytest.raises(SettingsError, match="PORTAL_SECURITY_CONTACT"):
        load_settings()
