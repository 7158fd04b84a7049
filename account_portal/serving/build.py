"""The browser build: made once, and again only when something it is made from has changed."""

import fcntl
import hashlib
import importlib.metadata
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from account_portal.core.build_settings import BUILD_SETTINGS
from account_portal.core.environment import PREFIX
from account_portal.core.extensions import PAGES, distributions
from account_portal.core.places import IS_INSTALLED, ROOT
from account_portal.core.private_files import files_for_all
from account_portal.edge.built import FALLBACK_PAGE

CLIENT = Path(".web/build/client")
"""The built pages and assets, below the project's folder."""

SERVER = Path(".web/build/server/index.js")
"""The same pages as a module for Node, which draws them; below the project's folder."""

FINGERPRINT = Path(".web/build/fingerprint")
"""Written last: a build that broke off has none. Reflex empties its folder when it builds."""

_COPIES = Path(".web/public")
"""Of assets, below the project's folder."""

_PAGES = frozenset(("app", "components", "kit_page", "pages", "routes", "state", "ui"))
"""What pages and their states are called, folders or files. Their imports are followed."""
_SERVER_ONLY = frozenset(
    ("api", "context", "edge", "gateways", "models", "security", "serving", "service")
)
"""The doors behind them: what lies there is called when a page is open, and never part of one."""
_IMPORT = re.compile(
    r"^[ \t]*from (account_portal[\w.]*) import (?:\(([^)]*)\)|(.*))", re.MULTILINE
)
_ASSETS = ("assets", "reflex.lock")


class BuildFailed(Exception):
    """The pages could not be built; the text is what the build said last."""


def page_modules(root: Path) -> set[Path]:
    """Files that pages and their states are written in, and all that those import."""
    package = root / "account_portal"
    found: set[Path] = set()
    todo = [
        file
        for file in package.rglob("*.py")
        if not _PAGES.isdisjoint((*file.relative_to(package).parts[:-1], file.stem))
        and not _is_server_only(file, package)
    ]
    while todo:
        file = todo.pop()
        if file in found:
            continue
        found.add(file)
        todo += [one for one in _imported(file, root) if not _is_server_only(one, package)]
    return found


def _is_server_only(file: Path, package: Path) -> bool:
    return not _SERVER_ONLY.isdisjoint((*file.relative_to(package).parts[:-1], file.stem))


def _imported(file: Path, root: Path) -> Iterator[Path]:
    for module, several, one in _IMPORT.findall(file.read_text(encoding="utf-8")):
        place = root / module.replace(".", "/")
        names = re.findall(r"[\w]+", several or one)
        for path in (place, *(place / name for name in names)):
            for candidate in (path.with_suffix(".py"), path / "__init__.py"):
                if candidate.is_file():
                    yield candidate


def _sources(root: Path) -> Iterator[Path]:
    package = root / "account_portal"
    yield root / "rxconfig.py"
    yield package / "serving" / "frontend.py"
    yield package / "serving" / "replaced.py"
    yield package / "edge" / "storage.js"  # part of the script in each page's head
    yield from sorted((package / "serving").glob("*.js"))
    yield from sorted(page_modules(root))
    for folder in _ASSETS:
        for file in sorted((root / folder).rglob("*")):
            # Reflex links files into assets/external by itself; they are found where they lie.
            if file.is_file() and "external" not in file.relative_to(root).parts[1:]:
                yield file


def fingerprint(root: Path = ROOT) -> str:
    """A hash over everything the build is made from: sources, assets, libraries."""
    digest = hashlib.sha256(json.dumps(BUILD_SETTINGS, sort_keys=True).encode())
    for library in ("reflex", "reflex-base", "reflex-components-core"):
        digest.update(f"{library}=={importlib.metadata.version(library)}".encode())
    for file in _sources(root):
        if file.is_file():
            digest.update(file.relative_to(root).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def is_current(root: Path = ROOT) -> bool:
    """Whether the build that is there was made from what is there now.

    One that came with a wheel was; but packages may have been installed since that add pages.
    """
    marker = root / FINGERPRINT
    if not (marker.is_file() and (root / CLIENT / FALLBACK_PAGE).is_file()):
        return False
    made_from, *added = marker.read_text().split("\n")
    return added == distributions(PAGES) and (IS_INSTALLED or made_from == fingerprint(root))


@contextmanager
def _one_at_a_time(root: Path) -> Iterator[None]:
    with (root / "rxconfig.py").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def ensure_build(root: Path = ROOT) -> bool:
    """Build the pages unless the present build is current; says whether it built.

    Several processes may call it at once: one builds, the others wait for it.

    Raises:
        BuildFailed: with the end of what the build said.
    """
    if is_current(root):
        return False
    if IS_INSTALLED:
        raise BuildFailed(
            "This installation's pages are lost, or were built without a package that adds some: "
            "make the wheel where that is installed, and install it again."
        )
    with _one_at_a_time(root):
        if is_current(root):
            return False
        made_from = "\n".join((fingerprint(root), *distributions(PAGES)))
        # Reflex copies an asset only over an older one, and leaves those that are gone.
        shutil.rmtree(root / _COPIES, ignore_errors=True)
        with files_for_all():  # another account may serve them
            _export(root)
            (root / FINGERPRINT).write_text(made_from)
    return True


def _no_shops(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environment.items()
        if name != "PORT" and not name.startswith(PREFIX)
    }


def _export(root: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"],
        cwd=root,
        env={
            **_no_shops(os.environ),
            **BUILD_SETTINGS,
            "PORTAL_SECRET_KEY": secrets.token_urlsafe(48),  # of a build, which signs nothing
            # Packages that add pages may lie anywhere this process finds them.
            "PYTHONPATH": os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH")))),
            "NO_COLOR": "1",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    # A build without pages is no build, whatever its exit code says.
    if result.returncode or not (root / CLIENT / FALLBACK_PAGE).is_file():
        raise BuildFailed("\n".join(result.stdout.strip().splitlines()[-40:]))
