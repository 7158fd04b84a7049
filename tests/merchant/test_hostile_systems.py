"""Systems that send what nobody should: each is told what is wrong, and nothing else changes."""

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from account_portal.core.ids import new_id
from account_portal.models import User
from tests.factories.orders import make_order
from tests.factories.records import order, shipment
from tests.merchant.systems import Systems

JSON = {"Content-Type": "application/json"}
NDJSON = {"Content-Type": "application/x-ndjson"}
TWICE = (
    '{"type": "customer", "external_id": "T", "email": "a@example.com", "email": "b@example.com"}'
)
LISTS = (
    "orders", "shipments", "payments", "refunds", "returns", "reviews", "bank-accounts",
    "customers", "messages", "deliveries", "claims", "withdrawals",
)  # fmt: skip


def outcomes(answer: Any) -> list[dict[str, Any]]:
    if answer.headers["content-type"].startswith(NDJSON["Content-Type"]):
        return [json.loads(line) for line in answer.text.splitlines()]
    return list(answer.json()["content"]["records"])


def test_a_name_that_stands_twice_is_refused_everywhere(systems: Systems) -> None:
    said = "'email' stands twice in one object"
    array = systems.post("/records", content=f"[{TWICE}]", headers=JSON)
    assert (array.status_code, array.json()["error"]) == (400, {"_": [said]})
    [line] = outcomes(systems.post("/records", content=TWICE, headers=NDJSON))
    assert (line["outcome"], line["reason"]) == ("refused", said)
    one = systems.request("PUT", "/customers/T", content=TWICE, headers=JSON)
    assert (one.status_code, one.json()["error"]) == (400, {"_": [said]})
    assert systems.get("/customers/T").status_code == 404


def test_a_deed_that_says_two_things_is_not_done(systems: Systems, owner: User) -> None:
    systems.post("/records", [order("TW-1"), shipment("TW-1-S", "TW-1", status="packed")])
    body = '{"status": "shipped", "status": "cancelled"}'
    answer = systems.post("/shipments/TW-1-S/move", content=body, headers=JSON)
    assert answer.status_code == 400
    assert answer.json()["error"] == {"_": ["'status' stands twice in one object"]}
    assert systems.get("/shipments/TW-1-S").json()["content"]["status"] == "packed"


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize("name", LISTS)
def test_a_moment_outside_of_time_is_refused(systems: Systems, name: str, since: str) -> None:
    answer = systems.get(f"/{name}?updated_since={since}")
    assert answer.status_code == 400
    assert list(answer.json()["error"]) == ["updated_since"]


def test_a_cursor_is_of_one_list(systems: Systems, owner: User, database: Any) -> None:
    for _ in range(2):
        make_order(database, owner, payments=[{}], parcels=[{}])
    cursors = {
        name: systems.get(f"/{name}?limit=1").json()["content"]["next_cursor"]
        for name in ("orders", "shipments", "payments")
    }
    assert all(cursors.values())
    for one, other in itertools.permutations(cursors, 2):
        answer = systems.get(f"/{one}?cursor={cursors[other]}")
        assert answer.status_code == 400, (one, other)
        assert answer.json()["error"] == {"cursor": ["is none of this list in this order"]}


def test_fields_that_nobody_knows_are_named(systems: Systems) -> None:
    record = {**order("UF-1"), "colour": "red", "adress": "1 Beach Road"}
    record["lines"] = [{**record["lines"][0], "tax_ammount": 3}]
    record["applied_coupons"] = [
        {"coupon_id": "C", "coupon_type": "discount", "savings": 1, "code": "C"}
    ]
    parcel = {**shipment("UF-1-S", "UF-1"), "wieght": 3}
    for answer in (
        systems.post("/records", [parcel, record]),
        systems.post(
            "/records",
            content=b"".join(json.dumps(one).encode() + b"\n" for one in (parcel, record)),
            headers=NDJSON,
        ),
    ):
        found = {one["key"]: one.get("unknown_fields") for one in outcomes(answer)}
        assert found == {
            "UF-1": ["adress", "applied_coupons.code", "colour", "lines.tax_ammount"],
            "UF-1-S": ["wieght"],
        }
    plain = systems.put("/customers/UF", {"email": "uf@example.com"}).json()["content"]
    assert "unknown_fields" not in plain


