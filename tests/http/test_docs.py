"""The commands of docs/api.md do what the document says."""

import re
import subprocess
from pathlib import Path

from account_portal.serving.build import ROOT
from tests.http.conftest import Server

DOCUMENT = ROOT / "docs" / "api.md"


def test_each_command_of_the_document_works(server: Server, tmp_path: Path) -> None:
    blocks = re.findall(r"```bash\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert len(blocks) >= 8
    script = "set -euo pipefail\n" + "\n".join(f"{block}\necho" for block in blocks)
    result = subprocess.run(
        ["bash", "-c", script],
        env={**server.environment, "PORTAL": server.url},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    printed = result.stdout
    assert printed.count('"success":true') >= 8, printed
    assert "\nnot_found\n" in printed
    assert printed.rstrip().endswith("unauthorized")
