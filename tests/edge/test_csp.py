"""Hashes of a page's own scripts."""

import base64
import hashlib

from hypothesis import given
from hypothesis import strategies as st

from account_portal.edge.csp import inline_scripts, script_hashes


def sha256(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def test_only_scripts_that_stand_in_the_page_are_hashed() -> None:
    html = (
        "<head><script src='/assets/a.js'></script><script>one()</script></head>"
        "<body><div hidden><script type=module async>two()\n</script></div><p>three()</p></body>"
    )
    assert inline_scripts(html) == ["one()", "two()\n"]
    assert script_hashes(html) == (sha256("one()"), sha256("two()\n"))


def test_the_same_script_is_named_once() -> None:
    assert len(script_hashes("<script>a()</script><script>a()</script>")) == 1


def test_text_is_taken_as_it_stands() -> None:
    html = '<script>if (a &amp;&amp; b < c) { x = "&lt;p>" } // é</script>'
    assert inline_scripts(html) == ['if (a &amp;&amp; b < c) { x = "&lt;p>" } // é']


@given(
    st.lists(
        st.text(st.characters(exclude_characters="</\r\0", exclude_categories=["Cs"]), min_size=1)
    )
)
def test_any_script_is_found_whole(scripts: list[str]) -> None:
    html = "".join(f"<p>text</p><script>{script}</script>" for script in scripts)
    assert inline_scripts(html) == scripts
