"""What is committed: files of a readable length, names that say something, nothing of a machine.

Looks at what git would commit: tracked files as they lie in the folder.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

LONGEST = {"account_portal/": 300, "tests/": 500, "": 300}
"""Lines of a Python file, by where it lies; tests are lists of cases."""
SLACK = 4 / 3
"""The limit is a rule of thumb: a file may pass it a little before it has to be cut."""
LONGER = (
    "alembic/versions/*.py",  # the state of all tables at one moment
    "account_portal/core/settings.py",  # a list
    "account_portal/ui/icons.py",  # a list
    "account_portal/demo/catalog/*.py",  # lists
    "account_portal/demo/seed/p*.py",  # people, past and present: what the demo tells, in a row
)

VAGUE = re.compile(r"(^|/|_)(utils?|helpers?|common|misc|managers?)(\.py$|/|_[a-z]+\.py$)")
VAGUE_BUT_RIGHT: set[str] = set()
SECRET = re.compile(r"(^|/)(\.env|id_rsa|secret_key|.*\.(pem|key|db|sqlite3?))$")
REGISTRY = re.compile(
    r"https?://[\w.-]*(?:registry|pypi|pythonhosted|npmjs|artifactory|nexus|mirror)[\w.-]*",
    re.IGNORECASE,
)
HOME = re.compile(r"(?<![\w./~-])/(?:root|home|Users)/[\w.-]+")
TEXT_SUFFIXES = {
    "", ".cfg", ".css", ".html", ".ini", ".js", ".json", ".mako", ".md", ".npmrc", ".py", ".svg",
    ".toml", ".txt", ".yaml", ".yml",
}  # fmt: skip


def committed() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def too_long(name: str, text: str) -> Iterator[str]:
    lines = text.count("\n")
    limit = next(lines for folder, lines in LONGEST.items() if name.startswith(folder))
    if not name.endswith(".py") or any(Path(name).match(pattern) for pattern in LONGER):
        return
    if lines > limit * SLACK:
        yield f"{name}: {lines} lines; past {limit} a file becomes a package of its name"


def of_a_machine(name: str, text: str) -> Iterator[str]:
    """Paths and hosts that mean something on one machine only.

    What they are is asked from the machine the check runs on, so that none is named here.
    """
    here = {str(ROOT), str(Path.home())} - {"/", ""}
    own = re.compile("|".join(rf"{re.escape(place)}(?![\w-])" for place in sorted(here)))
    for number, line in enumerate(text.splitlines(), start=1):
        for found in (own.search(line), HOME.search(line), REGISTRY.search(line)):
            if found:
                yield f"{name}:{number}: {found.group()!r} belongs to a machine, not to the project"


def main() -> int:
    faults: list[str] = []
    for name in committed():
        if VAGUE.search(name) and name not in VAGUE_BUT_RIGHT:
            faults.append(f"{name}: the name doesn't say what is in it")
        if SECRET.search(name):
            faults.append(f"{name}: data and secrets are not committed")
        if Path(name).suffix in TEXT_SUFFIXES:
            text = (ROOT / name).read_text(encoding="utf-8")
            faults += [*too_long(name, text), *of_a_machine(name, text)]
    print(*faults, sep="\n", end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
