"""A customer's whole life over HTTP, with what only the shop decides by its commands."""

import io
import json
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import httpx2 as httpx
import pytest
from PIL import Image

from tests.http.conftest import Server

EMAIL = "priya@example.com"
PASSWORD = "a long way to school"
NOW = datetime.now(UTC)


class Customer:
    """Somebody with a token."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.client = httpx.Client(base_url=f"{server.url}/api/v1/main/storefront", timeout=30)
        self.user: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def signed_in(self, content: dict[str, Any]) -> None:
        self.user = content["user"]
        self.tokens = content["access_token"], content["refresh_token"]
        self.client.headers["Authorization"] = f"Bearer {content['access_token']}"

    def ok(self, method: str, path: str, **kwargs: Any) -> Any:
        response = self.client.request(method, path, **kwargs)
        assert response.status_code == 200, f"{method} {path}: {response.text}"
        answer = response.json()
        assert answer["success"] is True
        return answer.get("content")

    def refused(self, method: str, path: str, status: int, code: str, **kwargs: Any) -> None:
        response = self.client.request(method, path, **kwargs)
        answer = response.json()
        assert (response.status_code, answer["code"]) == (status, code), response.text
        assert answer["success"] is False

    def code_from_mail(self, count: int) -> str:
        """The one-time code in the `count`-th e-mail."""
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            found = [
                json.loads(path.read_text())
                for path in sorted((self.server.data_dir / "outbox").glob("[!.]*.json"))
            ]
            mails = [mail for mail in found if mail["to"] == EMAIL and "code" in mail["kind"]]
            if len(mails) >= count:
                shown = re.search(r"\b\d{6}\b", mails[count - 1]["text"])
                assert shown
                return shown.group()
            time.sleep(0.1)
        raise AssertionError("the code never came")


def line(sku: str, price: int, quantity: int) -> dict[str, Any]:
    return {
        "sku": sku,
        "product_id": sku.lower(),
        "product_name": f"Product {sku}",
        "quantity": quantity,
        "selling_price": price,
    }


def payment(number: str, amount: int, status: str = "success") -> dict[str, Any]:
    when = (NOW - timedelta(days=5)).isoformat()
    return {
        "request_number": number,
        "amount": amount,
        "payment_status": status,
        "payment_date": when if status == "success" else None,
        "created_at": when,
    }


def history() -> list[dict[str, Any]]:
    """What the shop knows of the customer: three orders."""
    bought = {
        "type": "order",
        "customer_email": EMAIL,
        "order_date": (NOW - timedelta(days=5)).isoformat(),
        "currency": "INR",
    }
    arrived = (NOW - timedelta(days=2)).isoformat()
    return [
        {"type": "product", "product_id": "tea", "name": "Product TEA", "selling_price": 100},
        {"type": "product", "product_id": "mug", "name": "Product MUG", "selling_price": 300},
        {
            **bought,
            "order_number": "L-1001",
            "status": "confirmed",
            "grand_total": 200,
            "lines": [line("TEA", 100, 2)],
            "payments": [payment("L-1001-P", 200)],
        },
        {
            **bought,
            "order_number": "L-1002",
            "status": "confirmed",
            "grand_total": 300,
            "lines": [line("MUG", 300, 1)],
            "payments": [payment("L-1002-P", 300, "failed")],
        },
        {
            **bought,
            "order_number": "L-1003",
            "grand_total": 500,
            "loyalty_point_earned": 50,
            "lines": [line("TEA", 100, 2), line("MUG", 300, 1)],
            "payments": [payment("L-1003-P", 500)],
            "shipments": [
                {
                    "reference_number": "L-1003-S",
                    "status": "delivered",
                    "shipped_date": arrived,
                    "delivered_date": arrived,
                }
            ],
        },
    ]


def address(**values: Any) -> dict[str, Any]:
    return {
        "first_name": "Priya",
        "phone": "9876543210",
        "email": EMAIL,
        "address_line1": "1 Beach Road",
        "city": "Chennai",
        "state": "Tamil Nadu",
        "pincode": "600001",
        "country": "India",
        **values,
    }


@pytest.mark.timeout(400)  # some forty commands, a process each
def test_a_customers_whole_life(server: Server) -> None:
    with Customer(server) as priya, Customer(server) as other_device:
        _live(priya, other_device, server)


def _live(priya: Customer, other_device: Customer, server: Server) -> None:
    _registers_and_confirms(priya)
    _sets_up_the_account(priya)
    records = "\n".join(json.dumps(record) for record in history())
    path = server.data_dir / "history.ndjson"
    path.write_text(records)
    server.command("import", str(path))
    me = priya.user["id"]
    orders = priya.ok("GET", "/orders", params={"user_id": me})["orders"]
    assert {order["order_number"] for order in orders} == {"L-1001", "L-1002", "L-1003"}
    _cancels_with_bank_transfer(priya)
    _pays_again(priya)
    _returns_until_nothing_is_left(priya)
    _looks_at_points(priya)
    _reviews_everything(priya)
    _leaves(priya, other_device)


def _registers_and_confirms(priya: Customer) -> None:
    body = {"email": EMAIL, "password": PASSWORD, "confirm_password": PASSWORD}
    priya.signed_in(priya.ok("POST", "/auth/register/password", json=body))
    assert not priya.user["is_email_verified"]
    ask = {"channel": "email", "email": EMAIL, "otp_action": "verify-email"}
    token = priya.ok("POST", "/auth/generate-otp", json=ask)["otp_token"]
    confirm = {
        "otp": priya.code_from_mail(1),
        "otp_token": token,
        "otp_action": "verify-email",
    }
    priya.signed_in(priya.ok("POST", "/auth/verify-otp", json=confirm))
    assert priya.user["is_email_verified"]


def _sets_up_the_account(priya: Customer) -> None:
    me = f"/auth/user/{priya.user['id']}"
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(picture, "PNG")
    files = {"image": ("me.png", picture.getvalue(), "image/png")}
    url = priya.ok("POST", f"{me}/profile-image", files=files)["profile_image_url"]
    assert httpx.get(priya.server.url + url).headers["content-type"] == "image/webp"
    wanted = {"notification_preferences": {"newsletter": {"email": True}}}
    kept = priya.ok("PUT", f"{me}/notification-preferences", json=wanted)
    assert kept["notification_preferences"]["newsletter"]["email"] is True
    assert kept["notification_preferences"]["transactional"]["sms"] is True

    book = f"/customers/{priya.user['id']}/addresses"
    first = priya.ok("POST", book, json=address())["address"]
    assert first["is_default_billing"]
    assert first["is_default_shipping"]
    second = priya.ok("POST", book, json=address(city="Madurai", is_default_shipping=True))
    flags = {
        one["city"]: (one["is_default_billing"], one["is_default_shipping"])
        for one in priya.ok("GET", book)["addresses"]
    }
    assert flags == {"Chennai": (True, False), "Madurai": (False, True)}
    moved = {"is_default_billing": True}
    priya.ok("PUT", f"{book}/{second['address']['id']}", json=moved)
    assert not priya.ok("GET", f"{book}/{first['id']}")["address"]["is_default_billing"]


def _cancels_with_bank_transfer(priya: Customer) -> None:
    accounts = f"/customers/{priya.user['id']}/bank-accounts"
    body = {
        "account_name": "Priya N",
        "account_number": "123456784321",
        "ifsc_code": "HDFC0000001",
        "bank_name": "HDFC",
    }
    account = priya.ok("POST", accounts, json=body)["bank_account"]
    assert account["account_number"].endswith("4321")
    assert "12345678" not in json.dumps(account)
    cancel = {
        "cancellation_reason": "No longer needed",
        "refund_mode": "bank_transfer",
        "bank_account_id": account["id"],
    }
    path = "/orders/L-1001/cancel"
    priya.refused("POST", path, 422, "bank_account_not_verified", json=cancel)
    priya.ok("POST", f"{accounts}/{account['id']}/verify")
    priya.server.command("shop", "bank-account", "verify", account["id"])
    order = priya.ok("POST", path, json=cancel)["order"]
    assert order["status"] == "cancelled"
    priya.refused("POST", path, 409, "order_already_cancelled", json=cancel)
    [refund] = priya.ok("GET", "/orders/L-1001/refunds")["refunds"]
    assert (refund["refund_amount"], refund["status"]) == (200, "pending")
    priya.refused("DELETE", f"{accounts}/{account['id']}", 409, "bank_account_in_use")
    priya.server.command("shop", "refund", "approve", refund["request_number"])
    priya.server.command("shop", "refund", "settle", refund["request_number"], "success")
    [refund] = priya.ok("GET", "/orders/L-1001/refunds")["refunds"]
    assert refund["status"] == "success"
    assert refund["refund_date"] is not None
    priya.ok("DELETE", f"{accounts}/{account['id']}")


def _pays_again(priya: Customer) -> None:
    path = "/orders/L-1002"
    assert priya.ok("GET", f"{path}/payment-status")["is_retry_available"]
    body = {"payment_gateway_params": {"payment_gateway": "TEST"}}
    info = priya.ok("POST", f"{path}/retry-payment", json=body)["payment_info"]
    page = info["redirect_url"].partition("/test-gateway/")[2]
    hosted = f"{priya.server.url}/test-gateway/{page}"
    assert "Pay for your order" in httpx.get(hosted).text
    assert httpx.post(hosted, data={"outcome": "success"}).status_code == 303
    paid = priya.ok("GET", f"{path}/payment-status")
    assert (paid["status"], paid["amount_unpaid"]) == ("success", 0)
    priya.refused("POST", f"{path}/retry-payment", 409, "payment_retry_not_available", json=body)


def _returns_until_nothing_is_left(priya: Customer) -> None:
    def items(*wanted: tuple[str, int]) -> dict[str, Any]:
        return {
            "return_items": [
                {
                    "sku": sku,
                    "product_id": sku.lower(),
                    "quantity": quantity,
                    "resolution": "refund",
                    "return_reason": "Not as described",
                }
                for sku, quantity in wanted
            ]
        }

    path = "/orders/L-1003/return"
    first = priya.ok("POST", path, json=items(("TEA", 1)))["order_return"]
    second = priya.ok("POST", path, json=items(("TEA", 1), ("MUG", 1)))["order_return"]
    assert first["grand_total"] + second["grand_total"] == 500
    priya.refused("POST", path, 422, "quantity_not_returnable", json=items(("TEA", 1)))
    order = priya.ok("GET", "/orders/L-1003")["order"]
    assert [one["returnable_quantity"] for one in order["order_items"]] == [0, 0]
    for step in ("approve", "ship", "receive", "complete"):
        priya.server.command("shop", "return", step, first["request_number"])
    done = priya.ok("GET", f"{path}/{first['request_number']}")["order_return"]
    assert done["status"] == "complete"
    assert sum(one["refund_amount"] for one in done["refund"]) == 100
    listed = priya.ok("GET", "/orders/returns")["returns"]
    assert {one["status"] for one in listed} == {"complete", "created"}


def _looks_at_points(priya: Customer) -> None:
    priya.server.command("shop", "points", "grant", EMAIL, "120", "--remarks", "Welcome")
    me = f"/customers/{priya.user['id']}"
    points = priya.ok("GET", f"{me}/loyalty")
    assert points["loyalty_point_balance"] >= 120
    rows = priya.ok("GET", f"{me}/loyalty-points-activity")["loyalty_points_activity"]
    sums = {"earned": 0.0, "redeemed": 0.0}
    for row in rows:
        sums[row["activity_type"]] += row["loyalty_point"]
    assert sums["earned"] - sums["redeemed"] == points["loyalty_point_balance"]


def _reviews_everything(priya: Customer) -> None:
    mine = f"/customers/{priya.user['id']}/reviews"
    waiting = priya.ok("GET", mine)["ready_for_review"]
    assert {one["product_id"] for one in waiting} == {"tea", "mug"}
    for product in waiting:
        form = {"order_number": product["order_number"], "rating": "4.5", "review_text": "Good."}
        path = f"/catalog/products/{product['product_id']}/reviews"
        priya.ok("POST", path, data=form, files={"images": _photo()})
        priya.refused("POST", path, 409, "review_exists", data=form, files={"images": _photo()})
    after = priya.ok("GET", mine)
    assert after["ready_for_review"] == []
    assert [review["status"] for review in after["reviews"]] == ["pending", "pending"]
    priya.server.command("shop", "review", "approve", after["reviews"][0]["id"])
    statuses = {review["status"] for review in priya.ok("GET", mine)["reviews"]}
    assert statuses == {"approved", "pending"}


def _photo() -> tuple[str, bytes, str]:
    content = io.BytesIO()
    Image.new("RGB", (64, 64), "brown").save(content, "JPEG")
    return "photo.jpg", content.getvalue(), "image/jpeg"


def _leaves(priya: Customer, other: Customer) -> None:
    me = priya.user["id"]
    other.signed_in(
        other.ok("POST", "/auth/login/password", json={"email": EMAIL, "password": PASSWORD})
    )
    priya.ok("PUT", f"/auth/user/{me}/deactivate")
    for device in (priya, other):
        device.refused("GET", f"/auth/user/{me}", 401, "unauthorized")
        device.refused("GET", "/orders", 401, "unauthorized", params={"user_id": me})
        body = {"refresh_token": device.tokens[1]}
        device.refused("POST", "/auth/refresh-token", 401, "refresh_token_invalid", json=body)
    body = {"email": EMAIL, "password": PASSWORD}
    priya.refused("POST", "/auth/login/password", 403, "account_deactivated", json=body)
