"""Known faults of the packages that are shipped: `python -m tests.audit`; 1 if there is one.

Asks the list of advisories that pip-audit knows. Where nobody answers, it says so and ends with 0:
that is a matter of the place, not of the change.
"""

import json
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parents[1] / "requirements.txt"
WITHIN = 180
"""Seconds for the list to answer."""


def ask() -> list[dict[str, object]] | None:
    """What is known of each package; none where nobody could be asked."""
    command = [sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip"]
    command += ["--progress-spinner", "off", "--format", "json", "-r", str(REQUIREMENTS)]
    try:
        result = subprocess.run(
            command, capture_output=True, text=True, timeout=WITHIN, check=False
        )
        found: list[dict[str, object]] = json.loads(result.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return None
    return found if any("vulns" in package for package in found) else None


def main() -> int:
    """Print what is known; returns the exit code."""
    packages = ask()
    if packages is None:
        print("Advisories of packages can't be reached from here: they were not looked at.")
        return 0
    faults = 0
    for package in packages:
        vulnerabilities = package.get("vulns", [])
        assert isinstance(vulnerabilities, list)
        for fault in vulnerabilities:
            faults += 1
            mended = ", ".join(fault.get("fix_versions", ())) or "no version yet"
            print(f"{package['name']} {package.get('version')}: {fault['id']}, mended in {mended}")
    print(f"{len(packages)} packages looked at, {faults} known faults.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
