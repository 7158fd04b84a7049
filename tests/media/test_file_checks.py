"""Files that customers send are shown to the checks that the shop installed, and only then kept."""

import logging
from collections.abc import Callable
from io import BytesIO
from typing import Any, BinaryIO

import pytest

from account_portal.core.errors import GatewayUnavailable
from account_portal.core.schemas import Upload
from account_portal.core.turns import Turns
from account_portal.gateways import file_checks
from account_portal.gateways.file_checks import FileCheck, FileRefused
from account_portal.media.service import PHOTO, prepare_files, prepare_picture
from tests.factories.pictures import make_picture
from tests.factories.reviews import MP4

KINDS = ("review_image", "review_video")
Install = Callable[..., None]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    def as_if(**checks: FileCheck) -> None:
        monkeypatch.setattr(file_checks, "names", lambda _group: sorted(checks))
        monkeypatch.setattr(file_checks, "load", lambda _group, name: checks[name])

    return as_if


def upload(content: bytes, name: str) -> Upload:
    return Upload(filename=name, content_type="", size=len(content), file=BytesIO(content))


def send(*videos: bytes) -> Any:
    photo = upload(make_picture(), "a.jpg")
    return prepare_files([photo], [upload(film, "b.mp4") for film in videos], kinds=KINDS)


def test_each_check_sees_each_file_as_it_was_sent(install: Install) -> None:
    seen: list[tuple[str, bytes]] = []

    def looking(name: str) -> FileCheck:
        def look(file: BinaryIO) -> None:
            seen.append((name, file.read()))

        return look

    install(one=looking("one"), two=looking("two"))
    assert [file.kind for file in send(MP4)] == [*KINDS]
    photo = make_picture()
    sent = [photo, photo, MP4, MP4]
    assert seen == list(zip(["one", "two"] * 2, sent, strict=True))


def test_what_one_refuses_is_not_read_and_the_log_tells_why(
    install: Install, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse_films(file: BinaryIO) -> str | None:
        return "Worm.Film" if b"ftyp" in file.read(16) else None

    install(scanner=refuse_films)
    with caplog.at_level(logging.WARNING, "account_portal.files"), pytest.raises(FileRefused) as no:
        send(MP4[:-900], MP4)
    assert no.value.fields == {"videos.0": [file_checks.REFUSED]}
    assert no.value.status == 400
    assert caplog.messages == ["the check of files scanner refused one: Worm.Film"]


def test_without_a_verdict_nothing_is_taken(install: Install) -> None:
    def fail(file: BinaryIO) -> str | None:
        raise ConnectionRefusedError("clamd")

    install(scanner=fail)
    with pytest.raises(GatewayUnavailable):
        prepare_picture(upload(make_picture(), "a.jpg"), PHOTO)


def test_a_check_that_hangs_holds_up_few(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    turns = Turns(at_once=1, waiting=1, within=0.01)
    monkeypatch.setattr(file_checks, "CHECKING", turns)
    install(scanner=lambda _file: None)
    with turns.take(), pytest.raises(GatewayUnavailable):
        send(MP4)
    assert send(MP4)
