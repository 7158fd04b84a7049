"""The merchant API called by a system that may do everything, and shops that bring history in."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from account_portal.api.router import systems as door
from account_portal.core.db import Database
from account_portal.merchant.importing import run, shopify
from tests.merchant.shops import Shop
from tests.merchant.systems import Systems, make_key


@pytest.fixture
def systems(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Systems]:
    """A client with a key for everything."""
    from account_portal.api.app import make_app

    # What a process remembers of keys belongs to the database of one test.
    monkeypatch.setattr(door, "_uses", door._Uses())
    monkeypatch.setattr(door, "_allowance", door._Allowance())
    client = TestClient(make_app(), raise_server_exceptions=False, follow_redirects=False)
    yield Systems(client, make_key(database, name="everything"))
    client.close()


@pytest.fixture
def shop(database: Database, tmp_path: Path, call: Any) -> Shop:
    """A shop that brings its history in, and its customers."""
    return Shop(database, tmp_path, call)


@pytest.fixture
def the_day(clock: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """28 November 2026, when the histories in `cases/` were written; imports read it too."""
    clock.now = datetime(2026, 11, 28, 12, tzinfo=UTC)
    for module in (run, shopify):
        monkeypatch.setattr(module, "utc_now", clock)
    return clock
