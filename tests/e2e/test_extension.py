"""The page of an installed package in a browser: built with the portal's own, and one of them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from account_portal.core.places import ROOT
from tests.e2e.conftest import (
    DEMO,
    NARROW,
    WIDE,
    Portal,
    assert_accessible,
    assert_no_sideways_scroll,
    sign_in,
)
from tests.portal_server import portal_server

EXAMPLE = ROOT / "docs" / "examples" / "counter"
PARTS = ("account_portal", "alembic", "assets", "pyproject.toml", "reflex.lock", "rxconfig.py")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project, so that what it builds is nobody else's; its libraries are shared."""
    folder = tmp_path / "project"
    folder.mkdir()
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / part)
    ours = ROOT / ".web"
    skipped = shutil.ignore_patterns("node_modules", "build")
    shutil.copytree(ours, folder / ".web", symlinks=True, ignore=skipped)
    subprocess.run(
        ["cp", "-al", str((ours / "node_modules").resolve()), str(folder / ".web/node_modules")],
        check=True,
    )
    return folder


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder with the package as pip puts it there."""
    folder = tmp_path / "installed"
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "-q")
    how = ("--no-deps", "--no-build-isolation", "--target")
    subprocess.run([*pip, *how, str(folder), str(EXAMPLE)], check=True)
    return folder


@pytest.mark.timeout(600)  # the pages are built once more
def test_a_packages_page_stands_in_the_menu_and_shows_its_customer(
    browser: Browser, project: Path, installed: Path, tmp_path: Path
) -> None:
    with portal_server(
        tmp_path / "data", root=project, PYTHONPATH=str(installed), PORTAL_DEMO="true"
    ) as url:
        noise: list[str] = []
        for viewport in (WIDE, NARROW):
            context = browser.new_context(base_url=url, viewport=viewport, reduced_motion="reduce")
            sign_in(context, Portal(url, tmp_path, ""), DEMO)
            page = context.new_page()
            page.on("console", lambda said: noise.append(said.text) if said.type == "error" else 0)
            page.goto("/counter")
            expect(page.get_by_role("heading", name="Our counter", level=1)).to_be_visible()
            expect(page.get_by_text("Orders on their way to you: ")).to_be_visible()
            assert_accessible(page)
            assert_no_sideways_scroll(page)
            context.close()
        context = browser.new_context(base_url=url, viewport=WIDE, reduced_motion="reduce")
        page = context.new_page()
        page.goto("/counter")  # nobody is asked to sign in, and led back
        expect(page).to_have_url(f"{url}/login?next=%2Fcounter")
        sign_in(context, Portal(url, tmp_path, ""), DEMO)
        page.goto("/orders")
        page.get_by_role("link", name="Our counter").click()
        expect(page.get_by_role("heading", name="Our counter", level=1)).to_be_visible()
        page.get_by_role("link", name="Your orders").click()
        expect(page).to_have_url(f"{url}/orders")
        context.close()
        assert noise == []
