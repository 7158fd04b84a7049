"""A Stripe on this machine: what its API asks of callers, and the messages it signs and sends.

It knows Checkout Sessions and Refunds, and refuses what the real one refuses: no key, parameters
it does not know, times and amounts out of bounds, one idempotency key for two requests, more money
back than came.
"""

import hashlib
import hmac
import json
import re
import time
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

KEY = "sk_test_portal"
SECRET = "whsec_portal"

SESSION = {
    "mode", "client_reference_id", "metadata", "payment_intent_data", "line_items", "success_url",
    "cancel_url", "expires_at", "customer_email",
}  # fmt: skip
REFUND = {"payment_intent", "amount", "metadata"}


class Refused(Exception):
    def __init__(self, message: str, code: str = "", status: int = 400, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {
            "error": {
                "message": message,
                "code": code,
                "type": more.pop("type", "invalid_request_error"),
            }
        }


@dataclass
class Stripe:
    """What the account holds, and what the next answers are to be."""

    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    payments: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[tuple[str, str, str]] = field(default_factory=list)
    """Method, path and idempotency key of each request."""
    port: int = 0
    is_down: bool = False
    loses_answers: int = 0
    """So many requests are carried out, and the answer never arrives."""
    refund_status: str = "succeeded"
    _answers: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def forget_keys(self) -> None:
        """As a day later: Stripe keeps idempotency keys for 24 hours."""
        self._answers.clear()

    def balance(self) -> int:
        """What is in the account: payments less refunds that did not fail, in smallest units."""
        back = sum(one["amount"] for one in self.refunds.values() if one["status"] != "failed")
        return sum(one["amount_received"] for one in self.payments.values()) - back

    def pay(self, session_id: str, *, later: bool = False) -> tuple[bytes, str]:
        """A customer pays on the page of Checkout; the message of it, and its signature.

        `later` is a bank that takes days: what follows is `arrive` or `bounce`.
        """
        session = self.sessions[session_id]
        assert session["status"] == "open"
        session["status"] = "complete"
        session["payment_intent"] = f"pi_{len(self.payments) + 1}"
        if not later:
            return self._paid(session, "checkout.session.completed")
        return self.message("checkout.session.completed", session)

    def arrive(self, session_id: str) -> tuple[bytes, str]:
        return self._paid(self.sessions[session_id], "checkout.session.async_payment_succeeded")

    def bounce(self, session_id: str) -> tuple[bytes, str]:
        return self.message("checkout.session.async_payment_failed", self.sessions[session_id])

    def expire(self, session_id: str) -> tuple[bytes, str]:
        session = self.sessions[session_id]
        session["status"] = "expired" if session["status"] == "open" else session["status"]
        return self.message("checkout.session.expired", {**session, "status": "expired"})

    def _paid(self, session: dict[str, Any], kind: str) -> tuple[bytes, str]:
        session["payment_status"] = "paid"
        self.payments[session["payment_intent"]] = {
            "amount_received": session["amount_total"],
            "currency": session["currency"],
        }
        return self.message(kind, session)

    def tell_refund(self, refund_id: str, status: str, reason: str = "") -> tuple[bytes, str]:
        """A bank's word on a refund."""
        refund = self.refunds[refund_id]
        refund["status"] = status
        if reason:
            refund["failure_reason"] = reason
        kind = "refund.failed" if status == "failed" else "refund.updated"
        return self.message(kind, refund)

    def refund_by_hand(self, payment_intent: str, amount: int) -> tuple[bytes, str]:
        """Somebody refunds on Stripe's own pages."""
        made = self._add_refund({"payment_intent": payment_intent, "amount": amount})
        return self.message("refund.created", made)

    def message(self, kind: str, thing: dict[str, Any]) -> tuple[bytes, str]:
        """A message as Stripe sends it, and what stands in its `Stripe-Signature`."""
        event = {
            "id": f"evt_{time.monotonic_ns()}",
            "object": "event",
            "type": kind,
            "created": int(time.time()),
            "data": {"object": thing},
        }
        body = json.dumps(event).encode()
        return body, sign(body)

    def answer(self, method: str, path: str, given: dict[str, Any], key: str) -> dict[str, Any]:
        if method == "POST" and key:
            asked = json.dumps([path, given], sort_keys=True)
            if key in self._answers:
                before, answer = self._answers[key]
                if before != asked:
                    raise Refused(
                        "Keys for idempotent requests can only be used with the same parameters "
                        "they were first used with.",
                        "idempotency_key_in_use",
                        type="idempotency_error",
                    )
                return answer
            answer = self._act(method, path, given)
            self._answers[key] = asked, json.loads(json.dumps(answer))
            return answer
        return self._act(method, path, given)

    def _act(self, method: str, path: str, given: dict[str, Any]) -> dict[str, Any]:
        routes: dict[str, Callable[..., dict[str, Any]]] = {
            "POST /v1/checkout/sessions": self._open_session,
            "POST /v1/refunds": self._add_refund,
            "GET /v1/refunds": self._list_refunds,
        }
        if f"{method} {path}" in routes:
            return routes[f"{method} {path}"](given)
        if found := re.fullmatch(r"/v1/checkout/sessions/(\w+)(/expire)?", path):
            session = self.sessions.get(found[1])
            if session is None:
                raise Refused("No such checkout.session", "resource_missing", 404)
            if found[2]:
                if session["status"] != "open":
                    raise Refused("Only Checkout Sessions with a status in [open] can be expired.")
                session["status"] = "expired"
            return session
        if (found := re.fullmatch(r"/v1/refunds/(\w+)", path)) and found[1] in self.refunds:
            return self.refunds[found[1]]
        raise Refused("Unrecognized request URL", status=404)

    def _open_session(self, given: dict[str, Any]) -> dict[str, Any]:
        _only(given, SESSION)
        (line,) = given["line_items"].values()
        price = line["price_data"]
        amount = _integer(price["unit_amount"]) * _integer(line["quantity"])
        until = _integer(given["expires_at"])
        if not 30 * 60 <= until - time.time() <= 24 * 3600:
            raise Refused("The `expires_at` timestamp must be between 30 minutes and 24 hours.")
        if not re.fullmatch("[a-z]{3}", price["currency"]) or not price["product_data"]["name"]:
            raise Refused("Invalid currency or name")
        if amount < 50:
            raise Refused("The Checkout Session's total amount is too small", "amount_too_small")
        if not all(given[name].startswith(("http://", "https://")) for name in (
            "success_url", "cancel_url",
        )):  # fmt: skip
            raise Refused("Not a valid URL", "url_invalid")
        number = f"cs_test_{len(self.sessions) + 1}"
        self.sessions[number] = {
            "id": number,
            "object": "checkout.session",
            "url": f"http://127.0.0.1:{self.port}/c/pay/{number}",
            "status": "open",
            "payment_status": "unpaid",
            "payment_intent": None,
            "payment_method_types": ["card"],
            "amount_total": amount,
            "currency": price["currency"],
            "client_reference_id": given["client_reference_id"],
            "metadata": given["metadata"],
            "expires_at": until,
            "success_url": given["success_url"],
            "cancel_url": given["cancel_url"],
        }
        return self.sessions[number]

    def _add_refund(self, given: dict[str, Any]) -> dict[str, Any]:
        _only(given, REFUND)
        payment = self.payments.get(given["payment_intent"])
        if payment is None:
            raise Refused("No such payment_intent", "resource_missing", 404)
        amount = _integer(given["amount"])
        gone = sum(
            one["amount"]
            for one in self.refunds.values()
            if one["payment_intent"] == given["payment_intent"] and one["status"] != "failed"
        )
        if amount <= 0 or gone + amount > payment["amount_received"]:
            raise Refused(
                "Refund amount is greater than unrefunded amount on charge",
                "charge_already_refunded",
            )
        number = f"re_{len(self.refunds) + 1}"
        self.refunds[number] = {
            "id": number,
            "object": "refund",
            "amount": amount,
            "currency": payment["currency"],
            "payment_intent": given["payment_intent"],
            "metadata": given.get("metadata") or {},
            "status": self.refund_status,
        }
        return self.refunds[number]

    def _list_refunds(self, given: dict[str, Any]) -> dict[str, Any]:
        found = [
            one for one in self.refunds.values() if one["payment_intent"] == given["payment_intent"]
        ]
        return {"object": "list", "url": "/v1/refunds", "has_more": False, "data": found}


def sign(body: bytes, *, secret: str = SECRET, at: float | None = None) -> str:
    """What Stripe writes into `Stripe-Signature`."""
    moment = int(at or time.time())
    signed = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={signed}"


def _only(given: dict[str, Any], known: set[str]) -> None:
    if unknown := set(given) - known:
        raise Refused(f"Received unknown parameter: {min(unknown)}", "parameter_unknown")


def _integer(value: str | int) -> int:
    if not re.fullmatch(r"-?\d+", str(value)):
        raise Refused(f"Invalid integer: {value}", "parameter_invalid_integer")
    return int(value)


def _nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """`a[b][c]=d` as dictionaries in one another."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        first, *rest = re.findall(r"[^\[\]]+", name)
        place = found
        for part in [first, *rest][:-1]:
            place = place.setdefault(part, {})
        place[[first, *rest][-1]] = value
    return found


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    stripe: Stripe


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def log_message(self, *_args: Any) -> None: ...

    def _answer(self, method: str) -> None:
        stripe = self.server.stripe
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        given = _nested(parse_qsl(body or parts.query, keep_blank_values=True))
        key = self.headers.get("idempotency-key") or ""
        with stripe._lock:
            stripe.calls.append((method, parts.path, key))
            try:
                if stripe.is_down:
                    raise Refused("Stripe is down", status=503, type="api_error")
                self._require_key()
                status, answer = 200, stripe.answer(method, parts.path, given, key)
            except Refused as error:
                status, answer = error.status, error.body
            if method == "POST" and status == 200 and stripe.loses_answers:
                stripe.loses_answers -= 1
                self.close_connection = True
                return
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _require_key(self) -> None:
        kind, _, value = self.headers.get("authorization", "").partition(" ")
        if kind == "Basic":
            value = b64decode(value).decode().partition(":")[0]
        if value != KEY:
            raise Refused("Invalid API Key provided", status=401)


class Running:
    """`with Running() as stripe:` a Stripe at `http://127.0.0.1:{stripe.port}`."""

    def __enter__(self) -> Stripe:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.stripe = Stripe(port=self._server.server_address[1])
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self._server.stripe

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
