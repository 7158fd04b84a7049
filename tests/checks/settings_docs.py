"""Settings on paper (``docs/settings.md``, ``.env.example``) are those of ``core/settings.py``.

``--write`` makes them so.
"""

import sys
import textwrap
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, MinLen
from pydantic.fields import FieldInfo

from account_portal.core.environment import is_secret, variable_of
from account_portal.core.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs" / "settings.md"
EXAMPLE = ROOT / ".env.example"
EXAMPLE_HEAD = """\
# Settings of a portal, for a container or a service: copy to .env, take the `#` from what you set.
# Written from account_portal/core/settings.py by `python -m tests.checks.settings_docs --write`."""
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


def example() -> str:
    """Every setting with its default, put out of force: what is not set is as it says."""
    parts = [EXAMPLE_HEAD]
    for name, field in Settings.model_fields.items():
        variable = variable_of(name, field)
        value = default_of(field.default).strip("`").replace("empty", "")
        told = textwrap.wrap(f"{field.description} {limits_of(field)}".strip(), 98)
        if is_secret(field):
            told.append(f"A secret: {variable}_FILE may name a file that holds it.")
        parts += ["", *(f"# {line}" for line in told), f"# {variable}={value}"]
    return "\n".join(parts) + "\n"


def main(arguments: list[str]) -> int:
    pages = {DOCS: page, EXAMPLE: example}
    if arguments == ["--write"]:
        for path, write in pages.items():
            path.write_text(write())
        return 0
    behind = [
        path for path, write in pages.items() if not path.exists() or path.read_text() != write()
    ]
    for path in behind:
        told = path.relative_to(ROOT)
        print(f"{told} is behind the code: python -m tests.checks.settings_docs --write")
    return 1 if behind else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
