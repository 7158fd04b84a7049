"""Demo logins, and what pages say of a demo, exist in demo mode only."""

import inspect
import re
from typing import Any

import pytest

from account_portal.auth.pages import forgot_password, login, sign_in_again
from account_portal.core.db import Database
from account_portal.core.settings import get_settings
from account_portal.ui.store import store_facts
from tests.conftest import Set
from tests.factories.users import PASSWORD, make_user


def test_demo_customers_cannot_sign_in_outside_demo_mode(
    api: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make_user(database, email="demo@example.com", is_demo=True)
    body = {"email": "demo@example.com", "password": PASSWORD}
    assert api.post("/auth/login/password", json=body).status_code == 200
    assert api.get(f"/auth/user/{user.id}", user=user).status_code == 200
    monkeypatch.setenv("PORTAL_DEMO", "0")
    get_settings.cache_clear()
    refused = api.post("/auth/login/password", json=body)
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_credentials")
    assert api.get(f"/auth/user/{user.id}", user=user).status_code == 401


@pytest.mark.parametrize("page", [login, forgot_password, sign_in_again])
def test_only_a_demo_says_where_its_codes_are(page: Any) -> None:
    hint = r'store_state\.demo_rx_state_ \? "This is a demo: codes are written to var/outbox'
    words = str(inspect.unwrap(page)())  # what a memo draws, not its name
    assert re.search(hint, words)
    assert words.count("This is a demo: codes") == len(re.findall(hint, words))


@pytest.mark.parametrize("demo", [True, False])
def test_pages_are_told_whether_it_is_a_demo(set_settings: Set, demo: bool) -> None:
    set_settings(PORTAL_DEMO=str(demo))
    (facts,) = store_facts().values()
    assert facts["demo_rx_state_"] is demo
