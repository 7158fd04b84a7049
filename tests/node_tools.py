"""Tools of the Node world that tests ask: installed once, from the lock in tests/clients."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from account_portal.serving.build import ROOT

LISTED = ROOT / "tests" / "clients"
_BIN = Path(sys.executable).parent
"""Node and npm come with the packages of the product."""


def environment() -> dict[str, str]:
    """In which the tools find the same Node, and tell nobody that they were used."""
    return {
        **os.environ,
        "PATH": f"{_BIN}{os.pathsep}{os.environ['PATH']}",
        "REDOCLY_TELEMETRY": "off",
        "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
        "NO_COLOR": "1",
    }


@cache
def tools() -> Path:
    """The folder whose `node_modules` has them; skips the test where they can't be had."""
    lock = (LISTED / "package-lock.json").read_bytes()
    folder = ROOT / "var" / "node_tools" / hashlib.sha256(lock).hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".installing").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)  # tests run in several processes
        if not (folder / "node_modules" / ".package-lock.json").exists():
            for name in ("package.json", "package-lock.json", ".npmrc"):
                shutil.copy(LISTED / name, folder)
            installed = subprocess.run(
                ["npm", "ci", "--ignore-scripts", "--prefer-offline"],
                cwd=folder,
                env=environment(),
                capture_output=True,
                text=True,
                timeout=110,
                check=False,
            )
            if installed.returncode != 0:
                shutil.rmtree(folder / "node_modules", ignore_errors=True)
                pytest.skip(f"no tools from the npm registry: {installed.stderr[-300:]}")
    return folder


def run_tool(name: str, *words: str | Path, cwd: Path | None = None) -> str:
    """What a tool says; fails the test when it fails."""
    result = subprocess.run(
        [str(tools() / "node_modules" / ".bin" / name), *map(str, words)],
        cwd=cwd or tools(),
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout
