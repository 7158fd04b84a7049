"""What holds for every answer, whoever gives it."""

import json
import logging
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from account_portal.core.db import Database
from account_portal.core.errors import PortalError
from account_portal.core.request_id import request_id
from account_portal.core.settings import Settings
from account_portal.edge.asgi import ASGIApp
from account_portal.edge.built import BuiltPages
from account_portal.edge.limits import LARGEST_BODY, BodyLimit
from account_portal.edge.wrapper import wrap
from account_portal.models import User, UserSession
from account_portal.reviews.api import UPLOAD_LIMIT
from account_portal.security.cookies import session_cookie_name
from account_portal.ui.arrivals import admit_upload
from tests.edge.asgi_client import Answer, Crashes, Echo, ReadsAll, call
from tests.factories.auth import make_page_session

SHOP = "https://shop.example"
INTRODUCED = {"Portal-Page": json.dumps({"token": "t" * 20, "page": "p" * 20})}


def wrapped(app: ASGIApp, pages: BuiltPages | None = None, **settings: object) -> ASGIApp:
    values = {"public_url": "https://account.shop.example", "storefront_port": -1, **settings}
    return wrap(app, pages=pages, settings=Settings.model_validate(values))


@pytest.fixture
def pages(tmp_path: Path) -> BuiltPages:
    (tmp_path / "orders").mkdir()
    (tmp_path / "index.html").write_text("<script>home()</script>")
    (tmp_path / "orders" / "index.html").write_text("<script>orders()</script>")
    (tmp_path / "orders.html").write_text("<script>orders()</script>")
    (tmp_path / "404.html").write_text("<script>any()</script>")
    return BuiltPages.read(tmp_path)


class TestRequestId:
    def test_a_sane_id_is_kept(self) -> None:
        answer = call(wrapped(Echo()), "/", headers={"X-Request-Id": "shop-2026.11_a"})
        assert answer.all("x-request-id") == ["shop-2026.11_a"]

    @pytest.mark.parametrize("sent", ["short", "x" * 65, 'a"b\\n{injected}', "späße-und-mehr"])
    def test_any_other_is_replaced(self, sent: str) -> None:
        answer = call(wrapped(Echo()), "/", headers={"X-Request-Id": sent})
        assert re.fullmatch("[0-9a-f]{24}", answer.headers["x-request-id"])

    def test_two_requests_have_two_ids(self) -> None:
        app = wrapped(Echo())
        assert call(app, "/").headers["x-request-id"] != call(app, "/").headers["x-request-id"]

    def test_code_that_runs_inside_knows_it(self) -> None:
        seen: list[str] = []

        class Notes(Echo):
            async def __call__(self, scope, receive, send):  # type: ignore[no-untyped-def]
                seen.append(request_id.get())
                await super().__call__(scope, receive, send)

        answer = call(wrapped(Notes()), "/")
        assert seen == [answer.headers["x-request-id"]]
        assert request_id.get() == "-"


class TestAccessLog:
    def test_has_no_query_and_no_headers(self, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.INFO, logger="account_portal.access"):
            call(wrapped(Echo()), "/login", headers={"Cookie": "sid=secret-cookie"})
        (fields,) = [record.fields for record in caplog.records]  # type: ignore[attr-defined]
        assert fields["path"] == "/login"
        assert fields["status"] == 200
        assert "123456" not in str(fields)
        assert "secret-cookie" not in str(fields)


