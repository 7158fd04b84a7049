"""A short run of `make fuzz`, the same each time."""

from pathlib import Path

import pytest

from tests.fuzz.running import fuzz


@pytest.mark.timeout(400)
def test_the_api_keeps_what_its_document_promises(tmp_path: Path) -> None:
    result = fuzz(tmp_path, examples=6, seed=20261123, deterministic=True, capture=True)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Stateful" in result.stdout
