"""The client that a generator makes of the merchant API's document: complete, and it works."""

import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.http.conftest import Server

SCRIPT = """
import sys
from datetime import UTC, datetime

from client import AuthenticatedClient
from client.api.orders import create_shipment, get_order, list_orders, move_shipment
from client.api.records import put_order
from client.models import (
    CreateShipment, ErrorEnvelope, LineRecord, MoveShipment, OrderStatus, PutOrderBody,
    ShipmentStatus,
)

client = AuthenticatedClient(base_url=sys.argv[1], token=sys.argv[2])
order = PutOrderBody(
    customer_email="asha@example.com",
    order_date=datetime(2026, 3, 1, tzinfo=UTC),
    lines=[LineRecord(sku="MUG", selling_price="389.99")],
)
print(put_order.sync("G-1001", client=client, body=order).content.outcome)
made = create_shipment.sync("G-1001", client=client, body=CreateShipment()).content
step = MoveShipment(status=ShipmentStatus.SHIPPED)
moved = move_shipment.sync(made.reference_number, client=client, body=step).content
print(moved.order.status.value)
back = move_shipment.sync(made.reference_number, client=client, body=step)
print(isinstance(back, ErrorEnvelope), back.code)
print(get_order.sync("G-1001", client=client).content.shipments[0].status.value)
page = list_orders.sync(client=client, limit=1, status=[OrderStatus.SHIPPED]).content
print(page.orders[0].order_number)
"""


def run(*words: str, cwd: Path) -> str:
    result = subprocess.run(
        [sys.executable, *words], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_a_generated_client_has_every_call_and_works(server: Server, tmp_path: Path) -> None:
    document = tmp_path / "openapi.json"
    with urllib.request.urlopen(f"{server.url}/api/merchant/openapi.json") as answer:
        document.write_bytes(answer.read())
    (tmp_path / "config.yaml").write_text("post_hooks: []\n")
    run(
        "-m", "openapi_python_client", "generate", "--fail-on-warning", f"--path={document}",
        f"--output-path={tmp_path / 'client'}", "--meta=none",
        f"--config={tmp_path / 'config.yaml'}",
        cwd=tmp_path,
    )  # fmt: skip
    key = server.command("keys", "create", "generated", "--scope", "*")
    base = f"{server.url}/api/v1/main/merchant"
    (tmp_path / "use.py").write_text(SCRIPT)
    assert run("use.py", base, key, cwd=tmp_path).split("\n") == [
        "created",
        "shipped",
        "True shipment_not_movable",
        "shipped",
        "G-1001",
        "",
    ]
