"""SQL text divides decimals as the DataFrame API does: four digits after the dividend's, the rest cut off."""

from functools import partial
from typing import Any

from isinglass_runtime.gate.divisions import has_division, rewrite_divisions
from isinglass_runtime.gate.gate import Rule, Scope
from isinglass_runtime.gate.sql_types import rename, statement, with_text


def apply(relation: Any, scope: Scope) -> None:
    """Give each division of decimals in the statement Spark's digits, and its columns their names."""
    node = statement(relation)
    original = node.sql.query
    if not has_division(original):
        return
    text = rewrite_divisions(original, partial(with_text, node), scope)
    if text != original:
        rename(relation, text, scope)


RULE = Rule("decimals", "0.7.2", ("relation.sql",), apply)
