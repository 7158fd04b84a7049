"""Photos and videos as forms send them."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from account_portal.core.schemas import Upload

MAX_IMAGES = 5
"""Photos of one thing: a review, or an item that goes back or has a problem."""


def _chosen(value: Any) -> Any:
    # A browser sends an empty file for a field in which none was chosen.
    if not isinstance(value, list):
        return value
    return [
        file
        for file in value
        if not (isinstance(file, Upload) and not file.filename and not file.size)
    ]


Uploads = Annotated[list[Upload], BeforeValidator(_chosen)]
Photos = Annotated[
    Uploads, Field(max_length=MAX_IMAGES, description="JPEG, PNG or WebP, 5 MiB each.")
]
