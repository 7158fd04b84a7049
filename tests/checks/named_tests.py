"""What a document says is seen by a test has that test: a name in a table is a promise."""

import re
import sys

from tests.checks.committed_files import ROOT, committed

_NAMED = re.compile(r"`((?:\.ci|[a-z]\w*)/[\w./-]*[\w/])(?:::(\w+))?`")
_ROOTS = ("", "account_portal/", "docs/")
"""Where a name may begin."""
_OURS = ("tests", "account_portal", "docs", "deploy", "alembic", ".ci")


def faults() -> list[str]:
    """Paths in documents that lead nowhere."""
    found = []
    files = committed()
    for name in files:
        if not name.endswith(".md"):
            continue
        for path, test in _NAMED.findall((ROOT / name).read_text("utf-8")):
            if not (path.endswith(".py") or path.split("/")[0] in _OURS):
                continue
            wanted = tuple(root + path.rstrip("/") for root in _ROOTS)
            if not any(one in wanted or one.startswith(f"{wanted[0]}/") for one in files):
                found.append(f"{name}: {path} is not there")
            elif test and f"def {test}(" not in (ROOT / path).read_text("utf-8"):
                found.append(f"{name}: {path} has no {test}")
    return found


def main() -> int:
    """Print what stands, if anything does."""
    found = faults()
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
