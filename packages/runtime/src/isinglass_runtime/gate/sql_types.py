"""Ask the engine for the types of expressions inside SQL text, where no schema is at hand.

It tells them when it is asked for a call that no types fit, in the expression's place.
"""

import re
from collections.abc import Callable
from typing import Any

from pyspark.errors import PySparkException
from pyspark.sql.connect.proto import relations_pb2

from isinglass_runtime.gate.gate import Scope

_TYPE = r"(\w+(?:\([^()]*\))?)"
_ASKED = re.compile(rf"argument types 'spark_decode\({_TYPE}, {_TYPE}, ")


def types_of(
    expressions: tuple[str, str], before: str, after: str, make: Callable[[str], Any], scope: Scope
) -> tuple[str, str] | None:
    """Give the engine's names of two expressions' types; None when the text is in error anyway.

    `make` gives the relation to ask about with a text: `before`, the question, `after`.
    """
    probe = f"{before}decode({expressions[0]}, {expressions[1]}, 1){after}"
    try:
        scope.schema(make(probe))
    except PySparkException as error:
        found = _ASKED.search(str(error))
        return None if found is None else (found.group(1), found.group(2))
    return None


def with_text(relation: Any, text: str) -> Any:
    """Give the same statement with another text."""
    changed = relations_pb2.Relation()
    changed.CopyFrom(relation)
    changed.sql.query = text
    return changed


def statement(relation: Any) -> Any:
    """Give the statement itself where `rename` has put it below its columns' names."""
    return relation.to_df.input if relation.WhichOneof("rel_type") == "to_df" else relation


def rename(relation: Any, text: str, scope: Scope) -> None:
    """Put another text in a statement's place, whose columns keep the names that they had.

    Nothing happens when the engine does not take the text.
    """
    changed = with_text(statement(relation), text)
    try:
        names = scope.schema(relation).names
        scope.schema(changed)
    except PySparkException:
        return
    renamed = relations_pb2.Relation(to_df=relations_pb2.ToDF(input=changed, column_names=names))
    renamed.common.CopyFrom(relation.common)
    relation.CopyFrom(renamed)
