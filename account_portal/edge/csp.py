"""The Content-Security-Policy of each page, computed from the HTML that was built.

React and the router put a handful of inline scripts into each page. Instead of allowing all inline
scripts, the policy of a page names the hashes of its own ones.
"""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path

from account_portal.edge.asgi import is_under
from account_portal.edge.framing import framed_html
from account_portal.routes import EMBED

FALLBACK_PAGE = "404.html"
"""Serves unknown paths."""

DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""For answers that are no page: nothing in them is ever executed."""


class _InlineScripts(HTMLParser):
    def __init__(self) -> None:
        # Browsers hash the text as it stands between the tags.
        super().__init__(convert_charrefs=False)
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" and "src" not in dict(attrs):
            self._inside = True
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1] += data


def inline_scripts(html: str) -> list[str]:
    """Texts of the scripts that stand in a page itself."""
    parser = _InlineScripts()
    parser.feed(html)
    parser.close()
    return [text for text in parser.found if text]


def script_hashes(html: str) -> tuple[str, ...]:
    """CSP sources of a page's inline scripts, each once, in order of appearance."""
    sources = (
        "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"
        for text in inline_scripts(html)
    )
    return tuple(dict.fromkeys(sources))


@dataclass(frozen=True)
class Pages:
    """The pages of a build: which paths are files, and the script hashes of each."""

    hashes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    framed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Of the same pages in a storefront's frame."""
    files: dict[str, Path] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> "Pages":
        """Read all HTML files of a build's client folder."""
        hashes: dict[str, tuple[str, ...]] = {}
        framed: dict[str, tuple[str, ...]] = {}
        files: dict[str, Path] = {}
        for file in sorted(folder.rglob("*.html")):
            path = file.relative_to(folder).as_posix().removesuffix(".html")
            path = "/" + ("" if path == "index" else path.removesuffix("/index"))
            html = file.read_text(encoding="utf-8")
            hashes[path], framed[path] = script_hashes(html), script_hashes(framed_html(html))
            files[path] = file
        return cls(hashes, framed, files)

    def find(self, path: str) -> str | None:
        """The page at a path; parts that vary stand in brackets, as in its file's name."""
        path = path.rstrip("/") or "/"
        if path in self.hashes:
            return path
        return next((page for page, fits in self._varying if fits.fullmatch(path)), None)

    @cached_property
    def _varying(self) -> list[tuple[str, re.Pattern[str]]]:
        return [
            (page, re.compile(re.sub(r"\\\[\w+\\\]", "[^/]+", re.escape(page))))
            for page in self.hashes
            if "[" in page
        ]

    def of(self, path: str) -> tuple[str, ...]:
        """Hashes for the page shown at a path."""
        hashes = self.hashes
        if is_under(path, EMBED):
            path, hashes = path.removeprefix(EMBED), self.framed
        fallback = hashes.get("/" + FALLBACK_PAGE.removesuffix(".html"), ())
        return hashes.get(self.find(path) or "", fallback)


def page_policy(hashes: tuple[str, ...], *, connect: str, frame_ancestors: str) -> str:
    """The policy of one page.

    Args:
        hashes: sources of its inline scripts.
        connect: what it may talk to beside its own origin (older Safari does not count the
            websocket of the same host as `'self'`).
        frame_ancestors: who may show it in a frame.
    """
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(("script-src 'self'", *hashes)),
            "style-src 'self' 'unsafe-inline'",
            # Product pictures live on the shop's own servers, whichever these are.
            "img-src 'self' data: blob: https:",
            f"connect-src 'self' {connect}",
            "media-src 'self' blob:",  # videos of reviews, and those just chosen
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            f"frame-ancestors {frame_ancestors}",
        )
    )
