"""join, split_rows and samples: transforms over whole frames."""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from pyspark.sql import Column
from pyspark.sql import functions as F

from isinglass_runtime.frames.frame import Frame, column, member
from isinglass_runtime.frames.paths import Path, resolve_literal

_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq, "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def join(left: Frame, right: Frame, left_keys: list[str], right_keys: list[str]) -> Frame:
    """Join on equal keys; both keys stay, a right field whose name the left has is prefixed with a dot."""
    if len(left_keys) != len(right_keys) or not left_keys:
        message = f"a join needs as many keys on both sides, at least one; got {left_keys} and {right_keys}"
        raise ValueError(message)
    taken = set(left.df.columns)
    names: dict[str, str] = {}
    for name in right.df.columns:
        free = name
        while free in taken:
            free = "." + free
        names[name] = free
        taken.add(free)
    renamed = right.df.select(*(column(name).alias(free) for name, free in names.items()))
    condition: Column | None = None
    for left_key, right_key in zip(left_keys, right_keys, strict=True):
        left_path = _key(left, left_key, "left")
        right_path = _key(right, right_key, "right")
        equal = _value((left_path[0], *left_path[1:])) == _value((names[right_path[0]], *right_path[1:]))
        condition = equal if condition is None else condition & equal
    choices = left.choices | {(names[path[0]], *path[1:]) for path in right.choices}
    assert condition is not None
    return Frame(left.df.join(renamed, condition, "inner"), choices, (*left.errors, *right.errors))


def _key(frame: Frame, text: str, side: str) -> Path:
    path = resolve_literal(text, frame.df.columns)
    if path[0] not in frame.df.columns:
        message = f"the {side} frame has no field {text!r} to join on; its fields are {frame.df.columns}"
        raise ValueError(message)
    return path


def _value(path: Path) -> Column:
    value = column(path[0])
    for step in path[1:]:
        value = member(value, step)
    return value


def split_rows(frame: Frame, comparisons: Mapping[str, Mapping[str, Any]]) -> tuple[Frame, Frame]:
    """Divide the records: those for which every comparison holds, and the rest."""
    condition = F.lit(True)
    for text, tests in comparisons.items():
        path = resolve_literal(text, frame.df.columns)
        for symbol, value in tests.items():
            if symbol not in _COMPARISONS:
                message = f"unknown comparison {symbol!r} on {text!r}; known are {', '.join(_COMPARISONS)}"
                raise ValueError(message)
            condition = condition & _COMPARISONS[symbol](_value(path), F.lit(value))
    # A comparison with null is neither true nor false; such a record belongs to the rest.
    matches = F.coalesce(condition, F.lit(False))
    return frame.with_df(frame.df.filter(matches)), frame.with_df(frame.df.filter(~matches))
