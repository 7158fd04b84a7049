"""The example package of docs/extending.md: installed, found by its entry points, and it works."""

import ast
import hmac
import json
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from account_portal.core import extensions
from account_portal.core.demo import DEMO_PASSWORD
from account_portal.core.places import ROOT
from tests.factories.pictures import make_picture
from tests.http.conftest import Server, serving
from tests.portal_server import plain_environment

EXAMPLE = ROOT / "docs" / "examples" / "counter"
EMAIL = "demo@example.com"
PHONE = "+919845012345"
SECRET = "what the till and the portal know"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package as pip puts it there."""
    folder = tmp_path_factory.mktemp("installed")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "-q")
    how = ("--no-deps", "--no-build-isolation", "--target")
    run((*pip, *how, str(folder), str(EXAMPLE)))
    return folder


@pytest.fixture(scope="module")
def server(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("counter")
    (folder / "texts").mkdir()
    with serving(
        folder,
        PYTHONPATH=str(installed),
        PORTAL_PAYMENTS="counter",
        PORTAL_SMS_URL=f"modem://{folder / 'texts'}",
        COUNTER_TILL=str(folder / "till.db"),
        COUNTER_SLIP_URL="https://shop.example/slip",
        COUNTER_SECRET=SECRET,
    ) as found:
        yield found


def run(command: tuple[str, ...], **more: str) -> str:
    result = subprocess.run(
        command,
        cwd=ROOT,
        env={**plain_environment(), **more},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def until(find: Callable[[], Any]) -> Any:
    """What is found, as soon as it is."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if found := find():
            return found
        time.sleep(0.05)
    raise AssertionError("it never came")


def tell(server: Server, report: dict[str, Any], secret: str) -> httpx.Response:
    """What the till sends when a slip was paid."""
    body = json.dumps(report).encode()
    signature = hmac.new(secret.encode(), body, "sha256").hexdigest()
    return httpx.post(
        f"{server.url}/payment-events", content=body, headers={"Counter-Signature": signature}
    )


def told(till: Path) -> list[tuple[str, dict[str, Any]]]:
    if not till.exists():
        return []
    with closing(sqlite3.connect(till)) as connection:
        rows = connection.execute("select type, data from event order by id").fetchall()
    return [(kind, json.loads(data)) for kind, data in rows]


def test_an_order_is_paid_at_the_counter_and_the_till_hears_of_it(server: Server) -> None:
    key = server.command("keys", "create", "till", "--scope", "*")
    with (
        httpx.Client(
            base_url=f"{server.url}/api/v1/main/merchant",
            headers={"Authorization": f"Bearer {key}"},
        ) as shop,
        httpx.Client(base_url=f"{server.url}/api/v1/main/storefront") as customer,
    ):
        webhook, _ = server.command("webhooks", "create", "sink:till").split()
        tried = shop.post(f"/webhooks/{webhook}/test").json()["content"]
        assert tried["status"] == "delivered"
        order = {
            "customer_email": EMAIL,
            "order_date": "2026-03-01T09:30:00Z",
            "payment_status": "failed",
            "lines": [{"sku": "MUG", "product_name": "Mug", "selling_price": "389.99"}],
        }
        assert shop.put("/orders/C-1001", json=order).json()["content"]["outcome"] == "created"
        body = {"email": EMAIL, "password": DEMO_PASSWORD}
        signed_in = customer.post("/auth/login/password", json=body).json()["content"]
        customer.headers["Authorization"] = f"Bearer {signed_in['access_token']}"
        asked = {"payment_gateway_params": {"payment_gateway": "COUNTER"}}
        info = customer.post("/orders/C-1001/retry-payment", json=asked).json()["content"]
        slip = httpx.URL(info["payment_info"]["redirect_url"])
        assert (slip.host, slip.params["amount"]) == ("shop.example", "38999")
        number = slip.params["number"]
        report = {"number": number, "paid": True, "amount": 38999, "currency": "INR"}
        assert tell(server, report, "a guess").status_code == 400
        assert tell(server, report, SECRET).status_code == 200
        state = customer.get("/orders/C-1001/payment-status").json()["content"]
        assert state["status"] == "success"
    till = server.data_dir / "till.db"
    until(lambda: "payment.settled" in [kind for kind, _ in told(till)])
    heard = told(till)
    of_order = [kind for kind, data in heard if data.get("order_number") == "C-1001"]
    assert [kind for kind in of_order if kind != "order.updated"] == [
        "order.created",
        "payment.retried",
        "order.paid",
        "payment.settled",
    ]


EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


def test_files_are_shown_to_the_check_before_they_are_kept(server: Server) -> None:
    with httpx.Client(base_url=f"{server.url}/api/v1/main/storefront") as customer:
        body = {"email": EMAIL, "password": DEMO_PASSWORD}
        signed_in = customer.post("/auth/login/password", json=body).json()["content"]
        customer.headers["Authorization"] = f"Bearer {signed_in['access_token']}"
        me = signed_in["user"]["id"]

        def send(content: bytes) -> httpx.Response:
            return customer.post(
                f"/auth/user/{me}/profile-image", files={"image": ("a.png", content)}
            )

        refused = send(make_picture("PNG") + EICAR)
        assert refused.status_code == 400
        assert refused.json()["error"] == {
            "image": ["cannot be taken; the store's check of files refused it"]
        }
        assert send(make_picture("PNG")).status_code == 200
    assert "the test file of EICAR" in (server.data_dir / "server.log").read_text()


