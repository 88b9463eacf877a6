"""A window RANGE frame over a date column takes in every earlier row; integers and timestamps are right.

An INTERVAL bound needs dates or timestamps, so the order key becomes a timestamp, which changes no frame.
With a number as bound a date becomes its number of days.
"""

from functools import partial
from typing import Any

from isinglass_runtime.gate.gate import Rule, Scope
from isinglass_runtime.gate.plan import SqlText
from isinglass_runtime.gate.sql_types import types_of, with_text
from isinglass_runtime.gate.tokens import Token, closing, find, tokenize


def apply_to_text(sql: SqlText, scope: Scope) -> None:  # noqa: ARG001 - every rule has this form
    """Make the order key of each frame with an INTERVAL bound a timestamp."""
    text, tokens = sql.text, sql.tokens
    for frame in reversed([i for i, token in enumerate(tokens) if token.upper == "RANGE"]):
        opening = _enclosing(tokens, frame)
        order = find(tokens, "ORDER", "BY", start=opening) if opening >= 0 else -1
        end = closing(tokens, opening)
        if not opening < order < frame or find(tokens[: end + 1], "INTERVAL", start=frame) < 0:
            continue
        start, stop = _key(tokens, order, frame)
        text = f"{text[:start]}CAST(({text[start:stop]}) AS TIMESTAMP){text[stop:]}"
    if text != sql.text:
        sql.replace(text)


def apply_to_numbers(relation: Any, scope: Scope) -> None:
    """Make the order key of each frame with a number as bound a number where it is a date."""
    frames = [i for i, token in enumerate(tokenize(relation.sql.query)) if token.upper == "RANGE"]
    for frame in reversed(frames):
        text = relation.sql.query
        tokens = tokenize(text)
        opening = _enclosing(tokens, frame)
        order = find(tokens, "ORDER", "BY", start=opening) if opening >= 0 else -1
        bounds = tokens[frame : closing(tokens, opening) + 1]
        if not opening < order < frame or find(bounds, "INTERVAL") >= 0:
            continue
        if not any(token.kind == "number" for token in bounds):
            continue
        start, stop = _key(tokens, order, frame)
        key = text[start:stop]
        kinds = types_of((key, key), text[:start], text[stop:], partial(with_text, relation), scope)
        if kinds is not None and kinds[0] == "Date32":
            relation.sql.query = f"{text[:start]}unix_date({key}){text[stop:]}"


def _key(tokens: list[Token], order: int, frame: int) -> tuple[int, int]:
    """Give where the text of the order key begins and ends."""
    last = frame
    for index in range(order + 2, frame):
        if tokens[index].upper in {"ASC", "DESC", "NULLS"}:
            last = index
            break
    return tokens[order + 2].start, tokens[last - 1].end


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


TEXT_RULE = Rule("date_range_frame", "0.7.2", ("sql",), apply_to_text)
NUMBER_RULE = Rule("date_range_frame", "0.7.2", ("relation.sql",), apply_to_numbers)
