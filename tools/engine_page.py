"""Write docs/reference/engine.md from the gate's rules and the known differences of the parity suite."""
# ruff: noqa: E501 - the lines of a page

import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "engine.md"
HEAD = """\
# The engine

<!-- Written by tools/engine_page.py from the rules and the parity suite; change those instead. -->

Jobs run on the embedded engine, Sail, which speaks Spark Connect and is not Spark. Some plans it answers wrongly without saying so.
Two things stand between a script and those. Files are listed, read where they are not clean, and written by Isinglass
([reading and writing](reading-and-writing.md)). And each plan passes a **gate**: a table of rules that rewrite a plan to one that gives
Spark's result, or refuse it with a sentence (`PLAN_REFUSED.<RULE>`).

`--isinglass-engine` chooses: `sail` (the default), `spark` (the server's, `ISINGLASS_SPARK_CONNECT`), `sc://host:port`, or `auto`:
the run begins on Sail, and where the gate refuses something it is executed again on the server's Spark. What the first try had written is
replaced, as a write has the same name in each try of a run. Without a Spark `auto` is `sail`. A run whose hash joins do not fit into its
memory is executed once more with sort-merge joins.

The rules and differences are held by tests that compare Sail with Apache Spark 4.1: about 350 small programs, whose expected results
were recorded on Spark (`tests/engines`).

## Rules of the gate

| rule | seen on | what the engine gets wrong |
| --- | --- | --- |
"""
DIFFERENT = """
## What is different

The engine answers, and not as Spark does; no rule repairs it yet.

"""
MORE = """\
- Integers wrap around when they overflow, and so do sums of them; Spark does the same unless ANSI mode is on, which Glue's is not.
- A sum of decimals whose digits might not fit into 38 on the way is divided as doubles: 15 digits are right.
- `mapInArrow` may give null structs whose members are not null (Arrow fills them with zeros): make the members null, too.
"""
UNSUPPORTED = """
## What ends in an error

Use what the line says, or run the job on Spark.

"""


def render() -> str:
    """Give the page's text."""
    sys.path.insert(0, str(ROOT / "tests" / "engines"))
    differences = import_module("known_differences")
    return "".join(
        [
            HEAD,
            *(f"| `{name}` | {version} | {text} |\n" for name, version, text in rules()),
            DIFFERENT,
            MORE,
            *(f"- {text}\n" for text in differences.DIFFERENT.values()),
            UNSUPPORTED,
            *(f"- {text}\n" for text in differences.UNSUPPORTED.values()),
        ]
    )


def rules() -> list[tuple[str, str, str]]:
    """Give name, engine version and the first paragraph of its module for each rule."""
    from isinglass_runtime.gate.rules.table import SAIL_RULES

    found: dict[str, tuple[str, str, str]] = {}
    for rule in SAIL_RULES:
        text = (sys.modules[rule.apply.__module__].__doc__ or "").strip().split("\n\n")[0]
        known = found.setdefault(rule.apply.__module__, (rule.name, rule.seen_on, " ".join(text.split())))
        assert known[1] == rule.seen_on, rule.name
    return sorted(found.values())


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
