"""Addresses of files: whoever holds one can open the file, and nobody can guess one."""

from account_portal.security import tokens


def media_url(media_id: str, name: str) -> str:
    """Address of a file, relative to the portal.

    Whoever holds the address can open it, as with a picture that is shown to others; it can't be
    guessed from an id, and it never changes, so that caches work.
    """
    return f"/api/media/{media_id}/{name}?s={_signatures(media_id, name)[0]}"


def picture_url(media_id: str | None, size: str = "large") -> str | None:
    """Address of a picture in a size, or nothing when there is none."""
    return media_url(media_id, f"{size}.webp") if media_id else None


def is_ours(media_id: str, name: str, signature: str) -> bool:
    """Whether an address with this signature is one we gave out."""
    return tokens.same_as_one(signature, _signatures(media_id, name))


def _signatures(media_id: str, name: str) -> list[str]:
    return [one[:32] for one in tokens.keyed_digests("media links", f"{media_id}/{name}")]
