"""Record the parity cases' expected results on real Spark: python tests/engines/record_expected.py [CASE…]

Without names all cases are recorded anew; `new` records those that are not recorded yet.
"""

import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

import script_cases  # noqa: F401 - adds its cases
from cases import CASES, outcome
from spark_server import spark_connect

from isinglass_runtime.engine.session import start_session, stop_session
from isinglass_runtime.run import RunSettings

EXPECTED = Path(__file__).parent / "expected.json"


def main(names: list[str]) -> None:
    expected = json.loads(EXPECTED.read_text()) if names else {}
    wanted = [name for name in CASES if name not in expected] if names == ["new"] else names or list(CASES)
    with tempfile.TemporaryDirectory() as folder, spark_connect(Path(folder)) as url:
        spark = start_session(RunSettings(engine=url))
        for name in wanted:
            with tempfile.TemporaryDirectory() as work:
                try:
                    expected[name] = outcome(CASES[name](spark, Path(work)))
                except Exception as error:
                    print(f"{name}: {str(error)[:300]}")
        stop_session()
    expected = {name: expected[name] for name in CASES if name in expected}
    EXPECTED.write_text(json.dumps(expected, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    print(f"{len(expected)} of {len(CASES)} cases recorded")


if __name__ == "__main__":
    main(sys.argv[1:])
