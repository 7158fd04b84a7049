"""The page about the kit names all of it."""

import re
from pathlib import Path

from account_portal.ui import components
from tests.checks.glossary import faults_in, refused_words

DOCS = (Path(__file__).parents[2] / "docs" / "ui-kit.md").read_text()


def test_everything_pages_may_use_is_described() -> None:
    named = set(re.findall(r"\w+", " ".join(re.findall(r"`[^`]+`|```.*?```", DOCS, re.DOTALL))))
    assert set(components.__all__) - named == set()


def test_every_call_described_exists() -> None:
    elsewhere = {"shell", "plain", "frame", "MenuRow", "upload_files"}
    called = set(re.findall(r"(?<![\w.])(?:ui\.)?([a-zA-Z_]+)\(", DOCS)) - elsewhere
    assert {name for name in called if name != "var"} - set(components.__all__) == set()


def test_words_that_are_not_the_glossarys_are_found() -> None:
    refused = refused_words()
    source = 'def page():\n    """Log in."""\n    return text("Log in to see your shipments")\n'
    assert faults_in(source, refused) == [
        "3: “Log in”: say “sign in”",
        "3: “shipment”: say “parcel”",
    ]
    assert faults_in('text("Sign in to see your parcels")', refused) == []
