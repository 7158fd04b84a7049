"""An HTML page as it travels: compressed where the browser takes that."""

import gzip
import io
import secrets

from account_portal.edge.asgi import Headers, Scope, header


def packed(scope: Scope, page: bytes) -> tuple[bytes, Headers]:
    """The body to send for a request, and the headers that tell of it."""
    headers: Headers = [(b"vary", b"Accept-Encoding")]
    if "gzip" in (header(scope["headers"], b"accept-encoding") or ""):
        page = _gzipped(page)
        headers.append((b"content-encoding", b"gzip"))
    headers.append((b"content-length", str(len(page)).encode()))
    return page, headers


def _gzipped(page: bytes) -> bytes:
    """Compressed, and longer by chance.

    From the exact length of a page that holds a secret beside text of an attacker's choice the
    secret could be guessed (BREACH); the name of the file in gzip's header may have any length.
    """
    written = io.BytesIO()
    name = secrets.token_urlsafe(75)[: secrets.randbelow(100)]
    with gzip.GzipFile(name, "wb", 5, written, mtime=0) as file:
        file.write(page)
    return written.getvalue()
