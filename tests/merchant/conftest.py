"""The merchant API, called by a system that may do everything."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from account_portal.api.router import systems as door
from account_portal.core.db import Database
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
