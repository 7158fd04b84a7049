"""Every page is drawn; no button of theirs that works loses the focus, and every form has one."""

from collections.abc import Iterator
from typing import Any

from account_portal.app import PAGES


def _parts(component: Any) -> Iterator[Any]:
    yield component
    for one in component.children:
        yield from _parts(one)


def _attributes(component: Any) -> dict[str, str]:
    """What a component says of itself, by the name it has in the browser."""
    told = (prop.partition(":") for prop in component.render()["props"])
    return {name.strip('"'): value for name, _, value in told}


def test_buttons_at_work_keep_the_focus_on_every_page() -> None:
    at_work, forms = 0, 0
    for page in PAGES:
        if page.path == "/dev/kit":
            continue  # shows parts that do nothing
        for part in _parts(page.content()):
            if part.tag == "form" and part.event_triggers.get("on_submit"):
                forms += 1
                sends = [_attributes(one) for one in _parts(part) if one.tag == "button"]
                silent = [
                    one for one in sends if one["type"] == '"submit"' and "aria-busy" not in one
                ]
                assert not silent, f"{page.path}: a form that does not say that it works"
            if part.tag != "button":
                continue
            told = _attributes(part)
            busy = told.get("aria-busy")
            if busy is None:
                continue
            at_work += 1
            # What is disabled loses the focus.
            assert told["aria-disabled"] == busy, page.path
            assert "disabled" not in told or f"!({busy})" in told["disabled"], page.path
    assert at_work > 30
    assert forms > 10
