"""Where what is no Python lies: in the project, or in the package where that is installed."""

import os
import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_CARRIED = _PACKAGE / "carried"

IS_INSTALLED = _CARRIED.is_dir()
"""Whether this is an installed wheel, which carries its pages and builds none."""

ROOT = _CARRIED if IS_INSTALLED else _PACKAGE.parent
"""Holds `rxconfig.py`, `alembic/`, `assets/` and the browser build (`.web/build`)."""


def begin_in_project() -> None:
    """Let relative paths begin in the project's folder, wherever a command was given.

    Where the portal is installed they begin where the command was given: its own folder is no
    place for a shop's data.
    """
    if not IS_INSTALLED:
        os.chdir(ROOT)


def lead_reflex(data_dir: Path) -> None:
    """Tell Reflex where its build lies, and that what it writes goes into the data folder."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    if IS_INSTALLED:
        os.environ["REFLEX_WEB_WORKDIR"] = str(ROOT / ".web")
    os.environ["REFLEX_STATES_WORKDIR"] = str(data_dir.resolve() / "states")
