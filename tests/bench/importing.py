"""How fast the import command is: a file of orders with lines, as a shop would send it."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.bench.data import NOW, PLACE
from tests.bench.running import ROOT, environment
from tests.portal_server import plain_environment

CUSTOMERS = 2000


@dataclass(frozen=True, slots=True)
class Imported:
    """What one import took."""

    orders: int
    seconds: float
    cpu: float
    """Milliseconds on a processor for one order."""
    megabytes: float
    """At its peak."""

    @property
    def per_second(self) -> float:
        """Orders with their lines, the start of the command included."""
        return self.orders / self.seconds


def measure_import(folder: Path, url: str, orders: int) -> Imported:
    """Run the command on a new file and an empty database."""
    file = folder / "orders.ndjson"
    with file.open("w") as lines:
        for record in orders_of_a_shop(orders):
            lines.write(json.dumps(record) + "\n")
    settings = {**plain_environment(), **environment(folder, url), "PORTAL_DEMO": "false"}
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "account_portal", "import", str(file)],
        cwd=ROOT,
        env=settings,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    file.unlink()
    if process.returncode != 0:
        raise RuntimeError(f"the import failed:\n{said}")
    cpu = (used.ru_utime + used.ru_stime) / orders * 1000
    return Imported(orders, seconds, cpu, used.ru_maxrss / 1000)


def orders_of_a_shop(orders: int) -> Iterator[dict[str, Any]]:
    """So many, the same each time."""
    random.seed(7)
    for number in range(orders):
        yield _order(number)


def _order(number: int) -> dict[str, Any]:
    """A paid order of three lines; every second one was delivered."""
    at = NOW - timedelta(minutes=random.randrange(3 * 365 * 24 * 60))
    customer = random.randrange(CUSTOMERS)
    address = {**PLACE, "email": f"customer{customer}@example.com"}
    lines = [_line(place) for place in range(3)]
    order: dict[str, Any] = {
        "type": "order",
        "order_number": f"NW-{number:07}",
        "order_date": at.isoformat(),
        "status": "confirmed",
        "customer_email": address["email"],
        "currency": "INR",
        "lines": lines,
        "grand_total": "3540.00",
        "billing_address": address,
        "shipping_address": address,
        "payments": [
            {
                "request_number": f"PAY-{number:07}",
                "amount": "3540.00",
                "payment_status": "success",
                "payment_date": at.isoformat(),
                "payment_method": "UPI",
                "upi_id": "asha@upi",
            }
        ],
    }
    if number % 2 == 0:
        order["shipments"] = [
            {
                "reference_number": f"SHP-{number:07}",
                "status": "delivered",
                "shipped_date": (at + timedelta(days=1)).isoformat(),
                "delivered_date": (at + timedelta(days=3)).isoformat(),
            }
        ]
    return order


def _line(place: int) -> dict[str, Any]:
    product = random.randrange(200)
    return {
        "product_id": f"product-{product}",
        "product_name": f"Stoneware mug number {product}",
        "product_image_url": f"/products/{product}.webp",
        "sku": f"MUG-{place}-{product}",
        "quantity": 2,
        "selling_price": "590.00",
        "listing_price": "650.00",
        "tax_type": "GST",
        "tax_rate": "18.00",
        "tax_amount": "180.00",
        "line_total": "1180.00",
    }
