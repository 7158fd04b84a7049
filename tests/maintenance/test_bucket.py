"""Files in a bucket: what a folder does, a bucket does; a bucket that is away is said to be."""

import socket
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from account_portal.core.db import Database
from account_portal.core.errors import GatewayUnavailable
from account_portal.core.settings import SettingsError, load_settings
from account_portal.gateways.storage import FolderStorage, Storage, open_storage
from account_portal.maintenance.files import copy_files
from account_portal.models import User
from tests.conftest import Set
from tests.maintenance.test_backup import keep_file

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ALLOW_HTTP": "true",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def bucket(database: Database, keys: None, endpoint: str, tmp_path: Path) -> Storage:
    name = f"files-{tmp_path.name.replace('_', '-').strip('-').lower()}"[:60].strip("-")
    boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket=name)
    return open_storage(f"s3://{name}/portal", tmp_path)


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return FolderStorage(tmp_path / "files")
    found: Storage = request.getfixturevalue("bucket")
    return found


def content_of(storage: Storage, key: str) -> bytes | None:
    file = storage.open(key)
    if file is None:
        return None
    with file:
        return file.read()


def test_files_are_kept_replaced_and_removed(storage: Storage) -> None:
    storage.check()
    assert content_of(storage, "01A/small.webp") is None
    storage.write("01A/small.webp", b"one")
    assert content_of(storage, "01A/small.webp") == b"one"
    stream = BytesIO(b"two" * 5_000_000)  # is sent in parts
    stream.read()  # a stream is taken from its start, wherever it stands
    storage.write("01A/small.webp", stream)
    assert content_of(storage, "01A/small.webp") == b"two" * 5_000_000
    storage.delete("01A/small.webp")
    storage.delete("01A/small.webp")
    assert content_of(storage, "01A/small.webp") is None


def test_a_part_of_a_file_is_read_as_players_of_videos_do(storage: Storage) -> None:
    storage.write("01B/video.mp4", bytes(range(256)) * 4000)
    file = storage.open("01B/video.mp4")
    assert file is not None
    with file:
        assert file.seek(0, 2) == 1_024_000
        file.seek(500_001)
        assert file.read(300) == (bytes(range(256)) * 4000)[500_001:500_301]
        assert file.seek(-2, 2) == 1_023_998
        assert file.read() == b"\xfe\xff"


def test_files_move_between_places(
    bucket: Storage, database: Database, owner: User, tmp_path: Path
) -> None:
    media = keep_file(database, owner)
    here = FolderStorage(tmp_path / "media")
    assert copy_files(database, here, bucket) == (2, 0)
    back = FolderStorage(tmp_path / "back")
    assert copy_files(database, bucket, back) == (2, 0)
    assert content_of(back, f"{media.id}/large.webp") == b"a picturelarge.webp"
    bucket.delete(f"{media.id}/large.webp")
    assert copy_files(database, bucket, back) == (1, 1)


def test_a_bucket_that_is_away_or_not_there_is_said_to_be(
    database: Database, keys: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    missing = open_storage("s3://nobody-made-this-bucket/x", tmp_path)
    with pytest.raises(GatewayUnavailable):
        missing.write("a/b", b"x")
    with pytest.raises(GatewayUnavailable):
        missing.check()
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{unheard.getsockname()[1]}")
        away = open_storage("s3://files/x", tmp_path)
        for attempt in (lambda: away.write("a/b", b"x"), lambda: away.open("a/b"), away.check):
            with pytest.raises(GatewayUnavailable):
                attempt()


@pytest.mark.parametrize("url", ["ftp://x", "s3://", "file://relative", "bucket"])
def test_an_address_that_is_no_storage_stops_the_start(
    database: Database, set_settings: Set, url: str
) -> None:
    set_settings(PORTAL_STORAGE_URL=url)
    with pytest.raises(SettingsError, match="PORTAL_STORAGE_URL"):
        load_settings()
