"""The page about the kit names all of it."""

import re
from pathlib import Path

from account_portal.ui import components

DOCS = (Path(__file__).parents[2] / "docs" / "ui-kit.md").read_text()


def test_everything_pages_may_use_is_described() -> None:
    named = set(re.findall(r"\w+", " ".join(re.findall(r"`[^`]+`|```.*?```", DOCS, re.DOTALL))))
    assert set(components.__all__) - named == set()


def test_every_call_described_exists() -> None:
    elsewhere = {"shell", "plain", "frame", "MenuRow", "upload_files"}
    called = set(re.findall(r"(?<![\w.])(?:ui\.)?([a-zA-Z_]+)\(", DOCS)) - elsewhere
    assert {name for name in called if name != "var"} - set(components.__all__) == set()
