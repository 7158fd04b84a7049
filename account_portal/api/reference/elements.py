"""HTML from Python: `element("p", "Tea & cake", class_="muted")`. Texts are escaped."""

import re
from html import escape

VOID = frozenset({"meta", "link", "br", "wbr"})


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(tag: str, *children: str, **attributes: str | bool) -> Html:
    """One element. `class_` is `class`, `aria_label` is `aria-label`; True: without a value."""
    written = "".join(
        f" {_name(name)}" if value is True else f' {_name(name)}="{escape(str(value))}"'
        for name, value in attributes.items()
        if value is not False
    )
    if tag in VOID:
        return Html(f"<{tag}{written}>")
    return Html(f"<{tag}{written}>{join(*children)}</{tag}>")


def join(*children: str) -> Html:
    """Several pieces in a row."""
    return Html("".join(child if isinstance(child, Html) else escape(child) for child in children))


def prose(text: str) -> Html:
    """A text of the document: paragraphs and `code`."""
    paragraphs = [part.strip() for part in text.split("\n\n") if part.strip()]
    return join(*(element("p", inline(paragraph)) for paragraph in paragraphs))


def inline(text: str) -> Html:
    """A line of the document: only `code` is marked."""
    parts = re.split(r"``?([^`]+)``?", " ".join(text.split()))
    return join(
        *(element("code", part) if place % 2 else part for place, part in enumerate(parts) if part)
    )


def _name(name: str) -> str:
    return name.rstrip("_").replace("_", "-")
