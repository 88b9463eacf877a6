"""Text with a `T` after the date, as JSON writes timestamps, becomes a null date."""

from functools import partial
from typing import Any

from pyspark.errors import PySparkException
from pyspark.sql import types as T
from pyspark.sql.connect.proto import expressions_pb2

from isinglass_runtime.gate.expressions import KINDS, copy, holders, holds, rewrite_relation
from isinglass_runtime.gate.gate import Rule, Scope
from isinglass_runtime.gate.plan import alias, call, project
from isinglass_runtime.gate.sql_types import rename, statement, types_of, with_text
from isinglass_runtime.gate.tokens import Token, closing, tokenize

_PATTERN = "^( *[0-9]{4,7}-[0-9]{1,2}-[0-9]{1,2})T.*"
_KEPT = "$1"
_CASTS = frozenset({"CAST", "TRY_CAST"})
_FUNCTIONS = frozenset({"TO_DATE", "DATE"})


def apply(relation: Any, scope: Scope) -> None:
    """Cut off what follows the date in casts of text, and in to_date without a pattern."""
    if not any(holds(expression, _makes_date) for expression in holders(relation)):
        return
    rewrite_relation(relation, scope, _makes_date, partial(_change, scope))


def _makes_date(kind: str, node: Any) -> bool:
    if kind == "expression.cast":
        return bool(node.cast.type_str.lower() == "date" or node.cast.type.WhichOneof("kind") == "date")
    if kind == "expression.unresolved_function":
        function = node.unresolved_function
        return function.function_name.upper() in _FUNCTIONS and len(function.arguments) == 1
    return False


def _change(scope: Scope, kind: str, expression: Any, source: Any) -> bool:
    operand = (
        expression.cast.expr if kind == "expression.cast" else expression.unresolved_function.arguments[0]
    )
    try:
        found = scope.schema(project(source, [alias(copy(operand), "_")])).fields
    except PySparkException:
        return False
    if len(found) != 1 or not isinstance(found[0].dataType, T.StringType):
        return False
    operand.CopyFrom(call("regexp_replace", copy(operand), _text(_PATTERN), _text(_KEPT)))
    return True


def _text(value: str) -> Any:
    return expressions_pb2.Expression(literal=expressions_pb2.Expression.Literal(string=value))


def apply_to_text(relation: Any, scope: Scope) -> None:
    """Do the same in a statement."""
    node = statement(relation)
    original = text = node.sql.query
    # From the end on: a rewrite moves only what follows it.
    for index in reversed(range(len(tokenize(original)))):
        span = _operand(tokenize(text), index)
        if span is None:
            continue
        operand = text[span[0] : span[1]]
        before, after = text[: span[0]], text[span[1] :]
        kinds = types_of((operand, operand), before, after, partial(with_text, node), scope)
        if kinds is not None and kinds[0] in {"Utf8", "LargeUtf8", "Utf8View"}:
            text = f"{before}regexp_replace({operand}, '{_PATTERN}', '{_KEPT}'){after}"
    if text != original:
        rename(relation, text, scope)


def _operand(tokens: list[Token], index: int) -> tuple[int, int] | None:
    """Give where the text stands that the call at a token makes a date of."""
    if index + 1 >= len(tokens) or tokens[index + 1].upper != "(":
        return None
    end = closing(tokens, index + 1)
    inside = tokens[index + 2 : end]
    if tokens[index].upper in _CASTS and [t.upper for t in inside[-2:]] == ["AS", "DATE"]:
        inside = inside[:-2]
    elif tokens[index].upper not in _FUNCTIONS or _has_comma(inside):
        return None
    return (inside[0].start, inside[-1].end) if inside else None


def _has_comma(tokens: list[Token]) -> bool:
    depth = 0
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.upper, 0)
        if token.upper == "," and depth == 0:
            return True
    return False


RULE = Rule("date_text", "0.7.2", KINDS, apply)
TEXT_RULE = Rule("date_text", "0.7.2", ("relation.sql",), apply_to_text)
