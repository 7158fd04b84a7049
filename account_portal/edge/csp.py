"""The Content-Security-Policy of each page, computed from the HTML that was built.

React and the router put a handful of inline scripts into each page. Instead of allowing all inline
scripts, the policy of a page names the hashes of its own ones.
"""

import base64
import hashlib
from html.parser import HTMLParser

DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""For answers that are no page: nothing in them is ever executed."""


class _InlineScripts(HTMLParser):
    def __init__(self) -> None:
        # Browsers hash the text as it stands between the tags.
        super().__init__(convert_charrefs=False)
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "script" and "src" not in said and said.get("type") != "application/json":
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
