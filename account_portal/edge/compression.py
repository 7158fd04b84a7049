"""HTML as it travels: compressed where the browser takes that."""

import gzip
import io
import secrets

from account_portal.edge.asgi import Scope, header


def takes_gzip(scope: Scope) -> bool:
    """Whether the browser that asks can read it."""
    return "gzip" in (header(scope["headers"], b"accept-encoding") or "")


def gzipped(page: bytes, *, hides_length: bool = False) -> bytes:
    """The page compressed.

    Args:
        page: as it is.
        hides_length: make it longer by chance. From the exact length of a page that holds a secret
            beside text of an attacker's choice the secret could be guessed (BREACH); the name of
            the file in gzip's header may have any length.
    """
    written = io.BytesIO()
    name = secrets.token_urlsafe(75)[: secrets.randbelow(100)] if hides_length else ""
    with gzip.GzipFile(name, "wb", 5, written, mtime=0) as file:
        file.write(page)
    return written.getvalue()
