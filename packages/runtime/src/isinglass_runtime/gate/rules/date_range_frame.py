"""A window RANGE frame over a date column takes in every earlier row; integers and timestamps are right.

SQL text: an INTERVAL bound needs dates or timestamps, so the order key becomes a timestamp, which changes no frame. Number
bounds over dates in SQL text cannot be told from number bounds over numbers and are left alone.
"""

from typing import Any

from pyspark.sql.connect.proto import expressions_pb2

from isinglass_runtime.gate.gate import Rule, Scope
from isinglass_runtime.gate.plan import SqlText, alias, call, project
from isinglass_runtime.gate.tokens import Token, closing, find

_RANGE = expressions_pb2.Expression.Window.WindowFrame.FRAME_TYPE_RANGE


def apply(expression: Any, scope: Scope) -> None:
    """Order by the number of the day instead of the date."""
    window = expression.window
    bounded = any(bound.HasField("value") for bound in (window.frame_spec.lower, window.frame_spec.upper))
    if window.frame_spec.frame_type != _RANGE or not bounded or len(window.order_spec) != 1:
        return
    below = getattr(scope.relation, scope.relation.WhichOneof("rel_type")).input
    key = window.order_spec[0].child
    if scope.schema(project(below, [alias(key, "key")])).fields[0].dataType.typeName() == "date":
        key.CopyFrom(call("unix_date", key))


def apply_to_text(sql: SqlText, scope: Scope) -> None:  # noqa: ARG001 - every rule has this form
    """Make the order key of each frame with an INTERVAL bound a timestamp."""
    text, tokens = sql.text, sql.tokens
    for frame in reversed([i for i, token in enumerate(tokens) if token.upper == "RANGE"]):
        opening = _enclosing(tokens, frame)
        order = find(tokens, "ORDER", "BY", start=opening) if opening >= 0 else -1
        end = closing(tokens, opening)
        if not opening < order < frame or find(tokens[: end + 1], "INTERVAL", start=frame) < 0:
            continue
        last = frame
        for index in range(order + 2, frame):
            if tokens[index].upper in {"ASC", "DESC", "NULLS"}:
                last = index
                break
        start, stop = tokens[order + 2].start, tokens[last - 1].end
        text = f"{text[:start]}CAST(({text[start:stop]}) AS TIMESTAMP){text[stop:]}"
    if text != sql.text:
        sql.replace(text)


def _enclosing(tokens: list[Token], inner: int) -> int:
    """Give the index of the bracket that is open around a token, or -1."""
    depth = 0
    for index in range(inner - 1, -1, -1):
        if tokens[index].upper == ")":
            depth += 1
        elif tokens[index].upper == "(":
            if depth == 0:
                return index
            depth -= 1
    return -1


RULE = Rule("date_range_frame", "0.7.2", ("expression.window",), apply)
TEXT_RULE = Rule("date_range_frame", "0.7.2", ("sql",), apply_to_text)
