"""Evidence as it is shown."""

from account_portal.evidence.schemas import EvidenceFile
from account_portal.media.service import media_url, picture_url
from account_portal.models import Media

IMAGE, VIDEO = KINDS = ("evidence_image", "evidence_video")
"""What photos and videos by customers are called in `Media`."""
FOUND_IMAGE, FOUND_VIDEO = FOUND_KINDS = ("found_image", "found_video")
"""And those by the shop, of what it found in a return."""


def view_of(evidence_id: str, media: Media) -> EvidenceFile:
    """A file with its addresses."""
    if media.kind in (VIDEO, FOUND_VIDEO):
        url = media_url(media.id, media.sizes)
        return EvidenceFile(id=evidence_id, kind="video", url=url, thumbnail_url=None)
    return EvidenceFile(
        id=evidence_id,
        kind="image",
        url=media_url(media.id, "large.webp"),
        thumbnail_url=picture_url(media.id, "small"),
    )
