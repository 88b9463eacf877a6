"""In what two documents differ, in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

_LONGEST = 80
_MOST = 20


def differences(there: Any, wanted: Any) -> list[str]:
    """List in what they differ: `StorageDescriptor.Location: "s3://a/" -> "s3://b/"`."""
    found: list[str] = []
    for path, old, new in _walk(there, wanted, ""):
        if len(found) == _MOST:
            return [*found, "and more"]
        found.append(f"{path or 'value'}: {_shown(old)} -> {_shown(new)}")
    return found


_MISSING = object()


def _walk(old: Any, new: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            yield from _walk(
                old.get(key, _MISSING), new.get(key, _MISSING), f"{path}.{key}" if path else str(key)
            )
    elif _is_list(old) and _is_list(new) and len(old) == len(new):
        for number, (left, right) in enumerate(zip(old, new, strict=True)):
            yield from _walk(left, right, f"{path}[{number}]")
    elif old is _MISSING or new is _MISSING or old != new:
        yield path, old, new


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _shown(value: Any) -> str:
    if value is _MISSING:
        return "nothing"
    text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
