"""The look at known faults of packages: one is an end with 1, nobody to ask is a sentence."""

import json
import subprocess
from typing import Any

import pytest

from tests import audit

CLEAN = {"name": "click", "version": "8.3", "vulns": []}
FAULTY = {**CLEAN, "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["8.4"]}]}
SKIPPED = {"name": "click", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("packages", "code", "said"),
    [
        ([CLEAN], 0, "1 packages looked at, 0 known faults."),
        ([CLEAN, FAULTY], 1, "click 8.3: PYSEC-2026-1, mended in 8.4"),
        ([SKIPPED], 0, "can't be reached"),
        (None, 0, "can't be reached"),
    ],
)
def test_what_it_says(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    packages: list[dict[str, Any]] | None,
    code: int,
    said: str,
) -> None:
    out = "no JSON" if packages is None else json.dumps({"dependencies": packages})
    answer = subprocess.CompletedProcess[str]([], 0, out, "")
    monkeypatch.setattr(subprocess, "run", lambda *_args, **_kwargs: answer)
    assert audit.main() == code
    assert said in capsys.readouterr().out