def test_texts_go_by_the_modem(server: Server) -> None:
    said = server.command("doctor", "--send-test", "+919876501234")
    assert "sms" in said
    texts = [
        json.loads(path.read_text()) for path in (server.data_dir / "texts").glob("[!.]*.json")
    ]
    assert "+919876501234" in {text["to"] for text in texts}


def test_a_code_that_comes_by_the_modem_signs_in(server: Server) -> None:
    texts = server.data_dir / "texts"

    def code() -> str | None:
        """The one that went to the demo's customer; nothing else they are told has six digits."""
        found = [json.loads(path.read_text()) for path in texts.glob("[!.]*.json")]
        codes = [re.search(r"\b\d{6}\b", text["text"]) for text in found if text["to"] == PHONE]
        return next((one[0] for one in codes if one), None)

    with httpx.Client(base_url=f"{server.url}/api/v1/main/storefront") as customer:
        phone = {"country_code": PHONE[:3], "phone": PHONE[3:]}
        asked = customer.post("/auth/login/phone", json=phone).json()["content"]
        answer = {"otp_token": asked["otp_token"], "otp": until(code), "otp_action": "login"}
        signed_in = customer.post("/auth/verify-otp", json=answer)
        assert signed_in.status_code == 200, signed_in.text
        assert signed_in.json()["content"]["access_token"]


def test_a_sink_that_is_not_there_is_refused(server: Server) -> None:
    key = server.command("keys", "create", "sinks", "--scope", "webhooks:*")
    answer = httpx.post(
        f"{server.url}/api/v1/main/merchant/webhooks",
        json={"url": "sink:nobody"},
        headers={"Authorization": f"Bearer {key}"},
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["url"] == ["names no event sink that is installed (there: till)"]


def test_a_gateway_that_is_not_there_stops_the_start(installed: Path) -> None:
    for payments, paths, said in (
        ("stamps", {"PYTHONPATH": str(installed)}, "there are counter, stripe, test and no others"),
        ("counter", {}, "there are stripe, test and no others"),
    ):
        result = subprocess.run(
            (sys.executable, "-m", "account_portal", "doctor"),
            cwd=ROOT,
            env={**plain_environment(), **paths, "PORTAL_PAYMENTS": payments},
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode != 0
        assert said in result.stderr


PAGES = """
import sys
from account_portal import app
from account_portal.serving.build import is_current

[page] = [one for one in app.PAGES if one.path == "/counter"]
assert page.is_guarded and page.menu in app.MENU
assert "counter" in app.app._unevaluated_pages
assert "Our counter" in str(page.content().render())
assert not is_current(), "what was built without the page"
"""


def test_the_page_is_one_of_the_portals(installed: Path, tmp_path: Path) -> None:
    run((sys.executable, "-c", PAGES), PYTHONPATH=str(installed), PORTAL_DATA_DIR=str(tmp_path))


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ('Page("/orders", lambda: None, "Mine", public=True)', "at /orders, where there is one"),
        ('Page("/mine", lambda: None, "Mine")', "loads by no `page_load`"),
    ],
)
def test_a_page_that_would_harm_is_refused(
    page: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from account_portal.app import all_pages

    name = f"harm_{said[:2].strip()}"
    (tmp_path / f"{name}.py").write_text(
        f"from account_portal.ui.page import Page\nPAGES = [{page}]\n"
    )
    about = tmp_path / f"{name}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[account_portal.pages]\nharm = {name}:PAGES\n")
    monkeypatch.syspath_prepend(tmp_path)
    extensions._added.cache_clear()
    try:
        with pytest.raises(ValueError, match=said):
            all_pages()
    finally:
        extensions._added.cache_clear()


def signatures(code: str) -> dict[str, list[str]]:
    """What classes declare, and aliases, without words about them."""
    found = {}
    for node in ast.parse(code).body:
        if isinstance(node, ast.ClassDef):
            found[node.name] = [
                f"{part.name}({ast.unparse(part.args)}) -> {ast.unparse(part.returns)}"
                if isinstance(part, ast.FunctionDef) and part.returns
                else ast.unparse(part)
                for part in node.body
                if isinstance(part, ast.AnnAssign)
                or (isinstance(part, ast.FunctionDef) and not part.decorator_list)
            ]
        elif isinstance(node, ast.Assign):
            found[ast.unparse(node.targets[0])] = [ast.unparse(node.value)]
    return found


def test_the_manual_shows_what_is_implemented_as_it_is() -> None:
    manual = (ROOT / "docs" / "extending.md").read_text()
    [code] = re.findall(r"```python\n(.*?)```", manual, re.DOTALL)
    parts = re.split(r"^# (account_portal/\S+)$", code, flags=re.MULTILINE)[1:]
    assert len(parts) == 12
    for file, shown in zip(parts[::2], parts[1::2], strict=True):
        there = signatures((ROOT / file).read_text())
        for name, declared in signatures(shown).items():
            assert declared == there[name], file
