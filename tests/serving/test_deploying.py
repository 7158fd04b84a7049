"""Files to deploy with say what the settings know, and what they set is a portal that starts."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from account_portal.core.environment import known_variables
from account_portal.core.settings import Settings, load_settings

ROOT = Path(__file__).resolve().parents[2]
FILES = ("compose.yaml", ".env.example", "Dockerfile", "deploy/account-portal.service")


@pytest.fixture
def compose() -> Any:
    return yaml.safe_load((ROOT / "compose.yaml").read_text())


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings but those a test gives."""
    import os

    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path))


@pytest.mark.parametrize("name", FILES)
def test_every_setting_named_is_one(name: str) -> None:
    named = set(re.findall(r"\bPORTAL_[A-Z_]+\b", (ROOT / name).read_text()))
    known = {*known_variables(Settings.model_fields), "PORTAL_HOST", "PORTAL_UPSTREAM"}
    assert named
    assert named <= known


def test_the_example_put_in_force_is_what_holds_without_it(
    bare: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = load_settings()
    lines = (ROOT / ".env.example").read_text().splitlines()
    told = [
        line.removeprefix("# ").partition("=") for line in lines if re.match(r"# [A-Z_]+=", line)
    ]
    assert len(told) == len(Settings.model_fields)
    for name, _, value in told:
        if value and name != "PORTAL_DATA_DIR":
            monkeypatch.setenv(name, value)
    assert load_settings() == usual


@pytest.mark.parametrize("service", ["portal", "worker"])
def test_what_compose_sets_is_a_portal_outside_demo_mode(
    compose: Any, bare: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, service: str
) -> None:
    secrets = {
        "portal_secret_key": "0123456789abcdef" * 4,
        "database_url": "postgresql+psycopg://portal:secret@database/portal",
    }
    for name, value in compose["services"][service]["environment"].items():
        text = str(value).replace("${PORTAL_HOST:?", "").partition("set the host")[0]
        if name == "PORTAL_PUBLIC_URL":
            text += "account.shop.example"
        found = re.fullmatch(r"/run/secrets/(\w+)", text)
        if found:
            assert found[1] in compose["services"][service]["secrets"]
            path = tmp_path / found[1]
            path.write_text(secrets[found[1]] + "\n")
            text = str(path)
        monkeypatch.setenv(name, text)
    settings = load_settings()
    assert not settings.demo
    assert settings.origin == "https://account.shop.example"
    assert settings.secret_key == secrets["portal_secret_key"]
    assert settings.sqlalchemy_url == secrets["database_url"]
    assert settings.trusted_proxy_hops == 1


def test_containers_have_no_more_than_they_need(compose: Any) -> None:
    for name in ("portal", "worker"):
        service = compose["services"][name]
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert set(service["secrets"]) <= set(compose["secrets"])
        assert service["depends_on"] == {
            one: {"condition": "service_healthy"} for one in ("database", "redis")
        }
    assert re.search(r"^USER portal$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)


def test_only_the_proxy_is_reached_from_outside(compose: Any) -> None:
    assert [name for name, one in compose["services"].items() if "ports" in one] == ["caddy"]
