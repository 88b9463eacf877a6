"""A set operation whose sides differ in type announces the left type and sends another; missing columns are
void.

Both sides get explicit casts to the type that Spark widens to, so that nothing is left to decide.
"""

from typing import Any

from pyspark.sql import types as T

from isinglass_runtime.gate.gate import Rule, Scope
from isinglass_runtime.gate.plan import alias, cast, column, null, project

_INTEGER_DIGITS = {"byte": 3, "short": 5, "integer": 10, "long": 20}
_NUMERIC = ["byte", "short", "integer", "long", "float", "double"]
MAX_PRECISION = 38


def apply(relation: Any, scope: Scope) -> None:
    """Cast both sides of a set operation to their common types where they differ."""
    if relation.WhichOneof("rel_type") != "set_op":
        return  # an earlier rule has replaced it
    operation = relation.set_op
    left, right = scope.schema(operation.left_input), scope.schema(operation.right_input)
    if operation.by_name:
        pairs = _by_name(left, right)
    elif len(left) == len(right):
        pairs = list(zip(left.fields, right.fields, strict=True))
    else:
        return
    missing = any(a is None or b is None for a, b in pairs)
    if missing and not operation.allow_missing_columns:
        return
    targets = [_target(a, b) for a, b in pairs]
    if any(target is None for target in targets) or (
        not missing and all(a.dataType == b.dataType for a, b in pairs if a is not None and b is not None)
    ):
        return
    for side, fields in (
        (operation.left_input, [a for a, _ in pairs]),
        (operation.right_input, [b for _, b in pairs]),
    ):
        names = [(a or b).name for a, b in pairs] if operation.by_name else None
        side.CopyFrom(_cast_side(side, fields, [str(target) for target in targets], names))


def _cast_side(side: Any, fields: list[Any], targets: list[str], names: list[str] | None) -> Any:
    expressions = []
    for index, (field, target) in enumerate(zip(fields, targets, strict=True)):
        name = names[index] if names is not None else field.name
        expressions.append(alias(cast(null() if field is None else column(field.name), target), name))
    return project(side, expressions)


def _by_name(left: Any, right: Any) -> list[tuple[Any, Any]]:
    others = {field.name.lower(): field for field in right.fields}
    pairs = [(field, others.pop(field.name.lower(), None)) for field in left.fields]
    return [*pairs, *((None, field) for field in others.values())]


def _target(left: Any, right: Any) -> str | None:
    if left is None or right is None:
        return str((left or right).dataType.simpleString())
    common = common_type(left.dataType, right.dataType)
    return None if common is None else str(common.simpleString())


def common_type(left: Any, right: Any) -> Any:
    """Give the type that Spark widens two types of a set operation to; None where it has no rule here."""
    if left == right:
        return left
    if isinstance(left, T.NullType):
        return right
    if isinstance(right, T.NullType):
        return left
    names = {left.typeName(), right.typeName()}
    if names <= set(_NUMERIC):
        return left if _NUMERIC.index(left.typeName()) > _NUMERIC.index(right.typeName()) else right
    if "decimal" in names and names <= {"decimal", *_NUMERIC}:
        return _with_decimal(left, right)
    if names <= {"date", "timestamp", "timestamp_ntz"}:
        return T.TimestampNTZType() if "timestamp" not in names else T.TimestampType()
    if "string" in names and not names & {"array", "map", "struct", "binary"}:
        return T.StringType()
    return None


def _with_decimal(left: Any, right: Any) -> Any:
    if {left.typeName(), right.typeName()} & {"float", "double"}:
        return T.DoubleType()
    (p1, s1), (p2, s2) = _digits(left), _digits(right)
    scale = max(s1, s2)
    return T.DecimalType(min(max(p1 - s1, p2 - s2) + scale, MAX_PRECISION), min(scale, MAX_PRECISION))


def _digits(kind: Any) -> tuple[int, int]:
    if isinstance(kind, T.DecimalType):
        return kind.precision, kind.scale
    return _INTEGER_DIGITS[kind.typeName()], 0


RULE = Rule("union_types", "0.7.2", ("relation.set_op",), apply)
