"""Arithmetic of decimals has other types than Spark's, and a division cuts its digits off, four after the
dividend's.

Where operand types are known, which is in the DataFrame API, operations are cast to Spark's result type; a
division gets a dividend with enough digits for Spark's, and one more to round by.
"""

from typing import Any

from google.protobuf.message import Message
from pyspark.errors import PySparkException
from pyspark.sql import types as T
from pyspark.sql.connect.proto import expressions_pb2

from isinglass_runtime.gate.decimal_types import division_types, result_type
from isinglass_runtime.gate.divisions import has_division, rewrite_divisions
from isinglass_runtime.gate.gate import Rule, Scope
from isinglass_runtime.gate.plan import alias, cast, kind_of, project

OPERATORS = frozenset({"+", "-", "*", "/", "%"})
_DIGITS = {"byte": 3, "short": 5, "integer": 10, "long": 20}


def apply(relation: Any, scope: Scope) -> None:
    """Cast the arithmetic in a relation's expressions, keeping the columns' names."""
    kind = relation.WhichOneof("rel_type")
    node = getattr(relation, kind)
    holders = _holders(kind, node)
    if not any(_operations(expression) for expression in holders):
        return
    if not _has_decimals(node, holders, scope):
        return
    for expression in holders:
        if not _operations(expression):
            continue
        name = None if kind == "filter" or _is_named(expression) else _name(node.input, expression, scope)
        changed = _rewrite(expression, node.input, scope)
        if changed and name is not None:
            expression.CopyFrom(alias(_copy(expression), name))


def _holders(kind: str, node: Any) -> list[Any]:
    if kind == "filter":
        return [node.condition]
    if kind == "with_columns":
        return [column.expr for column in node.aliases]
    if kind == "aggregate":
        return [*node.grouping_expressions, *node.aggregate_expressions]
    return list(node.expressions)


def _operations(message: Message) -> bool:
    """Tell whether there is any arithmetic below a message."""
    if kind_of(message) == "expression.unresolved_function":
        function: Any = message
        if function.unresolved_function.function_name in OPERATORS:
            return True
    if kind_of(message) == "expression.expression_string":
        text: Any = message
        return has_division(text.expression_string.expression)
    return any(_operations(child) for child in _children(message))


def _children(message: Message) -> list[Message]:
    found: list[Message] = []
    for field, value in message.ListFields():
        if field.message_type is not None and not field.message_type.GetOptions().map_entry:
            found.extend(value if field.is_repeated else [value])
    return found


def _has_decimals(node: Any, holders: list[Any], scope: Scope) -> bool:
    """Tell whether decimals can be involved at all, which costs one question, mostly answered before."""
    texts = [str(expression).lower() for expression in holders]
    if any("decimal" in text for text in texts):
        return True
    return "decimal" in str(scope.schema(node.input).simpleString())


def _is_named(expression: Any) -> bool:
    return bool(expression.WhichOneof("expr_type") == "alias")


def _name(relation: Any, expression: Any, scope: Scope) -> str | None:
    try:
        names = scope.schema(project(relation, [expression])).names
    except PySparkException:
        return None
    return names[0] if len(names) == 1 else None


def _rewrite(message: Message, relation: Any, scope: Scope) -> bool:
    """Rewrite the arithmetic below a message, innermost first; tells whether anything changed."""
    changed = False
    for child in _children(message):
        changed = _rewrite(child, relation, scope) or changed
    expression: Any = message
    if kind_of(message) == "expression.expression_string":
        return _rewrite_text(expression, relation, scope) or changed
    if kind_of(message) != "expression.unresolved_function":
        return changed
    function = expression.unresolved_function
    if function.function_name in OPERATORS and len(function.arguments) == 2:
        return _rewrite_operation(expression, relation, scope) or changed
    return changed


def _rewrite_operation(expression: Any, relation: Any, scope: Scope) -> bool:
    function = expression.unresolved_function
    digits = _operand_digits(list(function.arguments), relation, scope)
    if digits is None:
        return False
    (p1, s1), (p2, s2) = digits
    precision, scale = result_type(function.function_name, p1, s1, p2, s2)
    if function.function_name == "/":
        for operand, kind in zip(function.arguments, division_types(p1, s1, s2, scale), strict=True):
            if kind is not None:
                operand.CopyFrom(cast(_copy(operand), kind))
    result = cast(_copy(expression), f"decimal({precision},{scale})")
    # What does not fit becomes null, as in Spark without ANSI mode.
    result.cast.eval_mode = expressions_pb2.Expression.Cast.EVAL_MODE_TRY
    expression.CopyFrom(result)
    return True


def _rewrite_text(expression: Any, relation: Any, scope: Scope) -> bool:
    """Rewrite the divisions in the text of `expr`, `selectExpr` and `filter`."""

    def asked(text: str) -> Any:
        probe = _copy(expression)
        probe.expression_string.expression = text
        return project(relation, [probe])

    text = expression.expression_string.expression
    changed = rewrite_divisions(text, asked, scope)
    expression.expression_string.expression = changed
    return bool(changed != text)


def _operand_digits(
    operands: list[Any], relation: Any, scope: Scope
) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Give precision and scale of both operands; None unless one is a decimal and both are exact numbers."""
    try:
        fields = scope.schema(
            project(relation, [alias(_copy(operand), f"_{i}") for i, operand in enumerate(operands)])
        ).fields
    except PySparkException:
        return None  # the variable of a lambda, or an error that the engine will tell of itself
    kinds = [field.dataType for field in fields]
    if not any(isinstance(kind, T.DecimalType) for kind in kinds):
        return None
    found = [_digits(kind, operand) for kind, operand in zip(kinds, operands, strict=True)]
    if found[0] is None or found[1] is None:
        return None
    return found[0], found[1]


def _digits(kind: Any, operand: Any) -> tuple[int, int] | None:
    if isinstance(kind, T.DecimalType):
        return kind.precision, kind.scale
    if kind.typeName() not in _DIGITS:
        return None
    if operand.WhichOneof("expr_type") == "literal":
        # Spark counts a literal's own digits.
        literal = operand.literal
        return len(str(abs(getattr(literal, literal.WhichOneof("literal_type"))))), 0
    return _DIGITS[kind.typeName()], 0


def _copy(message: Any) -> Any:
    copy = type(message)()
    copy.CopyFrom(message)
    return copy


RULE = Rule(
    "decimals",
    "0.7.2",
    ("relation.project", "relation.with_columns", "relation.filter", "relation.aggregate"),
    apply,
)
