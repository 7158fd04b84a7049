"""The clients that generators make of both documents: complete, and a day at the shop works."""

import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from account_portal.core.demo import DEMO_PASSWORD
from tests.http.conftest import Server
from tests.node_tools import LISTED, environment, run_tool, tools

DOCUMENTS = {"customer": "/api/openapi.json", "merchant": "/api/merchant/openapi.json"}
DAY = """\
created
true
done done
done done
shipment_not_movable
delivered
complete
100.5 success
"""
EVENTS = [
    "order.created",
    "order.paid",
    *["shipment.moved"] * 6,
    "return.requested",
    "return.decided",
    "refund.requested",
    "return.received",
    "return.completed",
    "refund.approved",
    "refund.settled",
]
"""In their order, but for those that say only that something changed."""


def generate_python(folder: Path) -> list[str]:
    (folder / "config.yaml").write_text("post_hooks: []\n")
    generators = [
        subprocess.Popen(
            [
                *(sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning"),
                *(f"--path={name}.json", f"--output-path={name}", "--meta=none"),
                "--config=config.yaml",
            ],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for name in DOCUMENTS
    ]
    for generator in generators:
        said, _ = generator.communicate(timeout=100)
        assert generator.returncode == 0, said
    shutil.copy(LISTED / "day.py", folder)
    return [sys.executable, "day.py"]


def generate_typescript(folder: Path) -> list[str]:
    (folder / "node_modules").symlink_to(tools() / "node_modules")
    for name in ("day.ts", "tsconfig.json", "package.json"):
        shutil.copy(LISTED / name, folder)
    for name in DOCUMENTS:
        run_tool("openapi-typescript", f"{name}.json", "-o", f"{name}.d.ts", cwd=folder)
    run_tool("tsc", "-p", ".", cwd=folder)
    return ["node", "built/day.js"]


@pytest.mark.parametrize("generate", [generate_python, generate_typescript])
def test_a_day_at_the_shop_by_generated_clients(
    generate: Callable[[Path], list[str]], server: Server, tmp_path: Path
) -> None:
    for name, path in DOCUMENTS.items():
        with urllib.request.urlopen(server.url + path) as answer:
            (tmp_path / f"{name}.json").write_bytes(answer.read())
    command = generate(tmp_path)
    key = server.command("keys", "create", generate.__name__, "--scope", "*")
    number = re.sub("[^A-Z]", "", generate.__name__.upper())
    result = subprocess.run(
        [*command, server.url, key, number, DEMO_PASSWORD],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    day, _, told = result.stdout.rstrip("\n").rpartition("\n")
    assert day + "\n" == DAY
    general = {"order.updated", "points.changed"}
    assert [kind for kind in told.split() if kind not in general] == EVENTS, told