@pytest.mark.parametrize("name", [*LISTS, "events", "webhooks"])
def test_a_filter_that_nobody_knows_is_refused(systems: Systems, name: str) -> None:
    answer = systems.get(f"/{name}?statuss=pending")
    assert (answer.status_code, answer.json()["error"]) == (400, {"statuss": ["is not known"]})


def test_a_deed_whose_field_is_misspelt_is_not_done(systems: Systems) -> None:
    systems.post("/records", [{**order("UD-1"), "customer_email": "ud@example.com"}])
    sku = order("UD-1")["lines"][0]["sku"]
    for body, error in (
        ({"item": [{"sku": sku, "quantity": 1}]}, "item"),
        ({"items": [{"sku": sku, "quantity": 1, "qty": 1}]}, "items.0.qty"),
    ):
        answer = systems.post("/orders/UD-1/shipments", body)
        assert (answer.status_code, answer.json()["error"]) == (400, {error: ["is not known"]})
    assert systems.get("/shipments?order_number=UD-1").json()["content"]["shipments"] == []


def _deeds() -> Iterator[tuple[str, str, Any]]:
    """Calls with a body, and an example of it; records are told in their outcome."""
    from account_portal.api.app import make_app
    from account_portal.api.openapi import SYSTEMS, describe

    for path, methods in describe(make_app(), SYSTEMS)["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content and "Records" not in operation["tags"]:
                examples = content.get("examples") or {"one": {"value": content.get("example")}}
                yield method.upper(), path, next(iter(examples.values()))["value"]


def test_no_deed_takes_a_field_that_nobody_knows(systems: Systems) -> None:
    deeds = list(_deeds())
    assert len(deeds) > 15
    for method, path, example in deeds:
        body = (
            [{**example[0], "nobody": 1}] if isinstance(example, list) else {**example, "nobody": 1}
        )
        address = re.sub(r"\{[^}]*\}", new_id(), path)
        answer = systems.request(method, address, content=json.dumps(body), headers=JSON)
        name = "0.nobody" if isinstance(body, list) else "nobody"
        assert answer.status_code == 400, (path, answer.text)
        assert answer.json()["error"] == {name: ["is not known"]}, path


JUNK = {
    "deep": "[" * 50_000,
    "binary": b"\x00\xff\xfe",
    "gzip": b"\x1f\x8b\x08\x00junk",
    "utf-16": '{"type": "customer"}'.encode("utf-16"),
    "a long line": b'{"type": "customer", "email": "' + b"x" * (17 << 20),
    "numbers that are none": '{"type": "order", "order_number": NaN}',
    "a lone surrogate": '{"type": "customer", "external_id": "\\ud800", "email": "s@example.com"}',
}


@pytest.mark.parametrize("junk", JUNK)
def test_junk_in_a_stream_stops_nothing_before_it(systems: Systems, junk: str) -> None:
    content = JUNK[junk]
    raw = content.encode() if isinstance(content, str) else content
    good = json.dumps({"type": "customer", "external_id": junk, "email": "good@example.com"})
    answer = systems.post("/records", content=good.encode() + b"\n" + raw, headers=NDJSON)
    assert answer.status_code == 200
    first, second = outcomes(answer)
    assert (first["outcome"], second["outcome"]) == ("created", "refused")
    assert second["reason"]


@pytest.mark.parametrize("junk", JUNK)
@pytest.mark.parametrize("path", ["/records", "/shipment-moves", "/webhooks", "/orders/X-1/cancel"])
def test_junk_as_a_body_is_an_error_in_the_envelope(systems: Systems, path: str, junk: str) -> None:
    content = JUNK[junk]
    raw = content.encode() if isinstance(content, str) else content
    answer = systems.post(path, content=raw, headers=JSON)
    assert answer.status_code in (400, 413), answer.text
    assert answer.json()["success"] is False
    assert answer.json()["code"] in ("validation_error", "payload_too_large")