class TestCrash:
    def test_is_an_envelope_with_a_reference_and_no_detail(self) -> None:
        answer = call(wrapped(Crashes()), "/api/v1/main/storefront/orders")
        body = json.loads(answer.body)
        assert answer.status == 500
        assert (body["success"], body["code"]) == (False, "internal_error")
        assert answer.headers["x-request-id"] in body["message"]
        assert b"4711" not in answer.body

    def test_after_a_whole_answer_is_not_answered_again(self) -> None:
        class AnswersThenFails(Echo):
            async def __call__(self, scope, receive, send):  # type: ignore[no-untyped-def]
                await super().__call__(scope, receive, send)
                raise RuntimeError("already presented")

        body = b'{"message":"Reference: 1","success":false,"code":"internal_error"}'
        app = wrapped(AnswersThenFails(500, "application/json", body))
        assert call(app, "/api/v1/x").body == body

    def test_within_an_answer_breaks_the_connection(self) -> None:
        async def half(_scope, _receive, send):  # type: ignore[no-untyped-def]
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"half", "more_body": True})
            raise RuntimeError("lost")

        with pytest.raises(RuntimeError, match="lost"):
            call(wrapped(half), "/api/v1/x")


class TestSecurityHeaders:
    def test_page_is_told_its_own_script_hashes(self, pages: BuiltPages) -> None:
        app = wrapped(Echo(), pages)
        at_home = call(app, "/").headers["content-security-policy"]
        at_orders = call(app, "/orders").headers["content-security-policy"]
        assert set(re.findall("'sha256-[^']+'", at_home)) == set(pages.hashes("/"))
        assert set(re.findall("'sha256-[^']+'", at_orders)) == set(pages.hashes("/orders"))
        assert pages.hashes("/") != pages.hashes("/orders")

    def test_dynamic_route_has_those_of_the_fallback(self, pages: BuiltPages) -> None:
        policy = call(wrapped(Echo(), pages), "/orders/1001").headers["content-security-policy"]
        assert set(re.findall("'sha256-[^']+'", policy)) == set(pages.hashes("/nowhere"))

    def test_no_page_allows_inline_or_evaluated_scripts(self, pages: BuiltPages) -> None:
        policy = call(wrapped(Echo(), pages), "/").headers["content-security-policy"]
        scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
        assert "unsafe" not in scripts

    def test_data_may_do_nothing(self) -> None:
        app = wrapped(Echo(content_type="application/json", body=b"{}"))
        headers = call(app, "/api/v1/main/storefront/orders").headers
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"

    def test_unchanged_page_keeps_its_policy(self, pages: BuiltPages) -> None:
        # The headers of a 304 replace those kept with the page: another policy would break it.
        app = wrapped(Echo(), pages)
        whole = call(app, "/orders").headers
        unchanged = call(app, "/orders", headers={"If-None-Match": whole["etag"]})
        assert (unchanged.status, unchanged.body) == (304, b"")
        kept = unchanged.headers
        assert kept["content-security-policy"] == whole["content-security-policy"]

    def test_a_stricter_policy_of_a_route_stays(self) -> None:
        app = wrapped(Echo(headers={"content-security-policy": "sandbox"}))
        assert call(app, "/").all("content-security-policy") == ["sandbox"]

    def test_only_set_origins_may_frame_and_only_embed(self) -> None:
        app = wrapped(Echo(), embed_origins=SHOP)
        embed, page = call(app, "/embed/orders").headers, call(app, "/orders").headers
        assert embed["content-security-policy"].endswith(f"frame-ancestors {SHOP}")
        assert "x-frame-options" not in embed
        assert page["content-security-policy"].endswith("frame-ancestors 'none'")
        assert page["x-frame-options"] == "DENY"

    def test_nobody_may_frame_unless_set(self) -> None:
        policy = call(wrapped(Echo()), "/embed/orders").headers["content-security-policy"]
        assert policy.endswith("frame-ancestors 'none'")

    def test_https_only_is_said_over_https_only(self) -> None:
        assert "strict-transport-security" in call(wrapped(Echo()), "/").headers
        plain = call(wrapped(Echo(), public_url="http://localhost:8000"), "/").headers
        assert "strict-transport-security" not in plain


