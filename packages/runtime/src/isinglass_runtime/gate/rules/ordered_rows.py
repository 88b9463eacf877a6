"""A sort is dropped when a Python map over batches follows, and so before every write of ours.

`OFFSET 0` changes no row, and the engine keeps the sort below it, in one partition.
"""

from typing import Any

from pyspark.sql.connect.proto import relations_pb2

from isinglass_runtime.gate.gate import Rule, Scope

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


def apply(relation: Any, scope: Scope) -> None:  # noqa: ARG001 - every rule has this form
    """Pin the sort that the mapped rows come from."""
    below = relation.map_partitions.input
    while True:
        kind = below.WhichOneof("rel_type")
        if kind == "sort":
            pin(below)
            return
        if kind not in _KEEP_ORDER:
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
