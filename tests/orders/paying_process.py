"""A process of its own that pays an order again over HTTP: `test_repeated_payment` starts it.

It says how the call was answered, or dies between the recorded attempt and the gateway's answer.
"""

import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

from starlette.testclient import TestClient

import account_portal.context as context_module
from account_portal.api.app import make_app
from account_portal.gateways import get_gateways
from account_portal.gateways.payments import PaymentRequest, PaymentStart

ASKED = json.loads(os.environ["PAYING"])
SOON = 30.0


class Gateway:
    """Answers when all twins have asked, or never."""

    names = frozenset({"TEST"})

    def start(self, request: PaymentRequest, signature: str) -> PaymentStart:
        if ASKED["dies"]:
            os._exit(9)
        folder = Path(ASKED["folder"])
        (folder / f"asked-{os.getpid()}").touch()
        until = time.monotonic() + SOON
        while len(list(folder.glob("asked-*"))) < ASKED["twins"] and time.monotonic() < until:
            time.sleep(0.01)
        return get_gateways().payments.start(request, signature)


def main() -> None:
    context_module.get_gateways = lambda: replace(get_gateways(), payments=Gateway())  # type: ignore[assignment,arg-type]
    answer = TestClient(make_app(), base_url="http://localhost:8000").post(
        "/api/v1/main/storefront/orders/ORD-1/retry-payment",
        json={"payment_gateway_params": {"payment_gateway": "TEST"}},
        headers={**ASKED["key"], "Authorization": f"Bearer {ASKED['token']}"},
    )
    sys.stdout.write(f"{answer.status_code} {answer.text}")


if __name__ == "__main__":
    main()
