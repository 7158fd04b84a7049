"""A short run of `make fuzz`, the same each time: against our document and against the contract."""

from pathlib import Path

import pytest

from account_portal.core.db import Database
from tests.conftest import DATABASES
from tests.fuzz.running import ROOT, SYSTEMS, fuzz


@pytest.mark.timeout(400)
@pytest.mark.parametrize("schema", ["its own document", "the contract"])
def test_the_api_keeps_what_is_promised(tmp_path: Path, schema: str) -> None:
    contract = ROOT / "docs" / "contract" / "openapi.yaml"
    result = fuzz(
        tmp_path,
        examples=5,
        seed=20261123,
        schema=contract if schema == "the contract" else None,
        deterministic=True,
        capture=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Stateful" in result.stdout


@pytest.mark.timeout(400)
@pytest.mark.parametrize("database", DATABASES[-1:], indirect=True)
def test_the_merchant_api_keeps_what_it_promises(tmp_path: Path, database: Database) -> None:
    """That of a real shop, on PostgreSQL where there is one."""
    result = fuzz(
        tmp_path,
        examples=4,
        seed=20261128,
        api=SYSTEMS,
        database_url=database.engine.url.render_as_string(hide_password=False),
        deterministic=True,
        capture=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Stateful" in result.stdout