class TestCaching:
    @pytest.mark.parametrize(
        ("path", "status", "content_type", "expected"),
        [
            ("/assets/page-1a2b.js", 200, "text/javascript", "public, max-age=31536000, immutable"),
            ("/assets/gone.js", 404, "text/html", "no-store"),
            ("/orders", 200, "text/html; charset=utf-8", "no-cache"),
            ("/robots.txt", 200, "text/plain", "public, max-age=3600"),
            ("/api/v1/main/storefront/orders", 200, "application/json", "no-store"),
            ("/health/live", 200, "application/json", "no-store"),
        ],
    )
    def test_lifetime(self, path: str, status: int, content_type: str, expected: str) -> None:
        headers = call(wrapped(Echo(status, content_type)), path).headers
        assert headers["cache-control"] == expected

    def test_unchanged_page_is_asked_for_again_each_time(self) -> None:
        async def not_modified(_scope, _receive, send):  # type: ignore[no-untyped-def]
            await send({"type": "http.response.start", "status": 304, "headers": []})
            await send({"type": "http.response.body"})

        assert call(wrapped(not_modified), "/orders").headers["cache-control"] == "no-cache"

    def test_a_route_may_decide_for_its_media(self) -> None:
        app = wrapped(Echo(headers={"cache-control": "private, max-age=60"}))
        assert call(app, "/media/picture.webp").all("cache-control") == ["private, max-age=60"]


class TestPaths:
    @pytest.mark.parametrize(
        ("asked", "served"),
        [
            ("/assets/a.js", "/assets/a.js"),
            ("/api/v1/main/storefront/orders/", "/api/v1/main/storefront/orders"),
            ("/api/v1/main/storefront/orders", "/api/v1/main/storefront/orders"),
        ],
    )
    def test_slash_is_put_right_without_a_redirect(
        self, pages: BuiltPages, asked: str, served: str
    ) -> None:
        app = Echo()
        assert call(wrapped(app, pages), asked).status == 200
        assert app.scopes[-1]["path"] == served

    @pytest.mark.parametrize(
        ("status", "code"),
        [(404, "not_found"), (405, "method_not_allowed"), (500, "internal_error")],
    )
    def test_api_failure_is_always_an_envelope(self, status: int, code: str) -> None:
        app = wrapped(Echo(status, headers={"allow": "GET"}))
        answer = call(app, "/api/nothing/here")
        body = json.loads(answer.body)
        assert answer.status == status
        assert (body["success"], body["code"]) == (False, code)
        assert answer.headers["allow"] == "GET"
        assert answer.headers["content-length"] == str(len(answer.body))

    def test_envelope_of_the_api_itself_is_left_alone(self) -> None:
        body = b'{"message":"Cancelled.","success":false,"code":"order_already_cancelled"}'
        app = wrapped(Echo(409, "application/json", body))
        assert call(app, "/api/v1/main/storefront/orders/1/cancel").body == body

    def test_page_that_is_missing_stays_a_page(self) -> None:
        assert call(wrapped(Echo(404)), "/apis").body == b"<p>hello</p>"

    def test_reflex_upload_folder_is_closed(self) -> None:
        app = Echo()
        assert call(wrapped(app), "/backend/_upload/passport.png").status == 404
        assert not app.scopes


