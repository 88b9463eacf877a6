"""What a pattern says, as a tree: characters, one after another, one of several, repeated."""

from collections.abc import Callable
from dataclasses import dataclass

CharTest = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Char:
    """One character that passes a test; `literal` when only one does."""

    test: CharTest
    literal: str | None = None


@dataclass(frozen=True, slots=True)
class Sequence:
    """One part after the other."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Any of some options."""

    options: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part so many times; without an end where `most` is None."""

    part: "Node"
    least: int
    most: int | None


Node = Char | Sequence | Choice | Repeat
