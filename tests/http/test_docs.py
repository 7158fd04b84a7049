"""The commands of docs/api.md and docs/merchant-api.md do what the documents say."""

import os
import re
import subprocess
import sys
from pathlib import Path

from account_portal.core.places import ROOT
from tests.http.conftest import Server, serving


def run_commands(document: str, server: Server, folder: Path) -> str:
    """Everything that the commands of a document print, one after the other."""
    text = (ROOT / "docs" / document).read_text()
    blocks = re.findall(r"```bash\n(.*?)```", text, re.DOTALL)
    assert len(blocks) >= 8
    script = "set -euo pipefail\n" + "\n".join(f"{block}\necho" for block in blocks)
    tools = Path(sys.executable).parent
    result = subprocess.run(
        ["bash", "-c", script],
        env={
            **server.environment,
            "PORTAL": server.url,
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
        },
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_each_command_for_customers_works(server: Server, tmp_path: Path) -> None:
    printed = run_commands("api.md", server, tmp_path)
    assert printed.count('"success":true') >= 8, printed
    assert "\nnot_found\n" in printed
    assert printed.rstrip().endswith("unauthorized")


def test_each_command_for_the_shops_systems_works(tmp_path: Path) -> None:
    with serving(tmp_path) as server:  # of its own: nothing another document did is there
        printed = run_commands("merchant-api.md", server, tmp_path)
    outcomes = re.findall(r'"outcome":"(\w+)"', printed)
    assert outcomes[:4] == ["created", "created", "created", "refused"]
    last_words = re.findall(r"([\w-]+)$", printed, re.MULTILINE)
    for told in ("delivered", "cancelled", "conflict", "approved", "success", "MUG-IND-01"):
        assert told in last_words, printed
    assert "\ninsufficient_scope\nKey returns-alone is revoked.\n" in printed
    assert "\nupdated\nprecondition_failed\n" in printed
    assert printed.rstrip().endswith("unauthorized")
    manual = (ROOT / "docs" / "merchant-api.md").read_text()
    [shown] = re.findall(r"```json\n(.*?)```", manual, re.DOTALL)
    answered = [line for line in printed.splitlines() if line.startswith('{"line":')]
    assert list(map(without_version, answered)) == list(map(without_version, shown.splitlines()))


def without_version(line: str) -> str:
    """An answer, without what is another one each time."""
    return re.sub(r'"version":"\w+"', "", line)
