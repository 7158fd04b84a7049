"""Where a browser may be sent after signing in."""

import re

from account_portal.routes import HOME

_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")


def local_path(wanted: str | None) -> str:
    r"""The path, if it is one of this site's own; else the home page.

    Browsers read ``//evil`` and ``/\evil`` as other hosts and drop tabs and line ends, so anything
    of that kind is refused rather than repaired.
    """
    if (
        not wanted
        or len(wanted) > 2000
        or not wanted.startswith("/")
        or wanted.startswith(("//", "/api/"))
        or _UNSAFE.search(wanted)
        or not wanted.isascii()
    ):
        return HOME
    return wanted
