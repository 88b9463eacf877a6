"""Compiles each output shape into one function that writes an operation's answer for the wire."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Write = Callable[[Any], Any]


@dataclass(eq=False)
class UnknownMember(Exception):
    """An operation answered with a member its output shape does not have; raised in strict mode only."""

    shape: str
    members: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.shape} has no member {', '.join(self.members)}."


class OutputCompiler:
    """Compiles the output shapes of one service; `strict` makes unknown members an error (in tests)."""

    def __init__(self, shapes: dict[str, dict[str, Any]], *, strict: bool = False) -> None:
        self._shapes = shapes
        self._strict = strict
        self._writers: dict[str, Write | None] = {}

    def compile(self, name: str) -> Write:
        """Compile an operation's output: Nones and unknown members go, blobs become base64."""
        return self._write(name) or _as_is

    def _write(self, name: str) -> Write | None:
        """Compile one shape; None means that values pass as they are."""
        if name not in self._writers:
            # Shapes may contain themselves: until this one is compiled, it is looked up when called.
            self._writers[name] = lambda value: (self._writers[name] or _as_is)(value)  # noqa: PLW0108 - late
            self._writers[name] = self._build(name, self._shapes[name])
        return self._writers[name]

    def _build(self, name: str, shape: dict[str, Any]) -> Write | None:
        kind = shape["type"]
        if shape.get("document"):
            return None
        if kind == "structure":
            return self._structure(name, shape)
        if kind == "list":
            write_item = self._write(shape["member"])
            return None if write_item is None else lambda value: [write_item(item) for item in value]
        if kind == "map":
            write_value = self._write(shape["value"])
            if write_value is None:
                return None
            return lambda value: {key: write_value(item) for key, item in value.items()}
        if kind == "blob":
            return lambda value: base64.b64encode(value).decode()
        if kind == "timestamp" and shape.get("timestampFormat") == "iso8601":
            return lambda value: datetime.fromtimestamp(value, UTC).isoformat().replace("+00:00", "Z")
        return None

    def _structure(self, name: str, shape: dict[str, Any]) -> Write:
        writers = {member: self._write(target) for member, target in shape["members"].items()}
        strict = self._strict
        plain = frozenset(member for member, write_member in writers.items() if write_member is None)

        def write(value: Any) -> Any:
            if plain >= value.keys() and None not in value.values():
                return value  # the common case: a column, a parameter, a small structure
            if strict and not writers.keys() >= value.keys():
                raise UnknownMember(name, tuple(sorted(value.keys() - writers.keys())))
            written = {}
            for member, item in value.items():
                if item is None or member not in writers:
                    continue
                write_member = writers[member]
                written[member] = item if write_member is None else write_member(item)
            return written

        return write


def _as_is(value: Any) -> Any:
    return value