class TestOtherOrigins:
    def test_a_set_origin_may_call_the_api(self) -> None:
        app = wrapped(Echo(content_type="application/json"), cors_origins=SHOP)
        headers = call(app, "/api/v1/x", headers={"Origin": SHOP}).headers
        assert headers["access-control-allow-origin"] == SHOP
        assert "access-control-allow-credentials" not in headers

    @pytest.mark.parametrize(
        "origin", ["https://evil.example", "null", SHOP + ":8443", "http://shop.example"]
    )
    def test_any_other_may_not(self, origin: str) -> None:
        app = wrapped(Echo(content_type="application/json"), cors_origins=SHOP)
        headers = call(app, "/api/v1/x", headers={"Origin": origin}).headers
        assert "access-control-allow-origin" not in headers

    def test_pages_are_for_no_other_origin(self) -> None:
        headers = call(
            wrapped(Echo(), cors_origins=SHOP), "/orders", headers={"Origin": SHOP}
        ).headers
        assert "access-control-allow-origin" not in headers

    @pytest.mark.parametrize("asking", [{"Origin": "https://evil.example"}, {}])
    def test_what_reflex_would_allow_is_taken_out(self, asking: dict[str, str]) -> None:
        inner = Echo(
            headers={
                "access-control-allow-origin": "https://evil.example",
                "access-control-allow-credentials": "true",
                "vary": "Accept-Encoding, Origin, Origin",
            }
        )
        answer = call(wrapped(inner), "/orders", headers=asking)
        assert not [name for name in answer.headers if name.startswith("access-control-")]
        assert answer.all("vary") == ["Accept-Encoding"]

    def test_preflight(self) -> None:
        inner = Echo()
        app = wrapped(inner, cors_origins=SHOP)
        asks = {"Access-Control-Request-Method": "POST"}
        good = call(app, "/api/v1/x", method="OPTIONS", headers={"Origin": SHOP, **asks})
        bad = call(
            app, "/api/v1/x", method="OPTIONS", headers={"Origin": "https://evil.example", **asks}
        )
        assert (good.status, good.headers["access-control-allow-origin"]) == (204, SHOP)
        assert "Authorization" in good.headers["access-control-allow-headers"]
        assert bad.status == 403
        assert "access-control-allow-origin" not in bad.headers
        assert not inner.scopes


class TestBodyLimit:
    @pytest.mark.parametrize("path", ["/x", "/api/v1/main/merchant/records"])
    @pytest.mark.parametrize("status", [303, 404])
    def test_a_refusal_before_the_body_was_read_ends_the_connection(
        self, path: str, status: int
    ) -> None:
        body: dict[str, Any] = {"method": "POST", "chunks": [b"x" * 70_000, b"x"]}
        assert call(BodyLimit(Echo(status)), path, **body).headers["connection"] == "close"
        assert "connection" not in call(BodyLimit(ReadsAll()), path, **body).headers
        none = call(BodyLimit(Echo(status)), path, method="POST", headers={"Content-Length": "0"})
        assert "connection" not in none.headers

    def test_said_to_be_too_large_is_refused_unread(self) -> None:
        inner = Echo()
        answer = call(
            wrapped(inner), "/api/v1/x", method="POST", headers={"Content-Length": str(2**30)}
        )
        assert answer.status == 413
        assert json.loads(answer.body)["code"] == "payload_too_large"
        assert not inner.scopes

    @pytest.mark.parametrize("path", ["/backend/_upload", "/api/v1/x"])
    def test_a_review_with_all_its_files_is_small_enough(self, path: str) -> None:
        assert UPLOAD_LIMIT <= LARGEST_BODY
        for size, status in ((UPLOAD_LIMIT, 200), (LARGEST_BODY + 1, 413)):
            headers = {"Content-Length": str(size)}
            answer = call(BodyLimit(Echo()), path, method="POST", headers=headers)
            assert answer.status == status

    @pytest.mark.parametrize("length", ["-1", "many", "1e3"])
    def test_a_length_that_is_none_is_refused(self, length: str) -> None:
        answer = call(
            wrapped(Echo()), "/api/v1/x", method="POST", headers={"Content-Length": length}
        )
        assert answer.status == 400

    @pytest.mark.parametrize(("size", "status"), [(99, 200), (100, 200), (101, 413)])
    def test_without_a_length_it_is_counted(self, size: int, status: int) -> None:
        app = BodyLimit(ReadsAll(), largest=100)
        assert (
            call(app, "/api/v1/x", method="POST", chunks=[b"x" * 50, b"x" * (size - 50)]).status
            == status
        )

    def test_an_app_that_hides_the_failure_still_answers_413(self) -> None:
        class Hides(ReadsAll):
            async def __call__(self, scope, receive, send):  # type: ignore[no-untyped-def]
                try:
                    await super().__call__(scope, receive, send)
                except Exception:
                    await Echo(400)(scope, receive, send)

        assert call(BodyLimit(Hides(), largest=10), "/x", chunks=[b"x" * 11]).status == 413

    def test_whoever_reads_the_body_is_told_of_a_refusal_not_of_a_fault(self) -> None:
        """So that no alarm rings for what a stranger sends in pieces."""
        told: list[BaseException] = []

        class Tells(ReadsAll):
            async def __call__(self, scope, receive, send):  # type: ignore[no-untyped-def]
                try:
                    await super().__call__(scope, receive, send)
                except PortalError as error:
                    told.append(error)
                    raise

        assert call(BodyLimit(Tells(), largest=10), "/x", chunks=[b"x" * 11]).status == 413
        assert [type(one).status for one in told] == [413]


