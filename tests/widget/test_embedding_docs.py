"""The manual's own lines: they sign what is believed; and the script is as small as it says."""

import gzip
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jwt
import pytest

from account_portal.widget.rules import read_claims

ROOT = Path(__file__).resolve().parents[2]
MANUAL = (ROOT / "docs" / "embedding.md").read_text()
SCRIPT = ROOT / "assets" / "account-widget.js"
TYPES = (ROOT / "assets" / "account-widget.d.ts").read_text()
TSC = shutil.which("tsc")
SECRET = "a key of at least thirty-two characters"


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", MANUAL, re.DOTALL)
    assert found
    return found.group(1)


def believed(word: str) -> Any:
    claims = jwt.decode(word, SECRET, ["HS256"], audience="https://account.shop.example")
    return read_claims(
        claims,
        origin="https://shop.example",
        allowed=["https://shop.example"],
        audience="https://account.shop.example",
        now=datetime.now(UTC),
    )


def test_the_lines_for_python() -> None:
    names: dict[str, Any] = {}
    exec(block("python"), names)
    customer = SimpleNamespace(id=77, email="asha@example.com")
    vouched = believed(names["account_token"](customer, SECRET))
    assert vouched.subject == "77"
    assert vouched.email.email == "asha@example.com"


def test_the_lines_for_node(tmp_path: Path) -> None:
    script = tmp_path / "token.mjs"
    call = f'console.log(accountToken({{id: 77, email: "asha@example.com"}}, "{SECRET}"));'
    script.write_text(block("js") + call)
    word = subprocess.run(["node", script], capture_output=True, text=True, check=True).stdout
    assert believed(word.strip()).subject == "77"


def test_every_attribute_method_and_event_is_in_the_manual() -> None:
    script = SCRIPT.read_text()
    attributes = set(re.findall(r"(?:get|has)Attribute\(\"([\w-]+)\"\)", script)) - {"role"}
    attributes |= set(re.findall(r"of\(\"(\w+)\"\)", script))
    events = set(re.findall(r"_tell\(\"([\w-]+)\"", script))
    for name in attributes | events | {"open(page)", "refresh()"}:
        assert f"`{name}`" in MANUAL, name
    state = (
        (ROOT / "account_portal").rglob("state*/*.py"),
        (ROOT / "account_portal").rglob("state.py"),
    )
    told = {
        name
        for files in state
        for file in files
        for name in re.findall(r"_tell_storefront\(\s*\"([\w-]+)\"", file.read_text())
    }
    assert {"order-cancelled", "return-requested", "signout"} <= told
    for name in told:
        assert f"| `{name}` |" in MANUAL, name


def test_types_name_what_the_manual_does() -> None:
    listed = re.split(r"^## ", MANUAL, flags=re.MULTILINE)
    tables = next(part for part in listed if part.startswith("Attributes, methods, events"))
    attributes, methods, events = re.split(r"^\| (?:Method|Event) \|", tables, flags=re.MULTILINE)

    def names(table: str) -> set[str]:
        return set(re.findall(r"^\| `([\w-]+)", table, re.MULTILINE))

    def members(kind: str) -> set[str]:
        found = re.search(rf"interface {kind}\b[^{{]*{{\n(.*?)^}}", TYPES, re.DOTALL | re.MULTILINE)
        assert found
        return set(re.findall(r'^  "?([\w-]+)"?[?(:]', found.group(1), re.MULTILINE))

    assert members("AccountPortalAttributes") == names(attributes) - {"aria-label"}
    listening = {"addEventListener", "removeEventListener"}
    assert members("AccountPortalElement") - listening == names(methods)
    assert members("AccountPortalDetails") == names(events)


REACT = """
declare module "react" {
  interface HTMLAttributes<T> { className?: string; onError?: (event: Event) => void }
  interface RefAttributes<T> { ref?: { current: T | null } }
  namespace JSX { interface IntrinsicElements { div: HTMLAttributes<HTMLDivElement> } }
}
"""
USE = """
import type { JSX } from "react";
const portal = document.querySelector("account-portal")!;
portal.open("orders");
portal.addEventListener("order-cancelled", (event) => event.detail.order_number.length);
const element: JSX.IntrinsicElements["account-portal"] = {
  page: "orders", theme: "dark", "token-url": "/token", ref: { current: portal },
  onready: (event) => event.detail.page.length,
  "onbuy-again": ({ detail }) => detail.items.split(","),
};
// @ts-expect-error: React would wait for an event called Ready
const wrong: JSX.IntrinsicElements["account-portal"] = { onReady: () => {} };
"""


@pytest.mark.skipif(TSC is None, reason="TypeScript's tsc is not installed")
def test_the_lines_for_react(tmp_path: Path) -> None:
    (tmp_path / "account-widget.d.ts").write_text(TYPES)
    (tmp_path / "react.d.ts").write_text(REACT)
    (tmp_path / "element.ts").write_text(block("ts"))
    (tmp_path / "use.ts").write_text(USE)
    flags = ["--noEmit", "--strict", "--target", "es2022", "--module", "es2022"]
    flags += ["--moduleResolution", "bundler", "--types", ""]
    files = [str(path) for path in tmp_path.iterdir()]
    told = subprocess.run([str(TSC), *flags, *files], capture_output=True, text=True, check=False)
    assert told.stdout == ""
    assert told.returncode == 0


def test_the_script_is_small() -> None:
    assert len(gzip.compress(SCRIPT.read_bytes(), 9)) < 5 * 1024


@pytest.mark.parametrize(
    "word", ["window.", "globalThis", "document.cookie", "localStorage", "eval"]
)
def test_the_script_leaves_the_page_alone(word: str) -> None:
    assert word not in SCRIPT.read_text()
