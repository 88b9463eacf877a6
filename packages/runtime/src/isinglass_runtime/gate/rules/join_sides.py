"""Without statistics, which text files never have, a hash join builds its table of the left side, however
large.

Where the files' sizes show the left side to be the larger, the sides change places, and a projection restores
the columns' order where anybody could see it. The rows are the same; a join of 866 MB with 1 MB then takes a
third of the time and a quarter of the memory.
"""

from typing import Any

from pyspark.sql.connect.proto import relations_pb2

from isinglass_runtime.gate.gate import Rule, Scope
from isinglass_runtime.gate.plan import column, nodes, project
from isinglass_runtime.gate.tokens import tokenize

_JOIN = relations_pb2.Join
_SWAPPED = {
    _JOIN.JOIN_TYPE_INNER: _JOIN.JOIN_TYPE_INNER,
    _JOIN.JOIN_TYPE_LEFT_OUTER: _JOIN.JOIN_TYPE_RIGHT_OUTER,
    _JOIN.JOIN_TYPE_FULL_OUTER: _JOIN.JOIN_TYPE_FULL_OUTER,
}
#: Swapping costs a schema request, and pays only when the sides differ clearly.
_RATIO = 2
_INPUTS = (
    "project",
    "filter",
    "with_columns",
    "with_columns_renamed",
    "drop",
    "to_df",
    "to_schema",
    "subquery_alias",
    "hint",
    "sort",
    "repartition",
    "repartition_by_expression",
    "deduplicate",
    "aggregate",
    "fill_na",
    "drop_na",
    "map_partitions",
    "sample",
)
_KEEP_COLUMNS = frozenset(
    {
        "filter",
        "sort",
        "limit",
        "offset",
        "repartition",
        "repartition_by_expression",
        "hint",
        "join",
        "deduplicate",
        "with_columns",
        "drop",
        "subquery_alias",
        "sample",
        "fill_na",
        "drop_na",
    }
)


def apply(relation: Any, scope: Scope) -> None:
    """Put the smaller side on the left."""
    join = relation.join
    left, right = size(join.left, scope), size(join.right, scope)
    if left is None or right is None or left < right * _RATIO or join.join_type not in _SWAPPED:
        return
    lefts, rights = scope.schema(join.left), scope.schema(join.right)
    if not _keys_agree(join, lefts, rights):
        return
    names: list[str] | None = None
    if not _order_is_lost(scope.above):
        names = _output_names(join, lefts, rights)
        if names is None or _refers_to_sides(scope.above):
            return
    swapped = relations_pb2.Relation()
    swapped.CopyFrom(relation)
    swapped.join.left.CopyFrom(join.right)
    swapped.join.right.CopyFrom(join.left)
    swapped.join.join_type = _SWAPPED[join.join_type]
    if names is not None:
        ordered = project(swapped, [column(name) for name in names])
        ordered.common.CopyFrom(relation.common)
        swapped = ordered
    relation.CopyFrom(swapped)


def _order_is_lost(above: tuple[Any, ...]) -> bool:
    """Tell whether a projection or aggregation by name follows, after which nobody sees the columns'
    order.
    """
    for relation in above:
        kind = relation.WhichOneof("rel_type")
        if kind == "aggregate":
            return True
        if kind == "project":
            return not any(_is_star(expression) for expression in relation.project.expressions)
        if kind not in _KEEP_COLUMNS:
            return False
    return False


def _is_star(expression: Any) -> bool:
    for kind, node, _ in nodes(expression):
        if kind in {"expression.unresolved_star", "expression.unresolved_regex"}:
            return True
        if kind == "expression.expression_string":
            words = [token.text for token in tokenize(node.expression_string.expression)]
            if any(
                word == "*" and (i == 0 or words[i - 1] in {".", "(", ","}) for i, word in enumerate(words)
            ):
                return True
    return False


def _refers_to_sides(above: tuple[Any, ...]) -> bool:
    """Tell whether anything above names a column by the frame or alias it came from, which a projection would
    hide.
    """
    root = above[-1] if above else None
    for kind, node, _ in nodes(root) if root is not None else ():
        if kind == "relation.subquery_alias" or (
            kind == "expression.unresolved_attribute" and node.unresolved_attribute.HasField("plan_id")
        ):
            return True
    return False


def _keys_agree(join: Any, lefts: Any, rights: Any) -> bool:
    """Tell whether USING columns have one type, so that it does not matter which side they come from."""
    left = {field.name.lower(): field.dataType for field in lefts.fields}
    right = {field.name.lower(): field.dataType for field in rights.fields}
    keys = [name.lower() for name in join.using_columns]
    return all(key in left and left[key] == right.get(key) for key in keys)


def _output_names(join: Any, lefts: Any, rights: Any) -> list[str] | None:
    """Give the columns of the join in order; None where names alone cannot say which is meant."""
    using = [name.lower() for name in join.using_columns]
    left = {field.name.lower(): field for field in lefts.fields}
    right = {field.name.lower(): field for field in rights.fields}
    if len(left) != len(lefts.fields) or len(right) != len(rights.fields):
        return None
    if (left.keys() & right.keys()) - set(using):
        return None
    keys = [left[name].name for name in using]
    return [*keys, *(f.name for f in (*lefts.fields, *rights.fields) if f.name.lower() not in using)]


def size(relation: Any, scope: Scope) -> int | None:
    """Estimate a relation's bytes by the files below it; None where anything else is below."""
    kind = relation.WhichOneof("rel_type")
    if kind == "read" and relation.read.WhichOneof("read_type") == "data_source":
        sizes = [scope.file_size(path) for path in relation.read.data_source.paths]
        return None if not sizes or None in sizes else sum(found for found in sizes if found is not None)
    if kind == "local_relation":
        return len(relation.local_relation.data)
    if kind in {"set_op", "join"}:
        node = getattr(relation, kind)
        sides = ("left_input", "right_input") if kind == "set_op" else ("left", "right")
        both = [size(getattr(node, side), scope) for side in sides]
        return None if None in both else sum(found for found in both if found is not None)
    if kind in _INPUTS:
        return size(getattr(relation, kind).input, scope)
    return None


RULE = Rule("join_sides", "0.7.2", ("relation.join",), apply)
