"""Walk Spark Connect plans: every relation, expression and command, inner ones first."""

from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message

_ONEOF = {
    "spark.connect.Relation": ("relation", "rel_type"),
    "spark.connect.Expression": ("expression", "expr_type"),
    "spark.connect.Command": ("command", "command_type"),
}


def kind_of(message: Message) -> str | None:
    """Name a node as rules do, `relation.sort`; None for messages that only structure a node."""
    known = _ONEOF.get(message.DESCRIPTOR.full_name)
    if known is None:
        return None
    family, oneof = known
    return f"{family}.{message.WhichOneof(oneof)}"


def nodes(message: Message, enclosing: Any = None) -> Iterator[tuple[str, Any, Any]]:
    """Yield (kind, node, nearest enclosing relation), children before their parents."""
    kind = kind_of(message)
    inside = message if kind is not None and kind.startswith("relation.") else enclosing
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            entry = field.message_type.fields_by_name["value"]
            children = list(value.values()) if entry.message_type is not None else []
        else:
            children = value if field.is_repeated else [value]
        for child in children:
            yield from nodes(child, inside)
    if kind is not None:
        yield kind, message, enclosing


def literal_string(expression: Any) -> str | None:
    """Give the text of a string literal; None for any other expression."""
    if expression.WhichOneof("expr_type") == "literal":
        literal = expression.literal
        if literal.WhichOneof("literal_type") == "string":
            return str(literal.string)
    return None
