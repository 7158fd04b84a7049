"""``docs/licences.md`` names every package that is shipped with; ``--write`` makes it so."""

import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs" / "licences.md"
HEAD = """\
# Packages and their licences

What is installed to run the portal (`requirements.txt`, with the versions), as each package names
its licence. None binds what is built on it (LGPL and MPL bind changes of the package itself).
Written by `python -m tests.checks.licences --write`; `make check` compares the names.

| Package | Licence |
|--|--|
"""
PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)==", re.MULTILINE)
REFUSED = re.compile(r"(?<!L)GPL|Affero|AGPL", re.IGNORECASE)
"""Would bind what is built on it; the lesser one (LGPL) doesn't."""
LONGEST = 60


def shipped() -> list[str]:
    """Names of the packages, as `make lock` wrote them."""
    return sorted(set(PINNED.findall((ROOT / "requirements.txt").read_text())))


def licence_of(package: str) -> str:
    """What the package says: an expression, else its classifiers, else its first words."""
    try:
        said = metadata(package)
    except PackageNotFoundError:
        return "of another platform, not installed here"
    if expression := said.get("License-Expression"):
        return str(expression)
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in said.get_all("Classifier") or ()
        if line.startswith("License :: ") and line != "License :: OSI Approved"
    ]
    words = str(said.get("License") or "").strip().partition("\n")[0]
    return ", ".join(classifiers) or words[:LONGEST] or "not named"


def page() -> str:
    return HEAD + "".join(f"| {name} | {licence_of(name)} |\n" for name in shipped())


def main() -> int:
    if "--write" in sys.argv:
        DOCS.write_text(page())
        return 0
    listed = dict(re.findall(r"^\| (\S+) \| (.+) \|$", DOCS.read_text(), re.MULTILINE))
    faults = [f"{name} is not in docs/licences.md" for name in shipped() if name not in listed]
    faults += [
        f"{name} is under {licence}: not for a product that others build on"
        for name, licence in listed.items()
        if REFUSED.search(licence) and "LGPL" not in licence and "Lesser" not in licence
    ]
    for fault in faults:
        print(fault)
    if faults:
        print("Write it anew: python -m tests.checks.licences --write")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
