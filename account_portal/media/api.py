"""The one route that hands out files. Not part of the contract: addresses come from its answers."""

import re
from collections.abc import Iterator
from os import SEEK_END
from typing import Annotated, BinaryIO

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse

from account_portal.edge.csp import DATA_POLICY
from account_portal.gateways import get_gateways
from account_portal.media import service

router = APIRouter(include_in_schema=False, redirect_slashes=False)

_PIECE = 256 * 1024
"""Bytes of a file that are in memory at once, whoever asks for how much."""
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")

_HEADERS = {
    # The address changes with the file; shared caches must not outlive a deletion.
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Security-Policy": f"{DATA_POLICY}; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
    "Accept-Ranges": "bytes",
}


@router.api_route("/api/media/{media_id}/{name}", methods=["GET", "HEAD"])
def read_media(
    request: Request,
    media_id: str,
    name: str,
    s: str = "",
    wanted: Annotated[str, Header(alias="range")] = "",
) -> Response:
    """The file at a signed address, or a part of it; in a thread, as it reads from the storage.

    Players of videos ask for parts: some refuse what they cannot have so, and none can wind.
    """
    file, content_type = service.open_media(get_gateways().storage, media_id, name, s)
    length = file.seek(0, SEEK_END)
    part = _part(wanted, length)
    if part is None:
        file.close()
        return Response(status_code=416, headers={**_HEADERS, "Content-Range": f"bytes */{length}"})
    headers, status = {**_HEADERS, "Content-Length": str(len(part))}, 200
    if len(part) < length:
        headers["Content-Range"], status = f"bytes {part.start}-{part.stop - 1}/{length}", 206
    if len(part) <= _PIECE or request.method == "HEAD":
        with file:
            content = b"" if request.method == "HEAD" else _read(file, part)
        return Response(content, status, headers, content_type)
    return StreamingResponse(_pieces(file, part), status, headers, content_type)


def _part(wanted: str, length: int) -> range | None:
    """The bytes a `Range` header asks for: all if it says nothing we know, none if there are none.

    Several ranges at once may be answered by the whole file.
    """
    found = _RANGE.fullmatch(wanted.replace(" ", ""))
    first, last = found.groups() if found else ("", "")
    if not first and not last:
        return range(length)
    if first:
        part = range(int(first), min(int(last) + 1 if last else length, length))
    else:
        part = range(max(length - int(last), 0), length)
    return part or None


def _read(file: BinaryIO, part: range) -> bytes:
    file.seek(part.start)
    return file.read(len(part))


def _pieces(file: BinaryIO, part: range) -> Iterator[bytes]:
    with file:
        for start in part[::_PIECE]:
            yield _read(file, range(start, min(start + _PIECE, part.stop)))
