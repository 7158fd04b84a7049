"""Files of customers: they follow their transaction, and only a signed address opens them."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from account_portal.context import get_gateways
from account_portal.core.db import Database
from account_portal.core.errors import NotFound, PortalError
from account_portal.core.schemas import Upload
from account_portal.media import service
from account_portal.models import Media, User
from tests.conftest import Api
from tests.factories.pictures import make_picture, open_picture

Acting = Callable[..., Any]


def upload(content: bytes) -> Upload:
    return Upload("me.jpg", "image/jpeg", len(content), BytesIO(content))


@pytest.fixture
def folder(database: Database, tmp_path: Path) -> Path:
    """Where the default storage keeps files."""
    return tmp_path / "media"


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def store(acting: Acting, owner: User, kind: str = "picture") -> Media:
    made = service.prepare_picture(upload(make_picture()), service.PORTRAIT)
    with acting(owner) as ctx:
        return service.store_media(ctx, kind, made)


def test_a_stored_picture_has_a_row_and_two_files(
    acting: Acting, owner: User, folder: Path
) -> None:
    media = store(acting, owner)
    assert files(folder) == [f"{media.id}/large.webp", f"{media.id}/small.webp"]
    assert media.customer_id == owner.customer_id
    assert media.sizes == "small.webp,large.webp"
    assert media.byte_count == sum((folder / name).stat().st_size for name in files(folder))


def test_a_rollback_takes_the_files_along(acting: Acting, owner: User, folder: Path) -> None:
    made = service.prepare_picture(upload(make_picture()), service.PORTRAIT)

    def store_and_fail() -> None:
        with acting(owner) as ctx:
            service.store_media(ctx, "picture", made)
            assert len(files(folder)) == 2
            raise PortalError

    with pytest.raises(PortalError):
        store_and_fail()
    assert files(folder) == []


def test_a_deletion_removes_the_files_after_the_commit_only(
    acting: Acting, owner: User, folder: Path
) -> None:
    media = store(acting, owner)

    def delete_and_fail() -> None:
        with acting(owner) as ctx:
            service.delete_media(ctx, media.id)
            raise PortalError

    with pytest.raises(PortalError):
        delete_and_fail()
    assert len(files(folder)) == 2
    with acting(owner) as ctx:
        service.delete_media(ctx, media.id)
        assert len(files(folder)) == 2
    assert files(folder) == []
    assert list(folder.iterdir()) == []


def test_a_stranger_cannot_delete_a_file(
    acting: Acting, owner: User, stranger: User, folder: Path
) -> None:
    media = store(acting, owner)
    with pytest.raises(NotFound), acting(stranger) as ctx:
        service.delete_media(ctx, media.id)
    assert len(files(folder)) == 2


def test_an_address_opens_its_file_and_stays_the_same(
    api: Api, acting: Acting, owner: User
) -> None:
    media = store(acting, owner)
    address = service.picture_url(media.id, "small")
    assert address == service.picture_url(media.id, "small")
    response = api.client.get(str(address))
    assert response.status_code == 200
    assert response.headers["content-type"] == "image/webp"
    assert "immutable" in response.headers["cache-control"]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert open_picture(response.content).size == (96, 96)
    head = api.client.head(str(address))
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize(
    ("wanted", "status", "told", "start", "stop"),
    [
        ("", 200, None, 0, 700_000),
        ("bytes=0-", 200, None, 0, 700_000),
        ("bytes=0-9", 206, "bytes 0-9/700000", 0, 10),
        ("bytes=100-600099", 206, "bytes 100-600099/700000", 100, 600_100),
        ("bytes=699990-9999999", 206, "bytes 699990-699999/700000", 699_990, 700_000),
        ("bytes=-5", 206, "bytes 699995-699999/700000", 699_995, 700_000),
        ("bytes=-9999999", 200, None, 0, 700_000),
        ("bytes=700000-", 416, "bytes */700000", 0, 0),
        ("bytes=9-1", 416, "bytes */700000", 0, 0),
        ("bytes=-0", 416, "bytes */700000", 0, 0),
        ("bytes=0-1,5-6", 200, None, 0, 700_000),
        ("bytes=-", 200, None, 0, 700_000),
        ("lines=1-2", 200, None, 0, 700_000),
        ("bytes=" + "9" * 400 + "-", 200, None, 0, 700_000),
    ],
)
def test_players_ask_for_parts_of_a_video(
    api: Api,
    acting: Acting,
    owner: User,
    wanted: str,
    status: int,
    told: str | None,
    start: int,
    stop: int,
) -> None:
    content = bytes(range(250)) * 2800
    with acting(owner) as ctx:
        media = service.store_media(
            ctx, "review_video", {"video.webm": BytesIO(content)}, "video/webm"
        )
    assert media.byte_count == len(content)
    address = service.media_url(media.id, "video.webm")
    response = api.client.get(address, headers={"Range": wanted} if wanted else {})
    assert (response.status_code, response.headers.get("content-range")) == (status, told)
    assert response.headers["accept-ranges"] == "bytes"
    assert response.content == content[start:stop]
    head = api.client.head(address, headers={"Range": wanted} if wanted else {})
    assert (head.status_code, head.content) == (status, b"")
    assert head.headers["content-length"] == str(stop - start)


def test_a_stream_that_breaks_leaves_no_file(database: Database, folder: Path) -> None:
    class Breaks(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError

    with pytest.raises(OSError):
        get_gateways().storage.write("some/video.webm", Breaks(b"x"))
    assert files(folder) == []


def test_only_the_address_that_was_given_out_opens_a_file(
    api: Api, acting: Acting, owner: User, database: Database
) -> None:
    media, other = store(acting, owner), store(acting, owner)
    path, _, signature = service.media_url(media.id, "small.webp").partition("?s=")
    for address in (
        path,
        f"{path}?s=",
        f"{path}?s={signature[:-1]}",
        f"{path}?s={'0' * 32}",
        f"{path}?s=%00%ff",
        f"{path.replace('small', 'large')}?s={signature}",
        f"{path.replace(media.id, other.id)}?s={signature}",
        f"/api/media/{media.id}/small.exe?s={signature}",
        f"/api/media/..%2f..%2fsecret_key/small.webp?s={signature}",
        f"/api/media/{media.id}/..%2f..%2fsecret_key?s={signature}",
        service.media_url("01HZX3T5V9K2M4N6P8Q0R2S4T6", "small.webp"),
        service.media_url(media.id, "huge.webp"),
        service.media_url("..", "secret_key"),
    ):
        response = api.client.get(address)
        assert response.status_code == 404, address
        assert response.json()["code"] == "not_found"


def test_the_address_of_a_deleted_file_leads_nowhere(api: Api, acting: Acting, owner: User) -> None:
    media = store(acting, owner)
    address = str(service.picture_url(media.id))
    assert api.client.get(address).status_code == 200
    with acting(owner) as ctx:
        service.delete_media(ctx, media.id)
    assert api.client.get(address).status_code == 404


def test_no_picture_has_no_address() -> None:
    assert service.picture_url(None) is None


def test_the_storage_takes_no_key_outside_its_folder(database: Database) -> None:
    storage = get_gateways().storage
    for key in ("../escape", "/etc/escape", "a/../../escape"):
        with pytest.raises(ValueError, match="inside"):
            storage.write(key, b"")
