"""Behind proxies everybody is counted by one address, however the header was written."""

import pytest
from starlette.requests import Request

from account_portal.api.router import client_address
from account_portal.edge.asgi import Scope
from account_portal.edge.proxies import look_behind


def seen_by(*lines: str, hops: int, kind: str = "http") -> Scope:
    scope: Scope = {
        "type": kind,
        "headers": [(b"x-forwarded-for", line.encode()) for line in lines],
        "client": ("10.0.0.9", 4711),
        "scheme": "http",
    }
    look_behind(scope, hops)
    return scope


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    ("lines", "hops", "expected"),
    [
        (["203.0.113.7"], 1, "203.0.113.7"),
        (["6.6.6.6, 203.0.113.7"], 1, "203.0.113.7"),
        (["6.6.6.6", "203.0.113.7"], 1, "203.0.113.7"),
        (["6.6.6.6, 7.7.7.7", "203.0.113.7, 10.1.1.1"], 2, "203.0.113.7"),
        (["6.6.6.6", "203.0.113.7", "10.1.1.1"], 2, "203.0.113.7"),
        (["6.6.6.6,,", " ,203.0.113.7 "], 1, "203.0.113.7"),
        (["1.1.1.1," * 5000 + "203.0.113.7"], 1, "203.0.113.7"),
        (["203.0.113.7:51234"], 1, "203.0.113.7"),
        (["[2001:DB8::7]:51234"], 1, "2001:db8::7"),
        (["2001:db8::7"], 1, "2001:db8::7"),
        (["203.0.113.7"], 2, "10.0.0.9"),
        (["unknown"], 1, "10.0.0.9"),
        ([], 1, "10.0.0.9"),
        (["203.0.113.7"], 0, "10.0.0.9"),
    ],
)
def test_lines_are_one_list_counted_from_the_right(
    lines: list[str], hops: int, expected: str, kind: str
) -> None:
    scope = seen_by(*lines, hops=hops, kind=kind)
    assert scope["client"][0] == expected


def test_the_api_counts_the_same_address_and_nobody_else_can_read_the_header() -> None:
    scope = seen_by("6.6.6.6", "203.0.113.7", hops=1)
    assert client_address(Request(scope)) == "203.0.113.7"
    assert scope["headers"] == []


def test_reflex_has_no_parser_of_its_own() -> None:
    from rxconfig import config

    assert config.trusted_proxy_hops == 0
