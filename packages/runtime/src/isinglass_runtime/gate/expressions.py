"""Rewrite expressions of a relation in place, keeping the names of its columns."""

from collections.abc import Callable
from typing import Any

from google.protobuf.message import Message
from pyspark.errors import PySparkException

from isinglass_runtime.gate.gate import Scope
from isinglass_runtime.gate.plan import alias, kind_of, project

#: The relations whose expressions have one input, which types can be asked of.
KINDS = ("relation.project", "relation.with_columns", "relation.filter", "relation.aggregate")
#: Tells whether a node is what a rule looks for, and rewrites one that is.
Concerns = Callable[[str, Any], bool]
Change = Callable[[str, Any, Any], bool]


def rewrite_relation(relation: Any, scope: Scope, concerns: Concerns, change: Change) -> None:
    """Let `change(kind, expression, input relation)` rewrite the expressions that a rule concerns, inner ones
    first; it tells whether it did.
    """
    kind = relation.WhichOneof("rel_type")
    node = getattr(relation, kind)
    for expression in holders(relation):
        if not holds(expression, concerns):
            continue
        unnamed = kind != "filter" and expression.WhichOneof("expr_type") != "alias"
        name = _name(node.input, expression, scope) if unnamed else None
        if _rewrite(expression, node.input, concerns, change) and name is not None:
            expression.CopyFrom(alias(copy(expression), name))


def holders(relation: Any) -> list[Any]:
    """Give the outermost expressions of a relation of one of `KINDS`."""
    kind = relation.WhichOneof("rel_type")
    node = getattr(relation, kind)
    if kind == "filter":
        return [node.condition]
    if kind == "with_columns":
        return [column.expr for column in node.aliases]
    if kind == "aggregate":
        return [*node.grouping_expressions, *node.aggregate_expressions]
    return list(node.expressions)


def holds(message: Message, concerns: Concerns) -> bool:
    """Tell whether anything that a rule concerns is in an expression."""
    kind = kind_of(message)
    if kind is not None and concerns(kind, message):
        return True
    return any(holds(child, concerns) for child in _children(message))


def copy(message: Any) -> Any:
    """Copy a message, for a node that becomes a part of what replaces it."""
    made = type(message)()
    made.CopyFrom(message)
    return made


def _children(message: Message) -> list[Message]:
    found: list[Message] = []
    for field, value in message.ListFields():
        if field.message_type is not None and not field.message_type.GetOptions().map_entry:
            found.extend(value if field.is_repeated else [value])
    return found


def _name(relation: Any, expression: Any, scope: Scope) -> str | None:
    try:
        names = scope.schema(project(relation, [expression])).names
    except PySparkException:
        return None
    return names[0] if len(names) == 1 else None


def _rewrite(message: Message, relation: Any, concerns: Concerns, change: Change) -> bool:
    changed = False
    for child in _children(message):
        changed = _rewrite(child, relation, concerns, change) or changed
    kind = kind_of(message)
    if kind is not None and concerns(kind, message):
        changed = change(kind, message, relation) or changed
    return changed
