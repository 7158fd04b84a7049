"""The browser build: made once, and again only when something it is made from has changed."""

import fcntl
import hashlib
import importlib.metadata
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from account_portal.core.private_files import files_for_all
from account_portal.core.settings import Settings, get_settings
from account_portal.edge.csp import FALLBACK_PAGE

ROOT = Path(__file__).resolve().parents[2]
"""The project's folder: Reflex works relative to it."""

CLIENT = Path(".web/build/client")
"""The built pages and assets, below the project's folder."""

FINGERPRINT = Path(".web/build/fingerprint")
"""Written last: a build that broke off has none. Reflex empties its folder when it builds."""

# The architecture keeps these away from pages: a change in them never changes what a page is.
SERVER_ONLY_FOLDERS = frozenset(
    (
        "api",
        "demo",
        "edge",
        "events",
        "gateways",
        "models",
        "notifications",
        "security",
        "serving",
        "webhooks",
    )
)
SERVER_ONLY_FILES = frozenset(("api.py", "cli.py", "context.py", "service.py", "__main__.py"))

# Read when the server runs. All others may be part of a page.
RUNTIME_SETTINGS = frozenset(
    (
        "accent",
        "access_token_minutes",
        "cart_url",
        "checkout_url",
        "cors_origins",
        "data_dir",
        "database_idle_seconds",
        "database_lock_seconds",
        "database_pool",
        "database_pool_seconds",
        "database_statement_seconds",
        "database_url",
        "debug_otp",
        "embed_jwks_url",
        "embed_origins",
        "embed_secret",
        "events_kept_days",
        "fresh_proof_minutes",
        "help_url",
        "http_links",
        "log_level",
        "mail_from",
        "merchant_calls_per_minute",
        "password_memory_kib",
        "payments",
        "port",
        "product_url",
        "public_url",
        "radius",
        "redis_url",
        "refresh_token_days",
        "security_contact",
        "session_days",
        "smtp_host",
        "smtp_port",
        "smtp_security",
        "smtp_user",
        "storefront_port",
        "trusted_proxy_hops",
        "webhooks_allow_private",
        "work_in_server",
    )
)


class BuildFailed(Exception):
    """The pages could not be built; the text is what the build said last."""


def _sources(root: Path) -> Iterator[Path]:
    yield root / "rxconfig.py"
    yield root / "account_portal" / "serving" / "frontend.py"
    yield from sorted((root / "account_portal" / "serving").glob("*.js"))
    for file in sorted((root / "account_portal").rglob("*.py")):
        inside = file.relative_to(root / "account_portal")
        if SERVER_ONLY_FOLDERS.isdisjoint(inside.parts) and file.name not in SERVER_ONLY_FILES:
            yield file
    for folder in ("account_portal", "assets", "reflex.lock"):
        for file in sorted((root / folder).rglob("*")):
            # Reflex links files into assets/external by itself; they are found where they lie.
            below = file.relative_to(root).parts[1:]
            if (
                file.is_file()
                and file.suffix not in (".py", ".pyc")
                and "external" not in below
                and (folder != "account_portal" or SERVER_ONLY_FOLDERS.isdisjoint(below))
            ):
                yield file


def fingerprint(root: Path = ROOT, settings: Settings | None = None) -> str:
    """A hash over everything the build is made from: sources, assets, settings, libraries."""
    settings = settings or get_settings()
    shown = {
        name: getattr(settings, name)
        for name, described in type(settings).model_fields.items()
        if described.repr and name not in RUNTIME_SETTINGS  # secrets have no repr
    }
    digest = hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode())
    for library in ("reflex", "reflex-base", "reflex-components-core"):
        digest.update(f"{library}=={importlib.metadata.version(library)}".encode())
    for file in _sources(root):
        if file.is_file():
            digest.update(file.relative_to(root).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def is_current(root: Path = ROOT, settings: Settings | None = None) -> bool:
    """Whether the build that is there was made from what is there now."""
    marker = root / FINGERPRINT
    return (
        marker.is_file()
        and (root / CLIENT / FALLBACK_PAGE).is_file()
        and marker.read_text() == fingerprint(root, settings)
    )


@contextmanager
def _one_at_a_time(root: Path) -> Iterator[None]:
    with (root / "rxconfig.py").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def ensure_build(root: Path = ROOT, settings: Settings | None = None) -> bool:
    """Build the pages unless the present build is current; says whether it built.

    Several processes may call it at once: one builds, the others wait for it.

    Raises:
        BuildFailed: with the end of what the build said.
    """
    if is_current(root, settings):
        return False
    with _one_at_a_time(root):
        if is_current(root, settings):
            return False
        made_from = fingerprint(root, settings)
        with files_for_all():  # another account may serve them
            _export(root)
            (root / FINGERPRINT).write_text(made_from)
    return True


def _export(root: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    # A build without pages is no build, whatever its exit code says.
    if result.returncode or not (root / CLIENT / FALLBACK_PAGE).is_file():
        raise BuildFailed("\n".join(result.stdout.strip().splitlines()[-40:]))
