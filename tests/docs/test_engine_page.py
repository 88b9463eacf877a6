"""The engine's page names every rule of the gate and every known difference."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

import engine_page

from isinglass_runtime.gate.rules.table import SAIL_RULES


def test_engine_page_is_what_its_sources_say() -> None:
    assert engine_page.PAGE.read_text(encoding="utf-8") == engine_page.render(), "run tools/engine_page.py"


def test_engine_page_has_every_rule() -> None:
    named = {name for name, _, _ in engine_page.rules()}
    assert named == {rule.name for rule in SAIL_RULES}
