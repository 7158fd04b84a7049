"""Health answers."""

import json

from account_portal.edge.health import Health
from tests.edge.asgi_client import Echo, call


def broken() -> None:
    raise ConnectionError("password=hunter2")


def test_live_says_nothing_about_the_database() -> None:
    assert call(Health(Echo(404), broken), "/health/live").status == 200


def test_ready_when_the_database_answers() -> None:
    answer = call(Health(Echo(404), lambda: None), "/health/ready")
    assert (answer.status, json.loads(answer.body)["database"]) == (200, "ok")


def test_not_ready_when_it_does_not_and_no_detail() -> None:
    answer = call(Health(Echo(404), broken), "/health/ready")
    assert answer.status == 503
    assert b"hunter2" not in answer.body


def test_other_paths_and_methods_go_on() -> None:
    assert call(Health(Echo(404), broken), "/health/other").status == 404
    assert call(Health(Echo(405), broken), "/health/ready", method="POST").status == 405


def test_pages_need_their_redis_too() -> None:
    gone = call(Health(Echo(404), lambda: None, broken), "/health/ready")
    assert gone.status == 503
    assert json.loads(gone.body) == {
        "status": "unavailable",
        "database": "ok",
        "redis": "no answer",
    }
    there = call(Health(Echo(404), lambda: None, lambda: None), "/health/ready")
    assert (there.status, json.loads(there.body)["redis"]) == (200, "ok")
