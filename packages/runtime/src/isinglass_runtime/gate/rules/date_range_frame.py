"""A window RANGE frame over a date column takes in every earlier row; integers and timestamps are right.

An INTERVAL bound needs dates or timestamps, so the order key becomes a timestamp, which changes no frame.
Number bounds over dates cannot be told from number bounds over numbers and are left alone; the DataFrame API
does not take them for dates.
"""

from isinglass_runtime.gate.gate import Rule, Scope
from isinglass_runtime.gate.plan import SqlText
from isinglass_runtime.gate.tokens import Token, closing, find


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


TEXT_RULE = Rule("date_range_frame", "0.7.2", ("sql",), apply_to_text)
