"""What is a video, told without a database."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from account_portal.core.errors import UnsupportedMediaType
from account_portal.media.rules import video_kind
from tests.factories.pictures import make_picture
from tests.factories.reviews import MP4, WEBM


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (MP4, "mp4"),
        (b"\x00\x00\x00\x14ftypM4V \x00\x00\x00\x00M4V ", "mp4"),
        (b"\x00\x00\x00\x14ftypXXXX\x00\x00\x00\x00isom", "mp4"),
        (b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ", "mp4"),
        (WEBM, "webm"),
    ],
)
def test_videos_are_told_by_their_first_bytes(content: bytes, kind: str) -> None:
    assert video_kind(content) == kind


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"ftypmp42",
        b"<html><script>alert(1)</script>",
        make_picture(),
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1isom",
        b"\x00\x00\x00\x10ftypXXXX\x00\x00\x00\x00isom",
        b"\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1f\x42\x82\x88matroska",
    ],
)
def test_nothing_else_is_a_video(content: bytes) -> None:
    with pytest.raises(UnsupportedMediaType):
        video_kind(content)


@given(head=st.binary(max_size=80))
def test_any_bytes_are_judged_without_a_fault(head: bytes) -> None:
    for start in [b"", b"\x00\x00\x00\xffftyp", b"\xff\xff\xff\xffftyp", b"\x1a\x45\xdf\xa3"]:
        with suppress(UnsupportedMediaType):
            assert video_kind(start + head) in {"mp4", "webm"}
