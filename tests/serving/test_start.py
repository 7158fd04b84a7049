"""A start that cannot succeed ends at once, says why in a sentence, and exits with a failure."""

import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from account_portal.core.places import ROOT
from tests.mail_servers import mail_server
from tests.portal_server import plain_environment
from tests.torture.outside import Missing, OwnPostgres

Start = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "account_portal", *arguments],
            cwd=ROOT,
            env={**plain_environment(), "PORTAL_DATA_DIR": str(tmp_path), **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.mark.parametrize("command", ["serve", "api"])
def test_a_taken_port_is_named(start: Start, taken_port: int, command: str) -> None:
    result = start(command, PORT=str(taken_port))
    assert result.returncode == 1
    assert result.stderr.startswith(f"Error: Port {taken_port} is taken")
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_each_wrong_setting_gets_a_sentence(start: Start, tmp_path: Path) -> None:
    result = start(
        "serve", PORT="0", PORTAL_ACCENT="teal", PORTAL_CORS_ORIGINS="https://a.example/x"
    )
    assert result.returncode == 1
    faults = result.stderr.strip().splitlines()[1:]
    assert [fault.partition(":")[0] for fault in faults] == [
        "PORT",
        "PORTAL_ACCENT",
        "PORTAL_CORS_ORIGINS",
    ]
    assert "Traceback" not in result.stderr
    assert not list(tmp_path.iterdir()), "nothing was begun"


def test_a_secret_in_a_wrong_setting_is_not_repeated(start: Start) -> None:
    result = start("api", PORTAL_SECRET_KEY="too-short-4711")
    assert result.returncode == 1
    assert "PORTAL_SECRET_KEY" in result.stderr
    assert "too-short-4711" not in result.stdout + result.stderr


@pytest.mark.parametrize("command", ["serve", "api"])
@pytest.mark.parametrize(
    "reach", [{"HOST": "0.0.0.0"}, {"HOST": "::"}, {"PORTAL_PUBLIC_URL": "https://a.example"}]
)
def test_a_demo_that_others_reach_must_be_asked_for(
    start: Start, tmp_path: Path, command: str, reach: dict[str, str]
) -> None:
    result = start(command, **reach)
    assert result.returncode == 1
    assert "set PORTAL_DEMO" in result.stderr
    assert not list(tmp_path.iterdir()), "nothing was begun"


def test_another_server_gets_no_demo_that_nobody_asked_for() -> None:
    """Nothing tells where it listens."""
    load = [sys.executable, "-c", "from account_portal.api.app import app; print(app)"]
    for settings, code in (({}, 1), ({"PORTAL_DEMO": "true"}, 0)):
        environment = {**plain_environment(), **settings}
        result = subprocess.run(
            load, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert result.returncode == code, result.stderr
        assert ("set PORTAL_DEMO" in result.stderr) is bool(code)


def test_play_money_is_refused_outside_demo_mode(start: Start) -> None:
    key = "a key for tests only, long enough"
    result = start("api", PORTAL_DEMO="false", PORTAL_SECRET_KEY=key, PORTAL_PAYMENTS="test")
    assert result.returncode == 1
    assert "PORTAL_PAYMENTS" in result.stderr


def test_several_workers_need_redis(start: Start) -> None:
    result = start("serve", "--workers", "2")
    assert result.returncode == 1
    assert "PORTAL_REDIS_URL" in result.stderr


def test_a_newer_database_is_refused_and_left_alone(
    start: Start, tmp_path: Path, free: int
) -> None:
    database = tmp_path / "portal.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
        connection.execute("INSERT INTO alembic_version VALUES ('from_the_future')")
    result = start("api", PORT=str(free))
    assert result.returncode == 1
    assert "from_the_future" in result.stderr
    assert "Traceback" not in result.stderr
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [
            ("from_the_future",)
        ]
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    assert tables == (2,), "the version table and its index are all there is"


@pytest.mark.parametrize("command", ["api", "worker"])
def test_an_unreachable_database_is_named(start: Start, free: int, command: str) -> None:
    result = start(
        command,
        PORT=str(free),
        PORTAL_DATABASE_URL=f"postgresql+psycopg://u:hunter2@127.0.0.1:{free}/x",
        PORTAL_DATABASE_START_SECONDS="1",
    )
    assert result.returncode == 1
    told, ended = result.stderr.splitlines()
    assert told.startswith("The database does not answer: ")
    assert told.endswith(". Trying for 1 seconds ...")
    assert ended.startswith("Error: The database does not answer: ")
    assert "hunter2" not in result.stdout + result.stderr


@pytest.mark.parametrize(("command", "begun"), [("api", "Ready: "), ("worker", "Working.")])
def test_a_database_that_comes_up_late_is_waited_for(
    start: Start, free: int, tmp_path: Path, command: str, begun: str
) -> None:
    try:
        postgres = OwnPostgres()
    except Missing as error:
        pytest.skip(str(error))
    try:
        address = postgres.make_database("portal")
        postgres.stop("fast")
        environment = plain_environment() | {
            "PORTAL_DATA_DIR": str(tmp_path),
            "PORTAL_DATABASE_URL": address,
            "PORTAL_DATABASE_START_SECONDS": "120",
            "PORT": str(free),
            "PYTHONUNBUFFERED": "1",
        }
        with subprocess.Popen(
            [sys.executable, "-m", "account_portal", command],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                assert process.stdout is not None
                assert "does not answer" in process.stdout.readline()
                postgres.start()
                assert process.stdout.readline() == "The database answers.\n"
                assert any(line.startswith(begun) for line in process.stdout)
            finally:
                process.terminate()
            assert process.wait(20) == 0
    finally:
        postgres.remove()


@pytest.fixture
def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_help_needs_neither_settings_nor_database(start: Start) -> None:
    result = start("--help", PORTAL_ACCENT="teal")
    assert result.returncode == 0
    assert "serve" in result.stdout


def test_doctor_says_what_is_wrong_and_what_to_do(start: Start) -> None:
    result = start(
        "doctor",
        PORTAL_SMTP_URL="smtp://shop:hunter2@127.0.0.1:1",
        PORTAL_MAIL_FROM="shop@shop.example",
        PORTAL_REDIS_URL="redis://127.0.0.1:1",
    )
    assert result.returncode == 1
    wrong = [line for line in result.stdout.splitlines() if line.startswith("wrong")]
    assert any("PORTAL_REDIS_URL" in line for line in wrong)
    assert any("PORTAL_SMTP" in line and "127.0.0.1:1" in line for line in wrong)
    assert "hunter2" not in result.stdout


def test_doctor_asks_an_empty_database_only_what_it_can_answer(start: Start) -> None:
    result = start("doctor")
    assert result.returncode == 1
    assert "wrong  Migrations: run `python -m account_portal migrate`" in result.stdout
    assert "later  Audit log: asked once “Migrations” is mended" in result.stdout
    assert "no such table" not in result.stdout
    gone = start("doctor", PORTAL_DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:1/none")
    about = [line for line in gone.stdout.splitlines() if not line.startswith("ok")]
    assert [line.split(":")[0] for line in about] == [
        "wrong  Database", "later  Migrations", "later  Stored secrets", "later  Audit log",
        "later  Workers", "later  Portals",
    ]  # fmt: skip


def test_a_policy_that_cannot_be_put_in_force_stops_the_start(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text("[[rules]]\nname = 'Sale'\n")
    for command in ("api", "doctor"):
        result = start(command, PORTAL_POLICY_FILE=str(path))
        assert result.returncode == 1, command
        assert "“Sale”: says nothing." in result.stdout + result.stderr
    gone = start("api", PORTAL_POLICY_FILE=str(tmp_path / "none.toml"))
    assert "PORTAL_POLICY_FILE: there is no such file" in gone.stderr


def test_doctor_sends_a_test_message(start: Start, tmp_path: Path) -> None:
    with mail_server() as box:
        box.answers = {"gone@shop.example": "550 no such user"}
        settings = {
            "PORTAL_SMTP_URL": f"smtp://127.0.0.1:{box.port}",
            "PORTAL_MAIL_FROM": "shop@shop.example",
            "PORTAL_DEMO": "false",
            "PORTAL_SECRET_KEY": "a key for tests only, long enough",
        }
        sent = start("doctor", "--send-test", "asha@shop.example", **settings)
        refused = start("doctor", "--send-test", "gone@shop.example", **settings)
        nobody = start("doctor", "--send-test", "+919845012345", **settings)
    assert "ok     Test message: sent to asha@shop.example" in sent.stdout
    assert [mail["Subject"] for mail in box.mails] == ["Test from Northwind"]
    assert "wrong  Test message: not sent by email: the mail server answered 550" in refused.stdout
    assert "wrong  Test message: nobody is set up" in nobody.stdout
    assert refused.returncode == nobody.returncode == 1


def test_doctor_does_not_claim_to_have_sent_what_a_demo_keeps(start: Start, tmp_path: Path) -> None:
    result = start("doctor", "--send-test", "+919845012345")
    assert f"ok     Test message: written to {tmp_path / 'outbox'}" in result.stdout
    assert len(list((tmp_path / "outbox").iterdir())) == 2


def test_a_name_that_is_no_setting_is_named_with_the_nearest(start: Start) -> None:
    for command in ("serve", "api", "doctor", "import /dev/null", "worker"):
        result = start(*command.split(), PORTAL_SMTP_URI="smtp://shop:hunter2@mail.example")
        assert result.returncode == 1, command
        assert "did you mean PORTAL_SMTP_URL?" in result.stderr
        assert "hunter2" not in result.stdout + result.stderr


def test_a_setting_that_sends_codes_to_the_store_stops_the_start(start: Start) -> None:
    result = start("serve", PORTAL_SMS_URL="twilio://sid:hunter2@15551230000/15559990000")
    assert result.returncode == 1
    assert "PORTAL_SMS_URL" in result.stderr
    assert "hunter2" not in result.stdout + result.stderr


def test_a_redis_that_does_not_answer_is_named(start: Start, free: int) -> None:
    url = f"redis://:hunter2@127.0.0.1:{free}"
    result = start("serve", PORT=str(free), PORTAL_REDIS_URL=url)
    assert result.returncode == 1
    assert result.stderr.startswith("Error: Redis does not answer")
    assert "hunter2" not in result.stdout + result.stderr
