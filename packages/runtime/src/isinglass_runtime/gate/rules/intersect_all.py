"""`INTERSECT ALL` keeps every left row that has a match, whatever the numbers of duplicates.

Numbering the duplicates makes them distinct, and then INTERSECT has the right multiplicities.
"""

from typing import Any

from pyspark.sql.connect.proto import expressions_pb2, relations_pb2

from isinglass_runtime.gate.gate import Rule, Scope
from isinglass_runtime.gate.plan import SqlText, alias, call, column, project
from isinglass_runtime.gate.tokens import find
from isinglass_runtime.gate.verdicts import PlanRefusedError

_NUMBER = "__isinglass_duplicate"


def apply(relation: Any, scope: Scope) -> None:
    """Intersect rows together with the number of the duplicate that they are."""
    operation = relation.set_op
    if operation.set_op_type != relations_pb2.SetOperation.SET_OP_TYPE_INTERSECT or not operation.is_all:
        return
    names = scope.schema(operation.left_input).names
    both = relations_pb2.SetOperation(
        left_input=_numbered(operation.left_input, names),
        right_input=_numbered(operation.right_input, scope.schema(operation.right_input).names),
        set_op_type=relations_pb2.SetOperation.SET_OP_TYPE_INTERSECT,
        is_all=False,
    )
    result = project(relations_pb2.Relation(set_op=both), [column(name) for name in names])
    result.common.CopyFrom(relation.common)
    relation.CopyFrom(result)


def _numbered(relation: Any, names: list[str]) -> Any:
    window = expressions_pb2.Expression.Window(
        window_function=call("row_number"),
        partition_spec=[column(name) for name in names],
        order_spec=[
            expressions_pb2.Expression.SortOrder(
                child=column(names[0]),
                direction=expressions_pb2.Expression.SortOrder.SORT_DIRECTION_ASCENDING,
                null_ordering=expressions_pb2.Expression.SortOrder.SORT_NULLS_FIRST,
            )
        ],
    )
    number = alias(expressions_pb2.Expression(window=window), _NUMBER)
    return project(relation, [*(column(name) for name in names), number])


def apply_to_text(sql: SqlText, scope: Scope) -> None:  # noqa: ARG001 - every rule has this form
    """Refuse INTERSECT ALL in SQL text."""
    if find(sql.tokens, "INTERSECT", "ALL") >= 0:
        raise PlanRefusedError(
            rule="intersect_all",
            reason="The embedded engine counts duplicates of INTERSECT ALL wrongly.",
            instead="Use df.intersectAll(other), which is computed another way, or run the job on Spark.",
        )


RULE = Rule("intersect_all", "0.7.2", ("relation.set_op",), apply)
TEXT_RULE = Rule("intersect_all", "0.7.2", ("sql",), apply_to_text)
