"""Walk Spark Connect plans: every relation, expression and command, inner ones first."""

from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message
from pyspark.sql.connect.proto import expressions_pb2, relations_pb2

from isinglass_runtime.gate.tokens import Token, tokenize

_ONEOF = {
    "spark.connect.Relation": ("relation", "rel_type"),
    "spark.connect.Expression": ("expression", "expr_type"),
    "spark.connect.Command": ("command", "command_type"),
}
_TEXT_FIELDS = {
    "relation.sql": ("sql", "query"),
    "command.sql_command": ("sql_command", "sql"),
    "expression.expression_string": ("expression_string", "expression"),
}


class SqlText:
    """SQL text inside a plan: what rules read as tokens and may replace."""

    def __init__(self, holder: Any, field: str) -> None:
        self._holder = holder
        self._field = field

    @property
    def text(self) -> str:
        return str(getattr(self._holder, self._field))

    @property
    def tokens(self) -> list[Token]:
        return tokenize(self.text)

    def replace(self, text: str) -> None:
        setattr(self._holder, self._field, text)


def kind_of(message: Message) -> str | None:
    """Name a node as rules do, `relation.sort`; None for messages that only structure a node."""
    known = _ONEOF.get(message.DESCRIPTOR.full_name)
    if known is None:
        return None
    family, oneof = known
    return f"{family}.{message.WhichOneof(oneof)}"


def sql_text(kind: str, node: Any) -> SqlText | None:
    """Give the SQL text that a node carries, if it does."""
    field = _TEXT_FIELDS.get(kind)
    if field is None:
        return None
    holder = getattr(node, field[0])
    return SqlText(holder, field[1]) if getattr(holder, field[1]) else None


def nodes(message: Message, above: tuple[Any, ...] = ()) -> Iterator[tuple[str, Any, tuple[Any, ...]]]:
    """Yield (kind, node, the relations above it, nearest first), children before their parents."""
    kind = kind_of(message)
    inside = (message, *above) if kind is not None and kind.startswith("relation.") else above
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
        yield kind, message, above


def literal_strings(message: Message) -> Iterator[str]:
    """Yield every string literal below an expression."""
    for kind, node, _ in nodes(message):
        if kind == "expression.literal" and node.literal.WhichOneof("literal_type") == "string":
            yield str(node.literal.string)


def column(name: str) -> Any:
    """Refer to a column by its exact name."""
    quoted = "`" + name.replace("`", "``") + "`"
    return expressions_pb2.Expression(
        unresolved_attribute=expressions_pb2.Expression.UnresolvedAttribute(unparsed_identifier=quoted)
    )


def call(function: str, *arguments: Any) -> Any:
    """Call a built-in function."""
    return expressions_pb2.Expression(
        unresolved_function=expressions_pb2.Expression.UnresolvedFunction(
            function_name=function, arguments=arguments
        )
    )


def alias(expression: Any, name: str) -> Any:
    return expressions_pb2.Expression(alias=expressions_pb2.Expression.Alias(expr=expression, name=[name]))


def cast(expression: Any, type_text: str) -> Any:
    """Cast to a type written as Spark does in `simpleString`."""
    return expressions_pb2.Expression(
        cast=expressions_pb2.Expression.Cast(expr=expression, type_str=type_text)
    )


def null() -> Any:
    from pyspark.sql.connect.proto import types_pb2

    literal = expressions_pb2.Expression.Literal(null=types_pb2.DataType(null=types_pb2.DataType.NULL()))
    return expressions_pb2.Expression(literal=literal)


def project(relation: Any, expressions: list[Any]) -> Any:
    """Select expressions from a relation."""
    return relations_pb2.Relation(project=relations_pb2.Project(input=relation, expressions=expressions))
