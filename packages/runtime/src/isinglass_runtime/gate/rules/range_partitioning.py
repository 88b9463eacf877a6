"""`repartitionByRange` spreads rows by hash; a total order has the ranges that were asked for."""

from typing import Any

from pyspark.sql.connect.proto import relations_pb2

from isinglass_runtime.gate.gate import Rule, Scope
from isinglass_runtime.gate.rules.ordered_rows import pin


def apply(relation: Any, scope: Scope) -> None:  # noqa: ARG001 - every rule has this form
    """Replace partitioning by range with a sort by the same keys."""
    node = relation.repartition_by_expression
    keys = [e.sort_order for e in node.partition_exprs if e.WhichOneof("expr_type") == "sort_order"]
    if not keys:
        return
    ordered = relations_pb2.Relation(sort=relations_pb2.Sort(input=node.input, order=keys, is_global=True))
    ordered.common.CopyFrom(relation.common)
    pin(ordered)
    relation.CopyFrom(ordered)


RULE = Rule("range_partitioning", "0.7.2", ("relation.repartition_by_expression",), apply)
