"""The shapes of a schema, as the parser builds them and contents are held against them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Bounds = tuple[float | None, float | None]

#: What every schema may name without defining it.
SIMPLE = frozenset(
    {
        "String", "Boolean", "Byte", "Short", "Integer", "Long", "Float", "Double", "BigInteger",
        "BigDecimal", "Timestamp", "Blob", "Document",
    }
)  # fmt: skip

Kind = Literal["simple", "structure", "union", "list", "map", "enum", "intEnum"]


@dataclass(frozen=True, slots=True)
class Constraints:
    """What traits ask of a value."""

    required: bool = False
    length: Bounds | None = None
    range: Bounds | None = None
    pattern: str | None = None
    matches: Callable[[str], bool] | None = field(default=None, compare=False, repr=False)
    unique: bool = False
    sparse: bool = False
    timestamp_format: str | None = None


NONE = Constraints()


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a shape and the shape it targets; `line` and `column` say where it stands."""

    name: str
    target: str
    constraints: Constraints
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape: of a list the member is `member`, of a map they are `key` and `value`.

    `simple` is the simple type that a simple shape is a name for; `values` are those of an enumeration.
    """

    name: str
    kind: Kind
    members: tuple[Member, ...] = ()
    values: tuple[str | int, ...] = ()
    simple: str = ""
    constraints: Constraints = NONE
    line: int = 0
    column: int = 0

    def member(self, name: str) -> Member | None:
        """Find a member by its name."""
        return next((member for member in self.members if member.name == name), None)


@dataclass(frozen=True, slots=True)
class Schema:
    """All shapes of a text, those that every schema has among them."""

    shapes: Mapping[str, Shape]

    def __getitem__(self, name: str) -> Shape:
        return self.shapes[name]


PRELUDE: Mapping[str, Shape] = {name: Shape(name, "simple", simple=name) for name in sorted(SIMPLE)}
