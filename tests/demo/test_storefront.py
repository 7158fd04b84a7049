"""The pretended storefront: its own server vouches for its own customer, and for nobody else."""

import http.client
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import jwt
import orjson
import pytest

from account_portal.core.settings import Settings
from account_portal.demo.storefront.server import PAGES, make_server


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with make_server(Settings(public_url="https://account.example"), port=0) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def ask(
    server: ThreadingHTTPServer, method: str, path: str, *, cookie: str = "", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    form = urlencode({"customer": headers.pop("customer", "")}) if method == "POST" else None
    sent = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin", **headers}
    connection.request(method, path, form, sent)
    response = connection.getresponse()
    answer = response.status, dict(response.headers), response.read()
    connection.close()
    return answer


def sign_in(server: ThreadingHTTPServer, name: str) -> str:
    _, headers, _ = ask(server, "POST", "/sign-in", customer=name)
    return headers["Set-Cookie"].partition(";")[0]


def test_it_vouches_for_its_customer(server: ThreadingHTTPServer) -> None:
    status, headers, body = ask(server, "POST", "/account-token", cookie=sign_in(server, "sam"))
    assert (status, headers["Cache-Control"]) == (200, "no-store")
    secret = Settings(public_url="https://account.example").storefront_secret()
    claims: dict[str, Any] = jwt.decode(
        orjson.loads(body)["token"], secret, ["HS256"], audience="https://account.example"
    )
    assert claims["email"] == "sam@example.com"
    assert claims["iss"] == "http://127.0.0.1:8001"
    assert claims["exp"] - claims["iat"] == 60


def test_it_begins_signed_in_and_stays_signed_out(server: ThreadingHTTPServer) -> None:
    assert b'data-customer="demo"' in ask(server, "GET", "/")[2]
    assert ask(server, "POST", "/account-token")[0] == 200
    left = sign_in(server, "")
    assert b'data-customer=""' in ask(server, "GET", "/", cookie=left)[2]
    assert ask(server, "POST", "/account-token", cookie=left)[0] == 401


@pytest.mark.parametrize("name", ["", "mallory", "new"])
def test_it_vouches_for_nobody_else(server: ThreadingHTTPServer, name: str) -> None:
    assert ask(server, "POST", "/account-token", cookie=sign_in(server, name))[0] == 401
    assert ask(server, "POST", "/account-token", cookie=f"shop-customer={name}")[0] == 401


def test_other_sites_cannot_make_it_sign_in_or_vouch(server: ThreadingHTTPServer) -> None:
    for path in ("/sign-in", "/sign-out", "/account-token"):
        headers = {"Sec-Fetch-Site": "cross-site"}
        assert ask(server, "POST", path, cookie="shop-customer=demo", **headers)[0] == 403


def test_its_pages_name_the_portal(server: ThreadingHTTPServer) -> None:
    for page in PAGES.glob("*.html"):
        status, _, body = ask(server, "GET", f"/{page.name}")
        assert status == 200
        assert b'src="https://account.example/account-widget.js"' in body
        assert b"{{" not in body


@pytest.mark.parametrize("path", ["/../server.py", "/server.py", "/%2e%2e/server.py", "/x.html"])
def test_it_serves_its_pages_only(server: ThreadingHTTPServer, path: str) -> None:
    assert ask(server, "GET", path)[0] == 404
