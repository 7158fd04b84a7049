"""A Chromium for the browser tests: one that is there, else one that is installed.

As a program it prints the path; what it has to say goes to standard error.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str | None:
    """The browser set in CHROMIUM, else the first on the path, else Playwright's own."""
    chosen = os.environ.get("CHROMIUM")
    if chosen and Path(chosen).is_file():
        return chosen
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def install_from_debian(*packages: str) -> bool:
    """Install the system's packages, as root or by sudo; false where that can't be done."""
    apt = shutil.which("apt-get")
    rights = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not apt or (rights and not shutil.which("sudo")):
        return False
    command = [*rights, apt, "install", "--yes", "--quiet", "--no-install-recommends", *packages]
    return any(
        (prepare is None or _run(prepare)) and _run(command)
        for prepare in (None, [*rights, apt, "update", "--quiet"])  # lists may be missing or old
    )


def _run(command: list[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    result = subprocess.run(command, stdout=sys.stderr, env=environment, check=False)
    return result.returncode == 0


def install_chromium() -> str:
    """Install a browser: the system's package where that is allowed, else Playwright's own."""
    print("No Chromium found; installing one ...", file=sys.stderr)
    if not install_from_debian("chromium"):
        _run([sys.executable, "-m", "playwright", "install", "chromium"])
    found = find_chromium()
    if found is None:
        sys.exit("No Chromium could be installed; set CHROMIUM to the path of one.")
    return found


if __name__ == "__main__":
    print(find_chromium() or install_chromium())
