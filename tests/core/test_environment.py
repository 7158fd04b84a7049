"""Names of the environment that mean nothing, and secrets that lie in files."""

import secrets
from pathlib import Path

import pytest

from account_portal.core.settings import Settings, SettingsError, load_settings

KEY = "a key that lies in a file, long enough"


def faults() -> list[str]:
    with pytest.raises(SettingsError) as refused:
        load_settings()
    return str(refused.value).splitlines()


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("PORTAL_DEM0", "PORTAL_DEMO"),
        ("PORTAL_SECRETKEY", "PORTAL_SECRET_KEY"),
        ("PORTAL_SMTP_PASS", "PORTAL_SMTP_PASSWORD"),
        ("PORTAL_EMAIL_URL", "PORTAL_SMTP_URL"),
        ("PORTAL_SECRET_KEYFILE", "PORTAL_SECRET_KEY_FILE"),
        ("portal_dem0", "PORTAL_DEMO"),
        ("PORTAL_WINDMILLS", "docs/settings.md"),
        ("PORTAL_DEMO_FILE", "PORTAL_DEMO"),
    ],
)
def test_a_name_that_means_nothing_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, nearest: str
) -> None:
    monkeypatch.setenv(name, "hunter2")
    (fault,) = faults()
    assert fault.startswith(f"{name}: ")
    assert nearest in fault
    assert "hunter2" not in fault


def test_all_faults_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_DEM0", "1")
    monkeypatch.setenv("PORTAL_ACCENT", "teal")
    assert [fault.partition(":")[0] for fault in faults()] == ["PORTAL_DEM0", "PORTAL_ACCENT"]


def test_names_of_others_are_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTALS", "1")
    monkeypatch.setenv("portal_store_name", "Kontor")
    assert load_settings().store_name == "Kontor"


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_secret_may_lie_in_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ending: str
) -> None:
    file = tmp_path / "key"
    file.write_bytes(f"{KEY}{ending}".encode())
    monkeypatch.delenv("PORTAL_SECRET_KEY")
    monkeypatch.setenv("PORTAL_SECRET_KEY_FILE", str(file))
    settings = load_settings()
    assert settings.signing_key() == KEY
    assert KEY not in repr(settings)


def test_every_secret_may(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("hunter2")
    monkeypatch.setenv("PORTAL_SMTP_HOST", "mail.example")
    monkeypatch.setenv("PORTAL_SMTP_USER", "shop")
    monkeypatch.setenv("PORTAL_SMTP_PASSWORD_FILE", str(password))
    monkeypatch.setenv("PORTAL_MAIL_FROM", "shop@shop.example")
    server = load_settings().mail_server
    assert server is not None
    assert (server.password, "hunter2" in repr(server)) == ("hunter2", False)
    shown = repr(
        Settings(database_url="postgresql://u:hunter2@h/x", redis_url="redis://:hunter2@h")
    )
    assert "hunter2" not in shown


@pytest.mark.parametrize(
    ("content", "also", "said"),
    [
        (None, False, "cannot be read"),
        (b"", False, "is empty"),
        (b"\n", False, "is empty"),
        (b"\xff\xfe\xfd", False, "cannot be read"),
        (KEY.encode(), True, "leave one out"),
    ],
)
def test_a_file_that_tells_nothing_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None, also: bool, said: str
) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    if not also:
        monkeypatch.delenv("PORTAL_SECRET_KEY")
    monkeypatch.setenv("PORTAL_SECRET_KEY_FILE", str(file))
    (fault,) = faults()
    assert fault.startswith("PORTAL_SECRET_KEY")
    assert said in fault


@pytest.mark.parametrize("name", ["SECRET_KEY", "ENCRYPTION_KEY", "EMBED_SECRET"])
@pytest.mark.parametrize(
    "key", ["short", "x" * 64, "abababab" * 8, "12345" * 8, "0123456789abcdef0123456789abcde"]
)
def test_a_key_that_can_be_guessed_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, key: str
) -> None:
    monkeypatch.setenv(f"PORTAL_{name}", key)
    with pytest.raises(SettingsError, match=f"PORTAL_{name}") as refused:
        load_settings()
    assert key not in str(refused.value)


@pytest.mark.parametrize("name", ["SECRET_KEY", "ENCRYPTION_KEY", "EMBED_SECRET"])
def test_a_key_of_any_alphabet_is_taken(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for key in (secrets.token_hex(32), secrets.token_urlsafe(32), "bench-" * 6 + "1"):
        monkeypatch.setenv(f"PORTAL_{name}", key)
        load_settings()
