"""docs/webhooks.md: its commands work, both receivers take what is sent, every event is in it."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from account_portal.core.places import ROOT
from account_portal.events import EventType
from account_portal.webhooks.schemas import EventView
from tests.http.conftest import Server, serving
from tests.node_tools import tools
from tests.portal_server import free_port

MANUAL = (ROOT / "docs" / "webhooks.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", MANUAL, re.DOTALL)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("api")
    with serving(folder, PORTAL_WEBHOOKS_ALLOW_PRIVATE="on") as found:
        yield found


def python_receiver(folder: Path) -> list[str]:
    [code] = blocks("python")
    (folder / "receiver.py").write_text(code)
    return [sys.executable, "receiver.py"]


def node_receiver(folder: Path) -> list[str]:
    (folder / "node_modules").symlink_to(tools() / "node_modules")
    [code] = blocks("js")
    (folder / "receiver.mjs").write_text(code)
    return ["node", "receiver.mjs"]


@pytest.mark.parametrize("receiver", [python_receiver, node_receiver])
def test_each_command_works_and_the_receiver_takes_what_is_sent(
    receiver: object, server: Server, tmp_path: Path
) -> None:
    command = receiver(tmp_path)  # type: ignore[operator]
    port = free_port()
    tools = Path(sys.executable).parent
    environment = {
        **server.environment,
        "PORTAL": server.url,
        "RECEIVER": f"http://127.0.0.1:{port}/portal",
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    said = tmp_path / "received.txt"
    parts = blocks("bash")
    # The fourth starts the receiver; this one has a port of its own, and may be the other one.
    as_shown = "python receiver.py > received.txt &"
    assert as_shown in parts[3]
    started = parts[3].replace(
        as_shown,
        f"RECEIVER_PORT={port} {' '.join(command)} > received.txt 2>&1 & echo $! > pid.txt",
    )
    gives = (
        'curl -sf "$API/customers/$CUSTOMER/points" -H "$AUTH" -H "$JSON" '
        "-d '{\"points\": 7}'; echo\n"
        f"for _ in $(seq 200); do grep -q points.changed {said} && break; sleep 0.1; done\n"
    )
    forged = (
        f"curl -s -o /dev/null -w 'forged %{{http_code}}\\n' http://127.0.0.1:{port}/portal "
        "-H 'webhook-id: msg_1' -H \"webhook-timestamp: $(date +%s)\" "
        '-H \'webhook-signature: v1,AAAA\' -d \'{"id": "msg_1", "type": "order.paid"}\'\n'
    )
    script = "\n".join(
        ["set -euo pipefail", *parts[:3], started, forged, gives, *parts[4:]],
    )
    result = subprocess.run(
        ["bash", "-c", script],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        assert result.returncode == 0, result.stdout + result.stderr
        words = result.stdout.split("\n")
        assert "forged 401" in words
        assert "delivered" in words
        assert "due" in words
        assert "enabled" in words
        assert "[]" in words  # nothing is dead
        taken = said.read_text()
        assert "webhook.test" in taken
        assert re.search(r"^points\.changed \{.*\"customer_id\"", taken, re.MULTILINE), taken
        time.sleep(0.2)
        assert taken.count("points.changed") == 1
    finally:
        if (tmp_path / "pid.txt").exists():
            os.kill(int((tmp_path / "pid.txt").read_text()), 9)


def test_every_event_is_in_the_manual_with_an_example() -> None:
    found = re.findall(r"### `([\w.]+)`\n\n.+?\n\n```json\n(.*?)```", MANUAL, re.DOTALL)
    examples = {name: json.loads(example) for name, example in found}
    assert list(examples) == [str(kind) for kind in EventType]
    for name, example in examples.items():
        assert example["type"] == name
        assert set(example) == set(EventView.model_validate(example).model_dump())
    assert len({example["id"] for example in examples.values()}) == len(examples)
