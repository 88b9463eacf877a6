"""JSON of somebody else as documents that can be answered: numbers, texts and depths that all take."""

import json
from typing import Any

_DEEPEST = 100
_LARGEST = 2**63


class UnreadableJson(Exception):
    """The text is no JSON, or nested deeper than anybody means it to be."""


def read(text: str | bytes) -> Any:
    """Read JSON; integers of more than 64 bits become texts, as do NaN and the infinities."""
    try:
        return _plain(json.loads(text, parse_int=_integer, parse_float=_number, parse_constant=str), 0)
    except (ValueError, RecursionError) as error:
        raise UnreadableJson from error


def _integer(text: str) -> int | str:
    value = int(text) if len(text) <= 20 else None
    return text if value is None or not -_LARGEST <= value < _LARGEST else value


def _number(text: str) -> float | str:
    value = float(text)
    return text if value in (float("inf"), float("-inf")) else value


def _plain(value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        raise ValueError(depth)
    if isinstance(value, str):
        return value if value.isascii() else value.encode(errors="replace").decode()
    if isinstance(value, list):
        return [_plain(each, depth + 1) for each in value]
    if isinstance(value, dict):
        return {_plain(key, depth): _plain(each, depth + 1) for key, each in value.items()}
    return value
