"""Give divisions of decimals in SQL text, a statement or an expression, the digits that Spark's have."""

import re
from collections.abc import Callable
from typing import Any

from isinglass_runtime.gate.decimal_types import division_types, result_type
from isinglass_runtime.gate.gate import Scope
from isinglass_runtime.gate.operands import around
from isinglass_runtime.gate.sql_types import types_of
from isinglass_runtime.gate.tokens import Token, tokenize

_INTEGERS = {"Int8": 3, "Int16": 5, "Int32": 10, "Int64": 20}
_DECIMAL = re.compile(r"Decimal\d+\((\d+), ?(\d+)\)")
#: Texts with more divisions than this cost too many questions.
_MOST_DIVISIONS = 100


def has_division(text: str) -> bool:
    """Tell whether there is anything to rewrite."""
    return "/" in text and bool(_divisions(tokenize(text)))


def rewrite_divisions(text: str, make: Callable[[str], Any], scope: Scope) -> str:
    """Rewrite the divisions of decimals in a text; `make` gives the relation that has another text."""
    places = _divisions(tokenize(text))
    if len(places) > _MOST_DIVISIONS:
        return text
    for ordinal in places:
        text = _rewritten(text, ordinal, make, scope)
    return text


def _divisions(tokens: list[Token]) -> list[int]:
    """Give the ordinals of the `/` in a statement in the order to look at them: inner ones first."""
    depth = 0
    found: list[tuple[int, int]] = []
    for token in tokens:
        if token.upper == "(":
            depth += 1
        elif token.upper == ")":
            depth -= 1
        elif token.upper == "/":
            found.append((-depth, len(found)))
    return [ordinal for _, ordinal in sorted(found)]


def _rewritten(text: str, ordinal: int, make: Callable[[str], Any], scope: Scope) -> str:
    tokens = tokenize(text)
    index = [i for i, token in enumerate(tokens) if token.upper == "/"][ordinal]
    first, last = around(tokens, index)
    start, end = tokens[first].start, tokens[last].end
    left, right = text[start : tokens[index].start].strip(), text[tokens[index].end : end].strip()
    if not left or not right:
        return text
    kinds = types_of((left, right), text[:start], text[end:], make, scope)
    if kinds is None:
        return text
    digits = [_digits(kind, part) for kind, part in zip(kinds, (left, right), strict=True)]
    if not any(kind.startswith("Decimal") for kind in kinds) or digits[0] is None or digits[1] is None:
        return text
    (p1, s1), (p2, s2) = digits[0], digits[1]
    precision, scale = result_type("/", p1, s1, p2, s2)
    operands = [
        part if kind is None else f"CAST({part} AS {kind})"
        for part, kind in zip((left, right), division_types(p1, s1, s2, scale), strict=True)
    ]
    return f"{text[:start]}try_cast({' / '.join(operands)} AS decimal({precision},{scale})){text[end:]}"


def _digits(kind: str, text: str) -> tuple[int, int] | None:
    decimal = _DECIMAL.fullmatch(kind)
    if decimal is not None:
        return int(decimal.group(1)), int(decimal.group(2))
    if text.isdigit():
        return len(text.lstrip("0") or "0"), 0
    return (_INTEGERS[kind], 0) if kind in _INTEGERS else None
