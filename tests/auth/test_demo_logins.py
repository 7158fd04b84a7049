"""Demo logins, and what pages say of a demo, exist in demo mode only."""

from typing import Any, NamedTuple

import pytest

from account_portal.auth.pages import forgot_password, login, sign_in_again
from account_portal.core.db import Database
from account_portal.core.settings import get_settings
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


class Settings(NamedTuple):
    """The one that pages look at."""

    demo: bool


@pytest.mark.parametrize("page", [login, forgot_password, sign_in_again])
@pytest.mark.parametrize("demo", [True, False])
def test_only_a_demo_says_where_its_codes_are(
    page: Any, demo: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("account_portal.auth.components.demo.get_settings", lambda: Settings(demo))
    assert ("This is a demo: codes are written to var/outbox" in str(page())) is demo
