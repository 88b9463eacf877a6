"""Column types as the catalog writes them, `array<struct<sku:string,price:decimal(10,2)>>`."""

import re
from dataclasses import dataclass

#: What is written in types besides names and sizes.
_TOKEN = re.compile(r"[<>(),:]|[^<>(),:]+")
#: Deeper types are kept as their text: nobody writes them, and reading them must not exhaust the stack.
_DEEPEST = 64

_SYNONYMS = {"byte": "tinyint", "short": "smallint", "integer": "int", "long": "bigint", "real": "float"}
_INTEGERS = ("tinyint", "smallint", "int", "bigint")
#: Decimal digits that hold every value of an integer type.
_DIGITS = dict(zip(_INTEGERS, (3, 5, 10, 19), strict=True))
_EXACT_IN_DOUBLE = frozenset({"tinyint", "smallint", "int", "float"})
_EXACT_IN_FLOAT = frozenset({"tinyint", "smallint"})


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A type: its folded name, the sizes of `decimal(10,2)`, and the types inside it by their names.

    An array has one inside, `element`; a map has `key` and `value`; a struct its fields.
    """

    name: str
    sizes: tuple[int, ...] = ()
    inner: tuple[tuple[str, "ColumnType"], ...] = ()

    def __str__(self) -> str:
        if self.name == "struct":
            return f"struct<{','.join(f'{name}:{of}' for name, of in self.inner)}>"
        if self.inner:
            return f"{self.name}<{','.join(str(of) for _, of in self.inner)}>"
        return f"{self.name}({','.join(map(str, self.sizes))})" if self.sizes else self.name


class _Unreadable(Exception):
    """The text is no type of this grammar."""


def parse_type(text: str) -> ColumnType:
    """Read a type; what is not understood is one type of that text."""
    tokens = [token.strip() for token in _TOKEN.findall(text)]
    reader = _Reader([token for token in tokens if token])
    try:
        found = reader.read(0)
    except _Unreadable:
        found = None
    if found is None or not reader.at_end:
        return ColumnType(text.strip().lower())
    return found


class _Reader:
    """Reads types from tokens."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._next = 0

    @property
    def at_end(self) -> bool:
        return self._next == len(self._tokens)

    def read(self, depth: int) -> ColumnType:
        if depth > _DEEPEST:
            raise _Unreadable
        name = self._name().lower()
        name = _SYNONYMS.get(name, name)
        if self._take("("):
            return ColumnType(name, self._sizes())
        if not self._take("<"):
            return ColumnType(name)
        inner = [self._inner(name, 0, depth)]
        while self._take(","):
            inner.append(self._inner(name, len(inner), depth))
        self._require(">")
        return ColumnType(name, (), tuple(inner))

    def _inner(self, outer: str, position: int, depth: int) -> tuple[str, ColumnType]:
        if outer == "struct":
            field = self._name().strip("`")
            self._require(":")
            return field, self.read(depth + 1)
        names = {"array": ("element",), "map": ("key", "value")}.get(outer)
        if names is not None and position >= len(names):
            raise _Unreadable
        return (names[position] if names else str(position)), self.read(depth + 1)

    def _sizes(self) -> tuple[int, ...]:
        sizes = [self._size()]
        while self._take(","):
            sizes.append(self._size())
        self._require(")")
        return tuple(sizes)

    def _size(self) -> int:
        text = self._name()
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise _Unreadable
        return int(text)

    def _name(self) -> str:
        if self.at_end or self._tokens[self._next] in "<>(),:":
            raise _Unreadable
        self._next += 1
        return self._tokens[self._next - 1]

    def _take(self, token: str) -> bool:
        if self.at_end or self._tokens[self._next] != token:
            return False
        self._next += 1
        return True

    def _require(self, token: str) -> None:
        if not self._take(token):
            raise _Unreadable


def widens(before: ColumnType, after: ColumnType) -> bool:
    """Tell whether every value of one scalar type is a value of the other."""
    if after.name in {"double", "float"}:
        exact = _EXACT_IN_DOUBLE if after.name == "double" else _EXACT_IN_FLOAT
        return before.name == after.name or before.name in exact
    if after.name in _INTEGERS:
        return before.name in _INTEGERS and _INTEGERS.index(before.name) <= _INTEGERS.index(after.name)
    if after.name == "decimal":
        return _fits_decimal(before, _decimal(after))
    if after.name in {"string", "varchar"}:
        room = _length(after)
        return before.name in {"char", "varchar", "string"} and _length(before) <= room
    return before == after


def _fits_decimal(before: ColumnType, size: tuple[int, int]) -> bool:
    precision, scale = size
    if before.name in _DIGITS:
        return precision - scale >= _DIGITS[before.name]
    if before.name != "decimal":
        return False
    had, had_scale = _decimal(before)
    return scale >= had_scale and precision - scale >= had - had_scale


def _decimal(of: ColumnType) -> tuple[int, int]:
    # Hive's default is decimal(10,0).
    return (of.sizes[0] if of.sizes else 10), (of.sizes[1] if len(of.sizes) > 1 else 0)


def _length(of: ColumnType) -> float:
    return of.sizes[0] if of.sizes and of.name != "string" else float("inf")
