"""Traces, as a collector gets them from a running server: who called whom, and no value."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from account_portal.core.demo import DEMO_PASSWORD
from tests.portal_server import portal_server

STORE = "/api/v1/main/storefront"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"


class Collector:
    """Takes traces as any collector does, over HTTP."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        taken = self.bodies

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                taken.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def spans(self) -> list[Any]:
        """All that came."""
        found = []
        for body in self.bodies:
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                found += [span for scope in resource.scope_spans for span in scope.spans]
        return found

    def wait_for(self, wanted: Callable[[Any], bool]) -> Any:
        """The first span that is wanted."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            for span in self.spans():
                if wanted(span):
                    return span
            time.sleep(0.05)
        raise AssertionError(sorted({span.name for span in self.spans()}))


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    made = Collector()
    Thread(target=made.server.serve_forever, daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(scope="module")
def server(collector: Collector, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("traced")
    with portal_server(
        folder,
        PORTAL_DEMO="true",
        OTEL_EXPORTER_OTLP_ENDPOINT=collector.address,
        OTEL_BSP_SCHEDULE_DELAY="100",
        OTEL_RESOURCE_ATTRIBUTES="deployment.environment=tests",
    ) as url:
        yield url


def attributes(span: Any) -> dict[str, Any]:
    return {one.key: one.value.string_value or one.value.int_value for one in span.attributes}


def test_a_call_is_in_its_callers_trace_with_what_it_asked_the_database(
    server: str, collector: Collector
) -> None:
    body = {"email": "demo@example.com", "password": DEMO_PASSWORD}
    headers = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
    answer = httpx.post(f"{server}{STORE}/auth/login/password", json=body, headers=headers)
    call = collector.wait_for(lambda one: one.name == "POST api" and one.trace_id.hex() == TRACE)
    assert call.parent_span_id.hex() == PARENT
    told = attributes(call)
    assert told["http.response.status_code"] == answer.status_code
    assert told["portal.request_id"] == answer.headers["x-request-id"]
    asked = collector.wait_for(
        lambda one: one.name == "database" and one.parent_span_id == call.span_id
    )
    assert "db.query.text" in attributes(asked)


def test_a_message_and_its_sending(server: str, collector: Collector) -> None:
    body = {"email": "asha.new@example.com"}
    httpx.post(f"{server}{STORE}/auth/login/email", json=body)
    collector.wait_for(
        lambda one: one.name == "message" and attributes(one)["portal.channel"] == "email"
    )


def test_a_page_says_which_trace_its_lines_belong_to(server: str, collector: Collector) -> None:
    httpx.get(f"{server}/orders", headers={"traceparent": f"00-{TRACE}-{PARENT}-01"})
    page = collector.wait_for(lambda one: one.name == "GET page")
    assert page.trace_id.hex() == TRACE


def test_no_span_holds_what_was_said(server: str, collector: Collector) -> None:
    body = {"email": "planted@example.com", "password": "planted-secret-9041"}
    answer = httpx.post(f"{server}{STORE}/auth/login/password?planted=query-9041", json=body)
    number = answer.headers["x-request-id"]
    collector.wait_for(lambda one: attributes(one).get("portal.request_id") == number)
    everything = b"".join(collector.bodies)
    assert b"POST api" in everything
    for secret in (b"9041", b"planted", DEMO_PASSWORD.encode()):
        assert secret not in everything


def test_lines_of_the_log_name_their_trace(tmp_path: Path, collector: Collector) -> None:
    with portal_server(
        tmp_path, PORTAL_DEMO="true", OTEL_EXPORTER_OTLP_ENDPOINT=collector.address
    ) as url:
        headers = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
        httpx.get(f"{url}{STORE}/nothing", headers=headers)
    lines = [
        json.loads(one)
        for one in (tmp_path / "server.log").read_text().splitlines()
        if one.startswith("{")
    ]
    [line] = [one for one in lines if one.get("path") == f"{STORE}/nothing"]
    assert line["trace_id"] == TRACE


def test_without_a_collector_nothing_of_it_is_loaded() -> None:
    code = (
        "import sys; from account_portal.api.app import make_wrapped_app; make_wrapped_app(); "
        "sys.exit(any(name.startswith('opentelemetry.sdk') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
