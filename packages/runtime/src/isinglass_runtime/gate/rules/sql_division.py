"""SQL text divides decimals as the DataFrame API does: four digits after the dividend's, the rest cut off."""

from functools import partial
from typing import Any

from pyspark.errors import PySparkException
from pyspark.sql.connect.proto import relations_pb2

from isinglass_runtime.gate.divisions import has_division, rewrite_divisions
from isinglass_runtime.gate.gate import Rule, Scope
from isinglass_runtime.gate.sql_types import with_text


def apply(relation: Any, scope: Scope) -> None:
    """Give each division of decimals in the statement Spark's digits, and its columns their names."""
    original = relation.sql.query
    if not has_division(original):
        return
    text = rewrite_divisions(original, partial(with_text, relation), scope)
    if text == original:
        return
    try:
        names = scope.schema(relation).names
        changed = with_text(relation, text)
        scope.schema(changed)
    except PySparkException:
        return
    renamed = relations_pb2.Relation(to_df=relations_pb2.ToDF(input=changed, column_names=names))
    renamed.common.CopyFrom(relation.common)
    relation.CopyFrom(renamed)


RULE = Rule("decimals", "0.7.2", ("relation.sql",), apply)
