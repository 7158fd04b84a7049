"""Puts into a wheel what is no Python: pages as browsers get them, migrations, styles.

Called by hatchling for `pip install .`, `pip wheel .` and `python -m build`. Pages that are not
built yet, or were changed since, are built first; so the packages the portal itself needs are
needed to make a wheel, and Node, which comes as a package too.
"""

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CARRIED = ("rxconfig.py", "alembic", "assets/styles.css", ".web/build", ".web/backend")
WITHIN = "account_portal/carried"
"""Where they lie in the package; `account_portal.core.places` looks there."""


class Carry(BuildHookInterface):  # type: ignore[type-arg]
    """Builds the pages and adds them."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Packages needed to build the pages."""
        project = tomllib.loads((Path(self.root) / "pyproject.toml").read_text("utf-8"))["project"]
        if self.target_name != "wheel":
            return []
        return [*project["dependencies"], *project["optional-dependencies"]["node"]]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Before the wheel is written; an editable one uses what lies in the project's folder."""
        if self.target_name != "wheel" or version == "editable":
            return
        built = subprocess.run(
            [sys.executable, "-m", "account_portal", "build"], cwd=self.root, check=False
        )
        if built.returncode:
            raise RuntimeError("The pages could not be built, so there is nothing to carry.")
        for name in CARRIED:
            build_data["force_include"][str(Path(self.root) / name)] = f"{WITHIN}/{name}"
