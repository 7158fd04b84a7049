"""A page that is opened begins without open dialogs, whatever its tab left open before."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

import account_portal
import account_portal.app
from account_portal.core.db import Database
from account_portal.models import User
from account_portal.ui.page_state import PageData
from tests.open_pages import OpenPage

DIALOGS = {"dialog", "removal_dialog"}
SEGMENTS = {"order_number": "1001", "return_id": "RET-1", "claim_id": "CLM-1"}


def called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def openers() -> set[str]:
    """Names of the fields that open dialogs, as pages are written."""
    found: set[str] = set()
    for file in Path(account_portal.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and called(node.func) in DIALOGS:
                said = [ast.unparse(one.value) for one in node.keywords if one.arg == "open"]
                found.update(re.findall(r"\b[Ss]tate\.(\w+)", " ".join(said)))
    return found


def page_states(kind: type = PageData) -> Iterator[type]:
    for one in kind.__subclasses__():
        if "load" in vars(one):
            yield one
        yield from page_states(one)


FOUND = [
    pytest.param(kind, name, id=f"{kind.__name__}.{name}")
    for kind in dict.fromkeys(page_states())
    if kind.__module__.startswith("account_portal.")
    for name in sorted(openers() & set(kind.get_fields()))  # type: ignore[attr-defined]
    if kind.get_fields()[name]._owner is kind  # type: ignore[attr-defined]
]


def test_all_dialogs_of_pages_are_found() -> None:
    of_states = {f"{one.values[1]}" for one in FOUND}
    # These two are of every page, and tested with signing in.
    assert openers() - of_states <= {"signed_out", "open"}
    assert len(FOUND) > 12


def opened_value(kind: Any, name: str) -> Any:
    wanted = kind.get_fields()[name].outer_type_
    models = [one for one in get_args(wanted) if one is not type(None)]
    if models:
        return models[0].model_construct()
    return {bool: True, str: "asked"}[wanted]


@pytest.mark.parametrize(("kind", "name"), FOUND)
def test_a_dialog_that_was_left_open_is_closed_when_the_page_is_opened_again(
    database: Database, owner: User, kind: Any, name: str
) -> None:
    page = OpenPage(database, kind, owner, "/somewhere", **SEGMENTS)
    page.run("load")
    before = getattr(page.state, name)
    setattr(page.state, name, opened_value(kind, name))
    page.run("load")
    assert getattr(page.state, name) == before
    assert not before
