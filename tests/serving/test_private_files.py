"""What customers trust the portal with is readable by its own account only."""

import json
import stat
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from account_portal.core.places import ROOT
from account_portal.core.private_files import readable_by_others
from tests.portal_server import free_port, plain_environment
from tests.serving.test_workers import answers, within


@pytest.fixture
def open_umask() -> int:
    """As most machines have it: everybody may read."""
    return 0o022


def environment(folder: Path) -> dict[str, str]:
    return {**plain_environment(), "PORTAL_DATA_DIR": str(folder)}


def modes(folder: Path) -> dict[str, str]:
    """Whoever others are, what they may do with the folder and what lies in it."""
    return {
        str(path.relative_to(folder.parent)): stat.filemode(path.stat().st_mode)[4:]
        for path in (folder, *folder.rglob("*"))
    }


def test_a_server_keeps_all_it_writes_to_itself(tmp_path: Path, open_umask: int) -> None:
    folder, port = tmp_path / "data", free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "account_portal", "api", "--port", str(port)],
        cwd=ROOT,
        env=environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        umask=open_umask,
    )
    try:
        assert within(60, lambda: answers(port))
        ask = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/v1/main/storefront/auth/login/email",
            data=json.dumps({"email": "demo@example.com"}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(ask, timeout=10) as answer:
            assert answer.status == 200
        assert within(20, lambda: bool(list(folder.glob("outbox/[!.]*.json"))))
        found = modes(folder)
    finally:
        server.terminate()
        server.wait(timeout=20)
    assert {"data", "data/portal.db", "data/secret_key", "data/outbox"} <= found.keys()
    assert set(found.values()) == {"------"}


def test_so_do_commands(tmp_path: Path, open_umask: int) -> None:
    folder = tmp_path / "data"
    subprocess.run(
        [sys.executable, "-m", "account_portal", "migrate"],
        cwd=ROOT,
        env=environment(folder),
        check=True,
        capture_output=True,
        umask=open_umask,
    )
    assert set(modes(folder).values()) == {"------"}


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may look into, unlike those of tests."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        yield folder


def test_doctor_looks(open_folder: Path) -> None:
    folder = open_folder
    code = folder / "outbox" / "code.json"
    code.parent.mkdir()
    code.touch()
    code.parent.chmod(0o755)
    code.chmod(0o644)
    ask = [sys.executable, "-m", "account_portal", "doctor"]

    def look() -> list[str]:
        said = subprocess.run(
            ask, cwd=ROOT, env=environment(folder), capture_output=True, text=True, check=False
        )
        return [line for line in said.stdout.splitlines() if "Private files" in line]

    (line,) = look()
    assert line.startswith("wrong")
    assert str(code) in line
    code.parent.chmod(0o700)
    assert look() == ["ok     Private files: for this account only"]


def test_a_closed_folder_protects_what_lies_in_it(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    file = inner / "file"
    file.touch()
    file.chmod(0o644)
    (tmp_path / "a").chmod(0o700)
    assert readable_by_others([inner, tmp_path / "missing"]) is None
