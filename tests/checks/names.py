"""Names that were retired stay retired: each was one only its author could look up."""

import re
import sys

from tests.checks.committed_files import ROOT, committed

RETIRED = {
    "has_news": "mark_changed",
    "glance": "read_inline",
    "OpensAtOnce": "SingleAnswerLoad",
    "of_orders": "order_points",
    "apply_moment": "apply_clock_fields",
    "_led_away": "_sent_to_login",
    "TestGateway": "DemoGateway",
    "ui.bridge": "doors.page",
    "answering": "doors.form",
    "models.states": "states",
}
"""The standard term by the coined one."""
MODULES = re.compile(r"^account_portal/(ui/(bridge|session|opening)|models/states)\.py$")
_WORDS = re.compile("|".join(rf"(?<![\w.]){re.escape(word)}\b" for word in RETIRED))


def faults() -> list[str]:
    """Where a retired name stands, with the one to use."""
    found = []
    for name in committed():
        if MODULES.search(name):
            found.append(f"{name}: a retired name of a module")
        if name == "tests/checks/names.py" or not name.endswith((".py", ".md", ".js", ".toml")):
            continue
        for number, line in enumerate((ROOT / name).read_text("utf-8").splitlines(), start=1):
            found += [
                f"{name}:{number}: {word} is {RETIRED[word]} now"
                for word in _WORDS.findall(line)
                if not (word == "answering" and name.endswith(".md"))
            ]
    return found


def main() -> int:
    """Print what stands, if anything does."""
    found = faults()
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
