"""A sort is dropped when a Python map over batches follows, and so before every write of ours; and below
aggregates whose result depends on it, such as `first`.

`OFFSET 0` changes no row, and the engine keeps the sort below it, in one partition.
"""

from typing import Any

from pyspark.sql.connect.proto import relations_pb2

from isinglass_runtime.gate.gate import Rule, Scope
from isinglass_runtime.gate.plan import nodes

#: Relations that leave the order of their input alone.
_KEEP_ORDER = frozenset(
    {
        "project",
        "filter",
        "with_columns",
        "with_columns_renamed",
        "drop",
        "to_df",
        "to_schema",
        "subquery_alias",
        "hint",
        "map_partitions",
        "limit",
        "offset",
        "fill_na",
        "drop_na",
        "replace",
    }
)


#: Functions whose result depends on the order of the rows.
_ORDERED = frozenset(
    {"first", "first_value", "last", "last_value", "any_value", "collect_list", "array_agg", "nth_value"}
)


def apply(relation: Any, scope: Scope) -> None:  # noqa: ARG001 - every rule has this form
    """Pin the sort that the mapped rows come from."""
    _pin_below(relation.map_partitions.input, _KEEP_ORDER)


def apply_to_groups(relation: Any, scope: Scope) -> None:  # noqa: ARG001 - every rule has this form
    """Pin the sort that the grouped rows come from when a function takes them in order."""
    kind = relation.WhichOneof("rel_type")
    node = getattr(relation, kind)
    if kind == "aggregate" and not any(
        inner == "expression.unresolved_function"
        and expression.unresolved_function.function_name.lower() in _ORDERED
        for inner, expression, _ in nodes(node)
    ):
        return
    _pin_below(node.input, _KEEP_ORDER | {"repartition"})


def _pin_below(below: Any, through: frozenset[str]) -> None:
    while True:
        kind = below.WhichOneof("rel_type")
        if kind == "sort":
            pin(below)
            return
        if kind not in through or (kind == "repartition" and below.repartition.shuffle):
            return
        if kind == "offset" and below.offset.input.WhichOneof("rel_type") == "sort":
            return
        below = getattr(below, kind).input


def pin(relation: Any) -> None:
    """Turn a sort into a total one that the engine keeps."""
    ordered = relations_pb2.Relation()
    ordered.CopyFrom(relation)
    ordered.sort.is_global = True
    offset = relations_pb2.Relation(offset=relations_pb2.Offset(input=ordered, offset=0))
    offset.common.CopyFrom(relation.common)
    relation.CopyFrom(offset)


RULE = Rule("ordered_rows", "0.7.2", ("relation.map_partitions",), apply)
GROUP_RULE = Rule("ordered_rows", "0.7.2", ("relation.aggregate", "relation.deduplicate"), apply_to_groups)
