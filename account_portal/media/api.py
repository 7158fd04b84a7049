"""The one route that hands out files. Not part of the contract: addresses come from its answers."""

from fastapi import APIRouter, Response

from account_portal.context import get_gateways
from account_portal.media import service

router = APIRouter(include_in_schema=False, redirect_slashes=False)

_HEADERS = {
    # The address changes with the file; shared caches must not outlive a deletion.
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}


@router.api_route("/api/media/{media_id}/{name}", methods=["GET", "HEAD"])
def read_media(media_id: str, name: str, s: str = "") -> Response:
    """The file at a signed address; runs in a thread, as it reads from the storage."""
    content, content_type = service.open_media(get_gateways().storage, media_id, name, s)
    return Response(content, media_type=content_type, headers=_HEADERS)
