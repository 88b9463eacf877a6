"""Arithmetic of decimals has other types than Spark's, and a division cuts its digits off, four after the
dividend's.

Where operand types are known, which is in the DataFrame API, operations are cast to Spark's result type; a
division gets a dividend with enough digits for Spark's, and one more to round by.
"""

from typing import Any

from pyspark.errors import PySparkException
from pyspark.sql import types as T
from pyspark.sql.connect.proto import expressions_pb2

from isinglass_runtime.gate.decimal_types import division_types, result_type
from isinglass_runtime.gate.divisions import has_division, rewrite_divisions
from isinglass_runtime.gate.expressions import KINDS, copy, holders, holds, rewrite_relation
from isinglass_runtime.gate.gate import Rule, Scope
from isinglass_runtime.gate.plan import alias, cast, project

OPERATORS = frozenset({"+", "-", "*", "/", "%"})
_DIGITS = {"byte": 3, "short": 5, "integer": 10, "long": 20}


def apply(relation: Any, scope: Scope) -> None:
    """Cast the arithmetic in a relation's expressions."""
    if not any(holds(expression, _is_arithmetic) for expression in holders(relation)):
        return
    if not _has_decimals(relation, scope):
        return

    def change(kind: str, expression: Any, source: Any) -> bool:
        if kind == "expression.expression_string":
            return _rewrite_text(expression, source, scope)
        return _rewrite_operation(expression, source, scope)

    rewrite_relation(relation, scope, _is_arithmetic, change)


def _is_arithmetic(kind: str, node: Any) -> bool:
    if kind == "expression.expression_string":
        return has_division(node.expression_string.expression)
    if kind != "expression.unresolved_function":
        return False
    function = node.unresolved_function
    return function.function_name in OPERATORS and len(function.arguments) == 2


def _has_decimals(relation: Any, scope: Scope) -> bool:
    """Tell whether decimals can be involved at all, which costs one question, mostly answered before."""
    if any("decimal" in str(expression).lower() for expression in holders(relation)):
        return True
    source = getattr(relation, relation.WhichOneof("rel_type")).input
    return "decimal" in str(scope.schema(source).simpleString())


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
                operand.CopyFrom(cast(copy(operand), kind))
    result = cast(copy(expression), f"decimal({precision},{scale})")
    # What does not fit becomes null, as in Spark without ANSI mode.
    result.cast.eval_mode = expressions_pb2.Expression.Cast.EVAL_MODE_TRY
    expression.CopyFrom(result)
    return True


def _rewrite_text(expression: Any, relation: Any, scope: Scope) -> bool:
    """Rewrite the divisions in the text of `expr`, `selectExpr` and `filter`."""

    def asked(text: str) -> Any:
        probe = copy(expression)
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
            project(relation, [alias(copy(operand), f"_{i}") for i, operand in enumerate(operands)])
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


RULE = Rule("decimals", "0.7.2", KINDS, apply)
