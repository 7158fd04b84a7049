"""The wheel: installed, it serves its pages from any folder, and builds nothing."""

import subprocess
import sys
import sysconfig
import urllib.request
import venv
from pathlib import Path

import pytest

from account_portal.core.places import ROOT
from tests.portal_server import free_port, plain_environment
from tests.serving.test_workers import answers, within


def run(*command: str | Path, cwd: Path, **more: str) -> str:
    return subprocess.run(
        command,
        cwd=cwd,
        env={**plain_environment(), **more},
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    ).stdout


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`account-portal`, installed with the packages of this environment and none of its sources."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    run(*pip, "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", folder, ".", cwd=ROOT)
    venv.create(folder / "venv", symlinks=True)
    python = folder / "venv" / "bin" / "python"
    (wheel,) = folder.glob("*.whl")
    run(
        sys.executable,
        "-m",
        "uv",
        "pip",
        "install",
        "--no-deps",
        "--python",
        python,
        wheel,
        cwd=folder,
    )
    own = Path(
        run(python, "-c", "import sysconfig as s; print(s.get_path('purelib'))", cwd=folder).strip()
    )
    (own / "packages.pth").write_text(sysconfig.get_path("purelib"))
    return python.parent / "account-portal"


def test_an_installed_portal_serves_its_pages_from_any_folder(
    command: Path, tmp_path: Path
) -> None:
    port = free_port()
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            [command, "serve", "--port", str(port)],
            cwd=tmp_path,
            env={**plain_environment(), "PORTAL_STOREFRONT_PORT": "-1"},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        assert within(60, lambda: answers(port)), (tmp_path / "log").read_text()
        with urllib.request.urlopen(f"http://localhost:{port}/login", timeout=10) as page:
            assert b"Sign in" in page.read()
        with urllib.request.urlopen(f"http://localhost:{port}/styles.css", timeout=10) as styles:
            assert styles.status == 200
    finally:
        server.terminate()
        server.wait(15)
    assert {path.name for path in tmp_path.iterdir()} == {"var", "log"}, "its data, and no litter"
    assert (tmp_path / "var" / "portal.db").is_file()


def test_commands_of_an_installed_portal_use_the_folder_they_are_given_in(
    command: Path, tmp_path: Path
) -> None:
    run(
        command,
        "migrate",
        cwd=tmp_path,
        PORTAL_DATABASE_URL="sqlite:///shop.db",
        PORTAL_DEMO="true",
    )
    assert (tmp_path / "shop.db").is_file()


def test_types_are_shipped(command: Path) -> None:
    packages = command.parents[1] / "lib"
    assert list(packages.glob("python*/site-packages/account_portal/py.typed"))
