"""Every case gives the same result on each engine as it did on real Spark when `record_expected.py` ran."""

import json
from pathlib import Path
from typing import Any

import pytest
import script_cases  # noqa: F401 - adds its cases
from cases import CASES, outcome
from known_differences import KNOWN

EXPECTED = json.loads((Path(__file__).parent / "expected.json").read_text())


@pytest.mark.parametrize("name", list(CASES))
def test_parity_of_each_case_equals_spark(
    engine: Any, name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if name in KNOWN and "sail" in request.node.callspec.id:
        request.applymarker(pytest.mark.xfail(reason=KNOWN[name], strict=True))
    result = json.loads(json.dumps(outcome(CASES[name](engine, tmp_path))))
    assert result == EXPECTED[name]
