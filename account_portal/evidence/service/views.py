"""Evidence as it is shown."""

from account_portal.evidence.schemas import EvidenceFile
from account_portal.media.service import media_url, picture_url
from account_portal.models import Media

IMAGE, VIDEO = KINDS = ("evidence_image", "evidence_video")
"""What photos and videos are called in `Media`."""


def view_of(evidence_id: str, media: Media) -> EvidenceFile:
    """A file with its addresses."""
    if media.kind == VIDEO:
        url = media_url(media.id, media.sizes)
        return EvidenceFile(id=evidence_id, kind="video", url=url, thumbnail_url=None)
    return EvidenceFile(
        id=evidence_id,
        kind="image",
        url=media_url(media.id, "large.webp"),
        thumbnail_url=picture_url(media.id, "small"),
    )
