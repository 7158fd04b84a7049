"""One name for one thing: what customers read uses the words of `docs/ui-kit.md`."""

import ast
import re
import sys
from collections.abc import Iterator

from tests.checks.committed_files import ROOT, committed

READ = re.compile(
    r"^account_portal/(?!console/|demo/|merchant/|.*kit_page/)"
    r".*(/pages/|/components/|/state/|/messages/|/ui/|pages\.py$|components\.py$|state\.py$)"
)
"""Modules whose sentences customers read."""
SENTENCE = re.compile(r"\b[A-Z]\w+ |[a-z] [a-z]+[a-z ]*[.!?…]$|^[A-Z][a-z-]+$")
"""What looks like words for people rather than names for machines."""


def refused_words() -> dict[str, str]:
    """The glossary's word for each that stands under "Not"."""
    text = (ROOT / "docs" / "ui-kit.md").read_text("utf-8")
    _, _, table = text.partition("| Say | Of | Not |\n")
    rows = table.partition("\n\n")[0].splitlines()[1:]
    if not rows:
        raise ValueError("docs/ui-kit.md has no glossary")
    found = {}
    for row in rows:
        say, _, unwanted = (cell.strip() for cell in row.strip("|").split("|"))
        found |= {word.strip(): say for word in unwanted.split(",")}
    return found


def sentences(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of what a module's code says to people; its docstrings are for developers."""
    tree = ast.parse(source)
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in told
            and SENTENCE.search(node.value)
        ):
            yield node.lineno, node.value


def faults_in(source: str, refused: dict[str, str]) -> list[str]:
    """Line, word, and the word to use, of each that is not the glossary's."""
    words = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, refused))})s?\b", re.IGNORECASE)
    return [
        f"{line}: “{word}”: say “{refused[word.lower()]}”"
        for line, text in sentences(source)
        for word in words.findall(text)
    ]


def main() -> int:
    """Print what stands, if anything does."""
    refused = refused_words()
    found = [
        f"{name}:{fault}"
        for name in committed()
        if name.endswith(".py") and READ.search(name)
        for fault in faults_in((ROOT / name).read_text("utf-8"), refused)
    ]
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