class TestPageUploads:
    def send(self, inner: ASGIApp, path: str = "/backend/_upload", **headers: str) -> Answer:
        app = wrap(inner, uploads=(admit_upload, "known".__eq__), settings=Settings())
        return call(app, path, method="POST", headers={"Content-Length": "9000000", **headers})

    @pytest.mark.parametrize("path", ["/backend/_upload", "/backend/_upload/"])
    @pytest.mark.parametrize("cookie", ["", "portal=", "portal=guessed", "other=1"])
    def test_of_strangers_are_refused_unread(
        self, database: Database, path: str, cookie: str
    ) -> None:
        inner = Echo()
        answer = self.send(inner, path, **INTRODUCED, Cookie=cookie)
        assert (answer.status, json.loads(answer.body)["code"]) == (401, "unauthorized")
        assert not inner.scopes

    @pytest.mark.parametrize("said", ["", "{", "{}", "[]", '{"token": "x", "page": "y"}', "é"])
    def test_of_pages_that_do_not_say_what_they_are_too(
        self, database: Database, said: str
    ) -> None:
        inner = Echo()
        answer = self.send(inner, **{"Portal-Page": said})
        assert (answer.status, json.loads(answer.body)["code"]) == (400, "bad_request")
        assert not inner.scopes

    def test_of_customers_are_for_their_own_state_until_they_sign_out(
        self, database: Database, owner: User, stranger: User
    ) -> None:
        session = make_page_session(database, owner, datetime.now(UTC), "a secret")
        make_page_session(database, stranger, datetime.now(UTC), "another")
        inner = Echo()
        sent = {**INTRODUCED, "Reflex-Event-Handler": "known", "Reflex-Client-Token": "t" * 20}
        for secret in ("a secret", "another"):
            cookie = f"{session_cookie_name()}={secret}"
            assert self.send(inner, **sent, Cookie=cookie).status == 200
            unknown = {**sent, "Reflex-Event-Handler": "unknown"}
            assert self.send(inner, **unknown, Cookie=cookie).status == 400
        keys = [dict(scope["headers"])[b"reflex-client-token"] for scope in inner.scopes]
        assert len({*keys, b"t" * 20}) == 3
        with database.session(writes=True) as db:
            db.delete(db.get_one(UserSession, session))
            db.commit()
        cookie = f"{session_cookie_name()}=a secret"
        assert self.send(inner, **sent, Cookie=cookie).status == 401


class TestProxies:
    def test_caller_is_read_as_many_steps_back_as_there_are_proxies(self) -> None:
        app = Echo()
        forwarded = {
            "X-Forwarded-For": "6.6.6.6, 203.0.113.7, 10.1.1.1",
            "X-Forwarded-Proto": "https",
        }
        call(wrapped(app, trusted_proxy_hops=2), "/", headers=forwarded)
        assert app.scopes[-1]["client"][0] == "203.0.113.7"
        assert app.scopes[-1]["scheme"] == "https"

    def test_without_proxies_nobody_is_believed(self) -> None:
        app = Echo()
        call(
            wrapped(app), "/", headers={"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https"}
        )
        assert app.scopes[-1]["client"][0] == "10.0.0.9"
        assert app.scopes[-1]["scheme"] == "http"
