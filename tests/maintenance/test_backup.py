"""A backup made while customers write is of one moment, and comes back equal to the row."""

import json
import threading
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text

from account_portal.console.rules import Role
from account_portal.console.service import accounts
from account_portal.context import SHOP, enter, get_gateways
from account_portal.core.db import Database
from account_portal.gateways.storage import FolderStorage
from account_portal.maintenance import backup as backup_module
from account_portal.maintenance.backup import (
    MANIFEST,
    BackupUnusable,
    restore_backup,
    write_backup,
)
from account_portal.maintenance.commands import backup, database, files, restore
from account_portal.maintenance.tables import NotEmpty
from account_portal.models import Address, Media, StaffMember, StaffSession, User
from tests.factories.addresses import make_address
from tests.factories.users import make_user
from tests.maintenance.test_database_copy import lines


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request: pytest.FixtureRequest, database: Database) -> Database:
    found: Database = request.getfixturevalue(f"other_{request.param}")
    return found


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "backup.zip"


@pytest.fixture
def elsewhere(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "elsewhere")


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def keep_file(database: Database, user: User, content: bytes = b"a picture") -> Media:
    media = Media(
        customer_id=user.customer_id,
        kind="picture",
        content_type="image/webp",
        sizes="small.webp,large.webp",
        byte_count=len(content),
        created_at=user.created_at,
    )
    for name in media.sizes.split(","):
        get_gateways().storage.write(f"{media.id}/{name}", content + name.encode())
    with database.session(writes=True) as db:
        db.add(media)
        db.commit()
    return media


def test_rows_and_files_come_back_as_they_were(
    demo: Database, other: Database, elsewhere: FolderStorage, place: Path, tmp_path: Path
) -> None:
    keep_file(demo, make_user(demo, email="pictured@example.com"))
    manifest = write_backup(demo, get_gateways().storage, place)
    assert place.stat().st_mode & 0o077 == 0
    restored = restore_backup(other, elsewhere, place)
    assert lines(other) == lines(demo)
    assert files_of(tmp_path / "elsewhere") == files_of(tmp_path / "media")
    assert restored == manifest
    assert manifest.files == 6


def test_a_backup_made_while_customers_write_is_of_one_moment(
    demo: Database, other_sqlite: Database, elsewhere: FolderStorage, place: Path
) -> None:
    """Each writer adds a customer and then an address of theirs: never the second alone."""
    stop, begun = threading.Event(), threading.Barrier(3, timeout=30)

    def write(name: str) -> None:
        number = 0
        while not stop.is_set():
            user = make_user(demo, email=f"{name}-{number}@example.com")
            make_address(demo, user)
            number += 1
            if number == 1:
                begun.wait()

    writers = [threading.Thread(target=write, args=(name,)) for name in ("ann", "bob")]
    for writer in writers:
        writer.start()
    begun.wait()
    try:
        manifest = write_backup(demo, get_gateways().storage, place)
    finally:
        stop.set()
        for writer in writers:
            writer.join(30)
    restore_backup(other_sqlite, elsewhere, place)
    with other_sqlite.session(writes=False) as db:
        owners = set(db.execute(select(User.customer_id)).scalars())  # type: ignore[call-overload]
        users = db.execute(select(func.count()).select_from(User)).scalar_one()
        of_addresses = set(db.execute(select(Address.customer_id)).scalars())  # type: ignore[call-overload]
    assert users == manifest.tables["users"].rows
    assert of_addresses <= owners


def test_a_file_removed_meanwhile_is_missing_in_the_backup_too(
    database: Database, owner: User, other_sqlite: Database, elsewhere: FolderStorage, place: Path
) -> None:
    media = keep_file(database, owner)
    get_gateways().storage.delete(f"{media.id}/small.webp")
    assert write_backup(database, get_gateways().storage, place).files == 1
    restore_backup(other_sqlite, elsewhere, place)
    assert elsewhere.open(f"{media.id}/small.webp") is None
    kept = elsewhere.open(f"{media.id}/large.webp")
    assert kept is not None
    with kept:
        assert kept.read() == b"a picturelarge.webp"


