"""The pages of a build: their HTML, and which address shows which."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from account_portal.edge.asgi import is_under
from account_portal.edge.csp import script_hashes
from account_portal.routes import EMBED, NEVER_FRAMED, NOT_FOUND

FALLBACK_PAGE = "404.html"
"""Shown at unknown addresses."""

EMPTY_PAGE = "__spa-fallback.html"
"""What React Router would show in place of pages that were not written."""

_ROOT = '"basename":"/"'
_FRAMED = f'"basename":"{EMBED}"'
_HEAD = "<head>"


def inline_script(file: Path) -> str:
    """Text of a script that begins with what all of them share (`storage.js`)."""
    shared = (Path(__file__).parent / "storage.js").read_text(encoding="utf-8")
    # In a function: what one script names is none of another's business.
    return f"(() => {{\n{shared}\n{file.read_text(encoding='utf-8')}}})();\n"


@lru_cache(maxsize=1)
def _frame_script() -> str:
    return inline_script(Path(__file__).parent / "frame.js")


def framed_html(html: str) -> str:
    """A page for a storefront's frame.

    Its router is told where it lives, and one script is put before all others (`frame.js`), which
    knows the frame's ways.
    """
    script = f"<script>{_frame_script()}</script>"
    return html.replace(_HEAD, f"{_HEAD}{script}", 1).replace(_ROOT, _FRAMED)


@dataclass(frozen=True, slots=True)
class Found:
    """What an address leads to.

    Attributes:
        route: of the page; parts that vary in brackets, as in its file's name.
        path: the address inside the portal, without a slash at its end.
        framed: for a storefront's frame.
    """

    route: str
    path: str
    framed: bool = False

    @property
    def is_missing(self) -> bool:
        """Whether it is the page that says so."""
        return self.route == NOT_FOUND

    @property
    def parameters(self) -> dict[str, str]:
        """The parts of the path that vary."""
        pairs = zip(self.route.split("/"), self.path.split("/"), strict=False)
        return {name[1:-1]: value for name, value in pairs if name.startswith("[")}


@dataclass(frozen=True)
class BuiltPages:
    """The pages of a build.

    Attributes:
        html: of each route; parts of it that vary in brackets.
        hidden: routes that are not shown.
    """

    html: Mapping[str, str] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()

    @classmethod
    def read(cls, folder: Path, hidden: Collection[str] = ()) -> "BuiltPages":
        """Read all HTML files of a build's client folder."""
        html = {}
        files = set(folder.rglob("*.html")) - {folder / EMPTY_PAGE}
        # A page that was drawn for its address, in a folder of its own, before a general one.
        for file in sorted(files, key=lambda file: (len(file.parts), file)):
            path = file.relative_to(folder).as_posix().removesuffix(".html")
            path = "/" + ("" if path == "index" else path.removesuffix("/index"))
            html[path] = file.read_text(encoding="utf-8")
        return cls(html, frozenset(hidden))

    def find(self, address: str) -> Found | None:
        """The page at a path; for a hidden one, and below `/embed`, the one that says it isn't."""
        framed = is_under(address, EMBED)
        path = (address.removeprefix(EMBED) if framed else address).rstrip("/") or "/"
        route = self._route(path)
        if path in self.hidden or (framed and (route is None or route in NEVER_FRAMED)):
            route = NOT_FOUND
        return Found(route, path, framed) if route and route in self.html else None

    def _route(self, path: str) -> str | None:
        if path in self.html:
            return path
        return next((page for page, fits in self._varying if fits.fullmatch(path)), None)

    @cached_property
    def _varying(self) -> list[tuple[str, re.Pattern[str]]]:
        return [
            (page, re.compile(re.sub(r"\\\[\w+\\\]", "[^/]+", re.escape(page))))
            for page in self.html
            if "[" in page
        ]

    @cached_property
    def _hashes(self) -> dict[tuple[str, bool], tuple[str, ...]]:
        return {
            (route, framed): script_hashes(framed_html(html) if framed else html)
            for route, html in self.html.items()
            for framed in (False, True)
        }

    def hashes(self, address: str) -> tuple[str, ...]:
        """CSP sources of the scripts in the page that is shown at a path."""
        found = self.find(address) or Found(NOT_FOUND, address)
        return self._hashes.get((found.route, found.framed), ())
