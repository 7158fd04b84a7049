"""Videos that were stored before they were freed of what they tell: they are by a command."""

from io import BytesIO
from typing import BinaryIO

import pytest
from click.testing import CliRunner

from account_portal.context import get_gateways
from account_portal.core.db import Database
from account_portal.gateways.storage import Storage
from account_portal.gateways.videos import clean_video
from account_portal.maintenance.commands import files
from account_portal.maintenance.files import clean_videos
from account_portal.models import Media, User
from tests.factories.quicktime import make_quicktime
from tests.factories.reviews import MP4, WEBM
from tests.maintenance.test_backup import keep_file


def keep(database: Database, user: User, content: bytes, kind: str = "mp4") -> str:
    """A video as it was sent; its key."""
    media = Media(
        customer_id=user.customer_id,
        kind="review_video",
        content_type=f"video/{kind}",
        sizes=f"video.{kind}",
        byte_count=len(content),
        created_at=user.created_at,
    )
    key = f"{media.id}/video.{kind}"
    get_gateways().storage.write(key, content)
    with database.session(writes=True) as db:
        db.add(media)
        db.commit()
    return key


def stored(key: str) -> bytes | None:
    file = get_gateways().storage.open(key)
    if file is None:
        return None
    with file:
        return file.read()


def cleaned(content: bytes, kind: str) -> bytes:
    film = BytesIO(content)
    clean_video(film, kind)
    return film.getvalue()


def run() -> tuple[int, str]:
    found = CliRunner().invoke(files, ["clean-videos"])
    return found.exit_code, found.output


def test_stored_videos_tell_nothing_afterwards_and_pictures_are_left(
    database: Database, owner: User
) -> None:
    picture = keep_file(database, owner)
    films = {(MP4, "mp4"), (WEBM, "webm"), (make_quicktime(), "mp4")}
    keys = {keep(database, owner, *film): film for film in films}
    as_sent_now = keep(database, owner, cleaned(MP4, "mp4"))
    gone = keep(database, owner, MP4)
    get_gateways().storage.delete(gone)

    code, said = run()
    assert code == 0
    assert said.splitlines() == [
        "Overwritten: 3 videos; nothing to do: 1.",
        "1 videos that rows refer to are not here: removed, or lost.",
    ]
    for key, film in keys.items():
        assert stored(key) == cleaned(*film)
    assert stored(as_sent_now) == cleaned(MP4, "mp4")
    assert stored(gone) is None
    assert stored(f"{picture.id}/large.webp") == b"a picturelarge.webp"
    assert run()[1].startswith("Overwritten: 0 videos; nothing to do: 4.")


def test_damaged_ones_are_named_stay_and_stop_no_others(database: Database, owner: User) -> None:
    damaged = keep(database, owner, MP4[:-900])
    whole = keep(database, owner, MP4)
    code, said = run()
    assert code == 1
    assert "Overwritten: 1 videos" in said
    assert f"1 videos are damaged and stay as they are: {damaged}" in said
    assert stored(damaged) == MP4[:-900]
    assert stored(whole) == cleaned(MP4, "mp4")


class TakenBack:
    """A storage from which a customer takes a video back while it is overwritten."""

    def __init__(self, database: Database, storage: Storage) -> None:
        self.database, self.storage = database, storage

    def open(self, key: str) -> BinaryIO | None:
        return self.storage.open(key)

    def write(self, key: str, content: bytes | BinaryIO) -> None:
        with self.database.session(writes=True) as db:
            db.delete(db.get(Media, key.partition("/")[0]))
            db.commit()
        self.storage.delete(key)
        self.storage.write(key, content)

    def delete(self, key: str) -> None:
        self.storage.delete(key)

    def check(self) -> None:
        raise NotImplementedError


@pytest.mark.parametrize("content", [MP4, make_quicktime()], ids=["mp4", "mov"])
def test_one_that_is_taken_back_meanwhile_does_not_come_back(
    database: Database, owner: User, content: bytes
) -> None:
    key = keep(database, owner, content)
    clean_videos(database, TakenBack(database, get_gateways().storage))
    assert stored(key) is None
