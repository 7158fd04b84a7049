"""Videos that strangers send, freed of what they tell beside picture and sound.

Phones write the place and the day into each film, and programs add titles, names and notes. A film
is not encoded anew, which would take minutes of a processor: what is not needed to play it is
overwritten where it stands, so that no byte moves and every table of places stays right.
"""

from typing import BinaryIO

from account_portal.core.errors import InvalidInput
from account_portal.gateways.pictures import DECODING
from account_portal.gateways.videos import matroska, mp4
from account_portal.gateways.videos.pieces import Damaged, File

_CLEANERS = {"mp4": mp4.clean, "webm": matroska.clean}


class VideoUnreadable(InvalidInput):
    """The file claims to be a video but is damaged, cut short or like none that cameras make."""


def clean_video(stream: BinaryIO, kind: str, *, field: str = "video") -> None:
    """Overwrite, in the stream itself, all that is not needed to play it.

    Args:
        stream: the file, which can be written to; a cleaned one stays as it is.
        kind: `mp4` or `webm`.
        field: name of the input field, for the error.

    Raises:
        VideoUnreadable: damaged, cut short, or without a picture.
        GatewayUnavailable: too many others are being read.
    """
    with DECODING.take():
        try:
            _CLEANERS[kind](File(stream))
        except Damaged as damage:
            raise VideoUnreadable(**{field: f"cannot be read; {damage}"}) from None


__all__ = ["VideoUnreadable", "clean_video"]
