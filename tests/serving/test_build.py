"""When the pages are built again, and when not."""

import threading
from pathlib import Path

import pytest

from account_portal.core.settings import Settings
from account_portal.serving import build
from account_portal.serving.build import CLIENT, FINGERPRINT, fingerprint, is_current


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files = {
        "rxconfig.py": "config",
        "account_portal/app.py": "PAGES",
        "account_portal/orders/pages.py": "page",
        "account_portal/orders/state.py": "state",
        "account_portal/orders/service.py": "service",
        "account_portal/orders/api.py": "routes",
        "account_portal/models/order.py": "table",
        "account_portal/serving/frontend.py": "plugin",
        "account_portal/serving/wrapper.py": "wrapper",
        "account_portal/ui/icons/home.svg": "<svg/>",
        "assets/styles.css": "css",
        "assets/external/linked.js": "js",
        "reflex.lock/package.json": "{}",
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return tmp_path


def settings(**values: object) -> Settings:
    return Settings.model_validate(values)


@pytest.mark.parametrize(
    "name",
    [
        "rxconfig.py",
        "account_portal/app.py",
        "account_portal/orders/pages.py",
        "account_portal/orders/state.py",
        "account_portal/serving/frontend.py",
        "account_portal/ui/icons/home.svg",
        "assets/styles.css",
        "reflex.lock/package.json",
    ],
)
def test_a_change_in_what_pages_are_made_from_is_seen(project: Path, name: str) -> None:
    before = fingerprint(project, settings())
    (project / name).write_text("changed")
    assert fingerprint(project, settings()) != before


@pytest.mark.parametrize(
    "name",
    [
        "account_portal/orders/service.py",
        "account_portal/orders/api.py",
        "account_portal/models/order.py",
        "account_portal/serving/wrapper.py",
        "assets/external/linked.js",
        "var/portal.db",
        "tests/test_new.py",
    ],
)
def test_a_change_elsewhere_builds_nothing(project: Path, name: str) -> None:
    before = fingerprint(project, settings())
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).write_text("changed")
    assert fingerprint(project, settings()) == before


def test_a_file_that_moves_is_a_change(project: Path) -> None:
    before = fingerprint(project, settings())
    (project / "assets/styles.css").rename(project / "assets/other.css")
    assert fingerprint(project, settings()) != before


def test_what_customers_see_of_the_settings_counts(project: Path) -> None:
    assert fingerprint(project, settings(store_name="Other")) != fingerprint(project, settings())


@pytest.mark.parametrize(
    "values",
    [
        {"PORT": 9999},
        {"data_dir": "/tmp/elsewhere"},
        {"database_url": "postgresql://localhost/portal"},
        {"public_url": "https://account.shop.example"},
        {"secret_key": "s" * 40},
        {"log_level": "debug"},
    ],
)
def test_what_only_the_server_reads_does_not(project: Path, values: dict[str, object]) -> None:
    assert fingerprint(project, settings(**values)) == fingerprint(project, settings())


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
    assert build.ensure_build(project, settings())
    assert not build.ensure_build(project, settings())
    (project / "account_portal/orders/pages.py").write_text("changed")
    assert build.ensure_build(project, settings())
    assert exports.count == 2


def test_a_build_that_failed_is_tried_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "_export", Exports(pages=False))
    with pytest.raises(build.BuildFailed):
        build.ensure_build(project, settings())
    assert not is_current(project, settings())


def test_a_build_without_its_first_page_is_none(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "_export", Exports())
    build.ensure_build(project, settings())
    (project / CLIENT / "404.html").unlink()
    assert (project / FINGERPRINT).exists()
    assert not is_current(project, settings())


def test_of_two_at_once_one_builds(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exports = Exports()
    monkeypatch.setattr(build, "_export", exports)
    threads = [
        threading.Thread(target=build.ensure_build, args=(project, settings())) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert exports.count == 1
