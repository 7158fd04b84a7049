"""When the pages are built again, and when not."""

import threading
from pathlib import Path

import pytest

from account_portal.core.environment import variable_of
from account_portal.core.settings import Settings
from account_portal.serving import build
from account_portal.serving.build import CLIENT, FINGERPRINT, fingerprint, is_current


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files = {
        "rxconfig.py": "config",
        "account_portal/app.py": "PAGES",
        "account_portal/orders/pages/__init__.py": "from account_portal.orders.pages.one import x",
        "account_portal/orders/pages/one.py": "from account_portal.orders.rules import units, x",
        "account_portal/orders/rules/__init__.py": "",
        "account_portal/orders/rules/units.py": "from account_portal.core import (\n    text,\n)",
        "account_portal/orders/rules/parcels.py": "rule",
        "account_portal/core/text.py": "plain",
        "account_portal/orders/state.py": "def f():\n    from account_portal.orders import service",
        "account_portal/orders/service/reads.py": "from account_portal.orders.rules import parcels",
        "account_portal/orders/api.py": "routes",
        "account_portal/models/order.py": "table",
        "account_portal/serving/frontend.py": "plugin",
        "account_portal/serving/replaced.py": "edits",
        "account_portal/serving/wrapper.py": "wrapper",
        "account_portal/serving/head.js": "script",
        "account_portal/edge/storage.js": "script",
        "account_portal/edge/frame.js": "script",
        "assets/styles.css": "css",
        "assets/external/linked.js": "js",
        "reflex.lock/package.json": "{}",
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [
        "rxconfig.py",
        "account_portal/app.py",
        "account_portal/orders/pages/one.py",
        "account_portal/orders/rules/units.py",
        "account_portal/core/text.py",
        "account_portal/orders/state.py",
        "account_portal/serving/frontend.py",
        "account_portal/serving/replaced.py",
        "account_portal/serving/head.js",
        "account_portal/edge/storage.js",
        "assets/styles.css",
        "reflex.lock/package.json",
    ],
)
def test_a_change_in_what_pages_are_made_from_is_seen(project: Path, name: str) -> None:
    before = fingerprint(project)
    (project / name).write_text("changed")
    assert fingerprint(project) != before


@pytest.mark.parametrize(
    "name",
    [
        "account_portal/orders/service/reads.py",
        "account_portal/orders/rules/parcels.py",
        "account_portal/edge/frame.js",
        "account_portal/orders/api.py",
        "account_portal/models/order.py",
        "account_portal/serving/wrapper.py",
        "assets/external/linked.js",
        "var/portal.db",
        "tests/test_new.py",
    ],
)
def test_a_change_elsewhere_builds_nothing(project: Path, name: str) -> None:
    before = fingerprint(project)
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).write_text("changed")
    assert fingerprint(project) == before


def test_a_file_that_moves_is_a_change(project: Path) -> None:
    before = fingerprint(project)
    (project / "assets/styles.css").rename(project / "assets/other.css")
    assert fingerprint(project) != before


def test_nothing_of_a_shop_is_in_the_build() -> None:
    """Whatever a setting is called: none of the environment's is left where the build is made."""
    given = {"PATH": "/bin", **dict.fromkeys(map(variable, Settings.model_fields), "a shop's")}
    assert build._no_shops(given) == {"PATH": "/bin"}


def variable(name: str) -> str:
    return variable_of(name, Settings.model_fields[name])


class Exports:
    """Stands in for the real export: writes a first page and counts."""

    def __init__(self, pages: bool = True) -> None:
        self.count = 0
        self.pages = pages

    def __call__(self, root: Path) -> None:
        self.count += 1
        if not self.pages:
            raise build.BuildFailed("no page")
        (root / CLIENT).mkdir(parents=True, exist_ok=True)
        (root / CLIENT / "404.html").write_text("<h1>")


def test_built_once_and_again_after_a_change(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exports = Exports()
    monkeypatch.setattr(build, "_export", exports)
    assert build.ensure_build(project)
    assert not build.ensure_build(project)
    (project / "account_portal/orders/pages/one.py").write_text("changed")
    assert build.ensure_build(project)
    assert exports.count == 2


def test_no_asset_of_an_earlier_build_is_left(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even one that is younger than its new content, as after a restored backup."""
    earlier = project / ".web/public/external/linked.js"
    earlier.parent.mkdir(parents=True)
    earlier.write_text("of an earlier build")
    monkeypatch.setattr(build, "_export", Exports())
    assert build.ensure_build(project)
    assert not earlier.exists()


def test_a_build_that_failed_is_tried_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "_export", Exports(pages=False))
    with pytest.raises(build.BuildFailed):
        build.ensure_build(project)
    assert not is_current(project)


def test_a_build_without_its_first_page_is_none(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "_export", Exports())
    build.ensure_build(project)
    (project / CLIENT / "404.html").unlink()
    assert (project / FINGERPRINT).exists()
    assert not is_current(project)


def test_of_two_at_once_one_builds(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exports = Exports()
    monkeypatch.setattr(build, "_export", exports)
    threads = [threading.Thread(target=build.ensure_build, args=(project,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert exports.count == 1
