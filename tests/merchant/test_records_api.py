"""Records over HTTP: the import through another door, told about each record."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from account_portal.core.db import Database
from account_portal.models import Order, Product, Shipment, User
from tests.factories.orders import make_order
from tests.factories.records import order, rows, shipment
from tests.merchant.systems import BASE, Systems, make_key

NDJSON = {"Content-Type": "application/x-ndjson"}


def told(answer: Any) -> list[dict[str, Any]]:
    """What became of each record."""
    assert answer.status_code == 200, answer.text
    return list(answer.json()["content"]["records"])


def lines(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


def as_lines(*records: Any) -> bytes:
    return b"".join(
        (record if isinstance(record, bytes) else json.dumps(record).encode()) + b"\n"
        for record in records
    )


def words(found: list[dict[str, Any]]) -> list[tuple[int, str]]:
    return [(one["line"], one["outcome"]) for one in found]


MIXED = [
    shipment("SHP-1", "A-1", status="shipped"),
    order("A-1"),
    {"type": "order", "order_number": "A-2", "lines": []},
    {"type": "nothing"},
    {"type": ["order"]},
    order("A-3"),
]


def test_an_array_is_told_about_record_by_record(systems: Systems, database: Database) -> None:
    answer = systems.post("/records", MIXED)
    found = told(answer)
    assert words(found) == [
        (1, "created"), (2, "created"), (3, "refused"), (4, "refused"), (5, "refused"),
        (6, "created"),
    ]  # fmt: skip
    assert found[0]["type"] == "shipment"
    assert found[0]["key"] == "SHP-1"
    assert found[1]["order"] == {
        "order_number": "A-1",
        "status": "shipped",
        "payment_status": "pending",
        "version": systems.get("/orders/A-1").json()["content"]["version"],
    }
    assert found[2]["key"] == "A-2"
    assert "lines" in found[2]["fields"]
    assert found[3]["type"] is None
    assert answer.json()["content"]["counts"] == {
        "created": 3, "updated": 0, "unchanged": 0, "kept": 0, "refused": 3,
    }  # fmt: skip
    assert {row.order_number for row in rows(database, Order)} == {"A-1", "A-3"}


def test_what_is_said_again_is_unchanged_and_what_changed_is_updated(systems: Systems) -> None:
    systems.post("/records", [order("A-1"), order("A-2")])
    again = told(systems.post("/records", [order("A-1"), order("A-2", customer_note="Ring")]))
    assert words(again) == [(1, "unchanged"), (2, "updated")]


def test_what_went_further_here_is_kept_with_the_state_of_the_order(systems: Systems) -> None:
    systems.post("/records", [order("A-1")])
    systems.post("/orders/A-1/cancel", {"reason": "Out of stock"})
    [kept] = told(systems.post("/records", [shipment("SHP-9", "A-1", status="shipped")]))
    assert kept["outcome"] == "kept"
    assert "cancelled" in kept["reason"]
    assert kept["order"]["status"] == "cancelled"


def test_strict_is_all_or_nothing(systems: Systems, database: Database) -> None:
    refused = systems.post("/records?strict=true", MIXED)
    assert (refused.status_code, refused.json()["code"]) == (422, "records_refused")
    assert words(refused.json()["content"]["records"]) == [
        (3, "refused"), (4, "refused"), (5, "refused"),
    ]  # fmt: skip
    assert rows(database, Order) == []
    good = systems.post("/records?strict=true", [order("A-1")])
    assert words(told(good)) == [(1, "created")]


def test_a_stream_is_told_about_line_by_line(systems: Systems, database: Database) -> None:
    body = as_lines(*MIXED, b"{", b"", b"[]")
    found = lines(systems.post("/records", content=body, headers=NDJSON))
    assert sorted(words(found)) == [
        (1, "created"), (2, "created"), (3, "refused"), (4, "refused"), (5, "refused"),
        (6, "created"), (7, "refused"), (9, "refused"),
    ]  # fmt: skip
    assert rows(database, Shipment)[0].status == "shipped"


def test_a_stream_may_be_strict(systems: Systems, database: Database) -> None:
    url = "/records?strict=true"
    refused = systems.post(url, content=as_lines(*MIXED), headers=NDJSON)
    assert (refused.status_code, refused.json()["code"]) == (422, "records_refused")
    assert rows(database, Order) == []
    good = systems.post(url, content=as_lines(order("A-1")), headers=NDJSON)
    assert words(lines(good)) == [(1, "created")]
    assert rows(database, Order)
    wrong = systems.post("/records?strict=perhaps", content=b"", headers=NDJSON)
    assert (wrong.status_code, wrong.json()["code"]) == (400, "validation_error")


def test_a_stream_may_be_of_any_length(systems: Systems, database: Database) -> None:
    def body() -> Iterator[bytes]:
        for place in range(2500):
            yield as_lines({"type": "product", "product_id": f"P-{place}", "name": "Mug"})

    found = lines(systems.client.post(
        BASE + "/records", content=body(),
        headers={**NDJSON, "Authorization": f"Bearer {systems.key}"},
    ))  # fmt: skip
    assert len(found) == 2500
    assert {one["outcome"] for one in found} == {"created"}
    assert len(rows(database, Product)) == 2500


def test_an_empty_stream_has_an_empty_answer(systems: Systems) -> None:
    assert lines(systems.post("/records", content=b"", headers=NDJSON)) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"type": "order"}, 400),
        ([order("A-1")] * 1001, 400),
        ([1, None, "x"], 200),
        ([], 200),
    ],
)
def test_an_array_is_an_array_of_at_most_a_thousand(
    systems: Systems, body: Any, status: int
) -> None:
    answer = systems.post("/records", body)
    assert answer.status_code == status
    if status == 200:
        assert {one["outcome"] for one in told(answer)} <= {"refused"}


def test_one_record_is_put_by_its_key(systems: Systems, database: Database) -> None:
    content = order("A-1")
    del content["type"], content["order_number"]
    made = systems.put("/orders/A-1", content)
    assert made.json()["content"]["outcome"] == "created"
    assert systems.put("/orders/A-1", content).json()["content"]["outcome"] == "unchanged"
    changed = systems.put("/orders/A-1", {**content, "customer_note": "Ring"})
    assert changed.json()["content"]["outcome"] == "updated"
    assert rows(database, Order)[0].customer_note == "Ring"
    parcel = systems.put("/shipments/SHP-1", {"order_number": "A-1", "status": "packed"})
    assert parcel.json()["content"]["order"]["status"] == "awaiting_shipment"
    other = systems.put("/orders/A-1", {**content, "order_number": "A-2"})
    assert (other.status_code, list(other.json()["error"])) == (400, ["order_number"])
    assert systems.put("/customers/C-1", {"email": "asha@example.com"}).status_code == 200


def test_a_record_that_is_refused_names_its_fields(systems: Systems, database: Database) -> None:
    refused = systems.put("/orders/A-1", {"lines": []})
    assert (refused.status_code, refused.json()["code"]) == (422, "record_refused")
    assert "lines" in refused.json()["error"]
    orphan = systems.put("/shipments/SHP-1", {"order_number": "GHOST-1"})
    assert orphan.status_code == 422
    assert rows(database, Shipment) == []
    assert systems.put("/orders/A-1", []).status_code == 400


def test_a_kept_record_is_no_error(systems: Systems, database: Database, owner: User) -> None:
    made = make_order(database, owner, parcels=[{"status": "delivered"}])
    reference = rows(database, Shipment)[0].reference_number
    kept = systems.put(
        f"/shipments/{reference}", {"order_number": made.order_number, "status": "packed"}
    )
    assert kept.json()["content"]["outcome"] == "kept"
    assert kept.json()["content"]["order"]["status"] == "delivered"


@pytest.mark.parametrize("headers", [NDJSON, {"Content-Type": "application/json"}])
def test_strangers_are_told_so_whatever_they_send(
    systems: Systems, database: Database, headers: dict[str, str]
) -> None:
    def send(key: str) -> int:
        answer = systems.post("/records", content=b"{", headers=headers, key=key)
        return int(answer.status_code)

    assert send("") == 401
    assert send("apk_" + "0" * 48) == 401
    assert send(make_key(database, "orders:*")) == 403
    other = systems.client.post(
        "/api/v1/other/merchant/records",
        content=b"{",
        headers={**headers, "Authorization": f"Bearer {systems.key}"},
    )
    assert other.status_code == 404
