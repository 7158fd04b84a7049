"""Rules of reviews, without a database."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from account_portal.core.errors import UnsupportedMediaType
from account_portal.reviews import rules
from account_portal.states import ReviewStatus
from tests.factories.pictures import make_picture
from tests.factories.reviews import MP4, WEBM


@given(halves=st.integers(2, 10))
def test_half_stars_and_back(halves: int) -> None:
    assert rules.half_stars(rules.stars(halves)) == halves


@given(ratings=st.lists(st.integers(2, 10), max_size=50))
def test_the_average_lies_between_the_ratings(ratings: list[int]) -> None:
    mean = rules.average(sum(ratings), len(ratings))
    if not ratings:
        assert mean == 0
    else:
        assert rules.stars(min(ratings)) <= mean <= rules.stars(max(ratings))


def test_the_average_is_rounded_half_up() -> None:
    assert rules.average(10 + 9 + 9, 3) == Decimal("4.67")
    assert rules.average(2 * 400 + 1, 200) == Decimal("2.00")
    assert rules.average(2 * 200 + 2, 100) == Decimal("2.01")


def test_only_a_rejected_review_may_be_written_again() -> None:
    allowed = {state for state in [None, *ReviewStatus] if rules.may_write(state)}
    assert allowed == {None, ReviewStatus.REJECTED}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (MP4, "mp4"),
        (b"\x00\x00\x00\x14ftypM4V \x00\x00\x00\x00M4V ", "mp4"),
        (b"\x00\x00\x00\x14ftypXXXX\x00\x00\x00\x00isom", "mp4"),
        (WEBM, "webm"),
    ],
)
def test_videos_are_told_by_their_first_bytes(content: bytes, kind: str) -> None:
    assert rules.video_kind(content) == kind


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"ftypmp42",
        b"<html><script>alert(1)</script>",
        make_picture(),
        b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ",
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1isom",
        b"\x00\x00\x00\x10ftypXXXX\x00\x00\x00\x00isom",
        b"\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1f\x42\x82\x88matroska",
    ],
)
def test_nothing_else_is_a_video(content: bytes) -> None:
    with pytest.raises(UnsupportedMediaType):
        rules.video_kind(content)


@given(head=st.binary(max_size=80))
def test_any_bytes_are_judged_without_a_fault(head: bytes) -> None:
    for start in [b"", b"\x00\x00\x00\xffftyp", b"\xff\xff\xff\xffftyp", b"\x1a\x45\xdf\xa3"]:
        with suppress(UnsupportedMediaType):
            assert rules.video_kind(start + head) in {"mp4", "webm"}