def damaged(place: Path, how: str) -> None:
    """Spoil a backup in one of the ways files are spoiled."""
    content = place.read_bytes()
    if how == "cut off":
        place.write_bytes(content[: len(content) // 2])
    elif how == "a bit flipped":
        start = content.index(b"rows/users.ndjson") + 60
        place.write_bytes(content[:start] + bytes([content[start] ^ 1]) + content[start + 1 :])
    elif how == "no backup":
        place.write_bytes(b"Not a ZIP file at all.")
    else:
        rewritten = BytesIO()
        with zipfile.ZipFile(place) as old, zipfile.ZipFile(rewritten, "w") as new:
            for name in old.namelist():
                new.writestr(name, changed(name, old.read(name), how))
        place.write_bytes(rewritten.getvalue())


def changed(name: str, content: bytes, how: str) -> bytes:
    if how == "a row changed" and name == "rows/users.ndjson":
        return content.replace(b"Olivia", b"Oliver")
    if how == "a row lost" and name == "rows/users.ndjson":
        return b"".join(content.splitlines(keepends=True)[1:])
    if how == "a row of nonsense" and name == "rows/users.ndjson":
        return b'{"id": 7}\n'
    if how == "another version" and name == MANIFEST:
        return json.dumps(json.loads(content) | {"revision": "0001"}).encode()
    if how == "a later format" and name == MANIFEST:
        return json.dumps(json.loads(content) | {"format": 9}).encode()
    return content


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "how",
    [
        "cut off",
        "a bit flipped",
        "no backup",
        "a row changed",
        "a row lost",
        "a row of nonsense",
        "another version",
        "a later format",
    ],
)
def test_a_damaged_backup_changes_nothing(
    database: Database,
    owner: User,
    other_sqlite: Database,
    elsewhere: FolderStorage,
    place: Path,
    tmp_path: Path,
    how: str,
) -> None:
    keep_file(database, owner)
    write_backup(database, get_gateways().storage, place)
    damaged(place, how)
    with pytest.raises(BackupUnusable):
        restore_backup(other_sqlite, elsewhere, place)
    assert not any(lines(other_sqlite).values())
    assert files_of(tmp_path / "elsewhere") == {}


def test_a_portal_with_customers_is_left_alone(
    database: Database, owner: User, elsewhere: FolderStorage, place: Path
) -> None:
    write_backup(database, get_gateways().storage, place)
    before = lines(database)
    with pytest.raises(NotEmpty):
        restore_backup(database, elsewhere, place)
    assert lines(database) == before


def test_a_backup_that_fails_leaves_nothing_behind(
    database: Database, owner: User, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup_module, "encode_row", fail)
    with pytest.raises(OSError, match="No space"):
        write_backup(database, get_gateways().storage, place)
    assert not [path for path in place.parent.iterdir() if "backup" in path.name]


def test_the_commands(demo: Database, tmp_path: Path, place: Path) -> None:
    keep_file(demo, make_user(demo, email="pictured@example.com"))
    run = CliRunner().invoke
    written = run(backup, [str(place)])
    assert written.exit_code == 0, written.output
    assert "6 files" in written.output
    again = run(backup, [str(place)])
    assert (again.exit_code, "is there already" in again.output) == (1, True)
    folder = tmp_path / "nightly"
    assert run(backup, [f"{folder}/"]).exit_code == 0
    [archive] = folder.iterdir()
    assert (archive.suffix, folder.stat().st_mode & 0o777) == (".zip", 0o700)
    refused = run(restore, [str(place)])
    assert (refused.exit_code, "holds rows already" in refused.output) == (1, True)
    unusable = run(restore, [__file__])
    assert (unusable.exit_code, "can't be read as a backup" in unusable.output) == (1, True)
    moved = run(database, ["copy", "--to", f"sqlite:///{tmp_path / 'moved.db'}"])
    assert moved.exit_code == 0, moved.output
    target = Database(f"sqlite:///{tmp_path / 'moved.db'}")
    assert lines(target) == lines(demo)
    target.dispose()
    for wrong in ("nonsense", demo.engine.url.render_as_string(hide_password=False)):
        assert run(database, ["copy", "--to", wrong]).exit_code == 1
    copied = run(files, ["copy", "--to", f"file://{tmp_path / 'moved'}"])
    assert copied.exit_code == 0, copied.output
    assert files_of(tmp_path / "moved") == files_of(tmp_path / "media")
    assert run(files, ["copy", "--to", "ftp://x"]).exit_code == 1


def test_nothing_is_nothing_in_the_database_too(database: Database) -> None:
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        accounts.invite(ctx, "mira@shop.example", Role.ADMIN, by="tests")
    now = datetime.now(UTC)
    with database.session(writes=True) as db:
        member = db.scalars(select(StaffMember)).one()
        db.add(
            StaffSession(
                id="s", staff_id=member.id, cookie_hash="0" * 64, is_complete=True,
                created_at=now, last_seen_at=now, ends_at=now,
            )
        )  # fmt: skip
        db.flush()
        assert db.scalar(text("SELECT count(*) FROM staff_sessions WHERE notice IS NULL")) == 1
