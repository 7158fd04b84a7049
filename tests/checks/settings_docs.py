"""``docs/settings.md`` says what ``core/settings.py`` says; ``--write`` makes it so."""

import sys
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, MinLen
from pydantic.fields import FieldInfo

from account_portal.core.environment import is_secret, variable_of
from account_portal.core.settings import Settings

DOCS = Path(__file__).resolve().parents[2] / "docs" / "settings.md"
HEAD = """\
# Settings

Read once at the start, from the environment. A wrong value stops the start with one sentence per
fault; the defaults run on an empty machine. `python -m account_portal doctor` checks them together
with what they point to. A name that begins with `PORTAL_` and is no setting stops the start too.

What is marked *secret* may also come from a file, as containers are given secrets:
`PORTAL_SECRET_KEY_FILE=/run/secrets/portal_key` in place of `PORTAL_SECRET_KEY`.

| Setting | Default | What it does |
|--|--|--|
"""
FOOT = """
This page is written from `account_portal/core/settings.py` by
`python -m tests.checks.settings_docs --write`; `make check` compares the two.
"""


def default_of(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        texts = (":".join(map(str, part)) if isinstance(part, tuple) else part for part in value)
        value = ",".join(texts)
    return f"`{value}`" if str(value) else "empty"


def limits_of(field: FieldInfo) -> str:
    """What a value must keep to, as far as the type says so."""
    if get_origin(field.annotation) is Literal:
        choices = [f"`{choice}`" for choice in get_args(field.annotation) if choice]
        return "One of " + ", ".join(choices) + "." if len(choices) > 1 else ""
    low = next((m.ge for m in field.metadata if isinstance(m, Ge)), None)
    high = next((m.le for m in field.metadata if isinstance(m, Le)), None)
    if low is not None and high is not None:
        return f"From {low} to {high}."
    if any(isinstance(m, Gt) for m in field.metadata):
        return "Above zero."
    return "Not empty." if any(isinstance(m, MinLen) for m in field.metadata) else ""


def page() -> str:
    rows = []
    for name, field in Settings.model_fields.items():
        assert field.description, f"{name} needs a description"
        secret = " *Secret.*" if is_secret(field) else ""
        meaning = f"{field.description} {limits_of(field)}".strip().replace("|", "\\|") + secret
        rows.append(f"| `{variable_of(name, field)}` | {default_of(field.default)} | {meaning} |\n")
    return HEAD + "".join(rows) + FOOT


def main(arguments: list[str]) -> int:
    if arguments == ["--write"]:
        DOCS.write_text(page())
        return 0
    if DOCS.exists() and DOCS.read_text() == page():
        return 0
    print("docs/settings.md is behind the code: python -m tests.checks.settings_docs --write")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
