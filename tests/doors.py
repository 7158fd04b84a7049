"""What every route of an account answers to those who may not enter."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from account_portal.core.db import Database
from account_portal.models import User
from tests.conftest import Api
from tests.factories.users import make_session

NOBODYS_IDS = ("01HZX3T5V9K2M4N6P8Q0R2S4T6", "not-an-id", "%00", "x" * 300)


def assert_refused(response: Any, status: int, code: str) -> dict[str, Any]:
    """The answer is the contract's error; returns its body."""
    body = response.json()
    assert response.status_code == status, body
    assert (body["success"], body["code"]) == (False, code)
    assert body["message"]
    return dict(body)


def assert_only_for_owner(
    api: Api,
    database: Database,
    owner: User,
    stranger: User,
    send: Callable[..., Any],
) -> None:
    """Nobody, expired tokens, visitors and strangers are refused, each with the right error.

    Args:
        api: the client.
        database: where sessions are made.
        owner: whose things the route is about.
        stranger: somebody else.
        send: sends the request on the path of the user id it is given; takes `user` and `token`.
    """
    nobody = send(owner.id)
    assert_refused(nobody, 401, "unauthorized")
    assert nobody.headers["WWW-Authenticate"] == "Bearer"
    expired = make_session(database, owner, expires=timedelta(minutes=-1))
    assert_refused(send(owner.id, token=expired), 401, "unauthorized")
    assert_refused(send(owner.id, token="nonsense"), 401, "unauthorized")
    visitor = make_session(database, None)
    assert_refused(send(owner.id, token=visitor), 403, "login_required")
    assert_refused(send(owner.id, user=stranger), 403, "forbidden")
    for user_id in NOBODYS_IDS:
        assert_refused(send(user_id, user=owner), 403, "forbidden")
