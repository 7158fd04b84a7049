"""The console's stylesheets: the portal's own tokens, the shop's accent, and what is laid out here.

Without any script the theme is chosen by which sheets a page links: the dark one always, never, or
where the system asks for it.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

from account_portal.core.places import ROOT
from account_portal.core.settings import get_settings
from account_portal.core.theme import DARK, LIGHT, accent_for, declarations

_HERE = Path(__file__).parent
_STYLES = ROOT / "assets" / "styles.css"
THEMES = ("system", "light", "dark")


def _tokens() -> tuple[str, str]:
    """What `assets/styles.css` declares for the light theme, and for the dark one."""
    css = _STYLES.read_text(encoding="utf-8")
    found = [
        re.search(rf"{start} \{{(.*?)\n\s*\}}", css, re.DOTALL) for start in (":root", r"\.dark")
    ]
    light, dark = (match.group(1) if match else "" for match in found)
    assert "--page" in light
    assert "--page" in dark
    return light, dark


@cache
def _sheets(accent: str, radius: int) -> tuple[str, str]:
    light, dark = _tokens()
    laid_out = (_HERE / "console.css").read_text(encoding="utf-8")
    light += f"{declarations(accent_for(accent, LIGHT))}--radius:{radius}px"
    dark += declarations(accent_for(accent, DARK))
    return f":root{{{light}}}\n{laid_out}", f":root{{color-scheme:dark;{dark}}}\n"


def light_css() -> str:
    """The sheet every page has."""
    settings = get_settings()
    return _sheets(settings.accent, settings.radius)[0]


def dark_css() -> str:
    """The sheet of dark pages, in addition."""
    settings = get_settings()
    return _sheets(settings.accent, settings.radius)[1]


def version() -> str:
    """Changes with the sheets, so that browsers may keep each."""
    return hashlib.sha256((light_css() + dark_css()).encode()).hexdigest()[:12]
