"""What calls about evidence take and show."""

from typing import Annotated, Literal

from pydantic import Field

from account_portal.core.schemas import Input, Ulid, View
from account_portal.media.schemas import MAX_IMAGES, Photos, Uploads

MAX_VIDEOS = 1
MOST_OF_ITEM = MAX_IMAGES + MAX_VIDEOS
"""Files of one item of a return or claim."""

EvidenceIds = Annotated[
    list[Ulid],
    Field(
        max_length=MOST_OF_ITEM,
        description="Ids of photos and a video that show it, of uploads to this order that no "
        "request has named yet.",
    ),
]


class AddEvidence(Input):
    """Photos and a video of items of an order."""

    images: Photos = Field(default_factory=list)
    videos: Uploads = Field(
        default_factory=list, max_length=MAX_VIDEOS, description="MP4, MOV or WebM, 50 MiB."
    )


class EvidenceFile(View):
    """A photo or video. Addresses are relative to the portal; who holds one can open it."""

    id: Ulid
    kind: Literal["image", "video"]
    url: str
    thumbnail_url: str | None = Field(description="A small picture; a video has none.")
