"""Regular expressions from the network: run on sets of states, never back and forth, so that none takes long.

Patterns over table names are as the catalog understands them: a `*` after a plain character, or after
nothing, stands for any characters, as clients that think in globs expect (`sales_*`); after `.`, `)`, `]`,
`}` or an escape it repeats. Names are stored in lower case, so case does not count. Patterns that texts are
searched with have neither of these habits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from isinglass.domain.name_prefixes import ranges
from isinglass.domain.partition_values import EVERYTHING, KeyRange
from isinglass.domain.pattern_machine import Machine, TooManyStates, TooMuchWork
from isinglass.domain.pattern_nodes import Char, CharTest, Choice, Node, Repeat, Sequence
from isinglass.model.glue.errors import InvalidInputException

_DEEPEST = 50
#: States that matching the names of one request may go through, which takes about a second; what people ask
#: for takes thousands.
_MOST_WORK = 2_000_000

_ESCAPED_CLASSES: dict[str, CharTest] = {
    "d": str.isdecimal,
    "D": lambda c: not c.isdecimal(),
    "w": lambda c: c.isalnum() or c == "_",
    "W": lambda c: not (c.isalnum() or c == "_"),
    "s": str.isspace,
    "S": lambda c: not c.isspace(),
}


@dataclass(eq=False)
class InvalidPattern(Exception):
    """The text is not a pattern."""

    text: str
    reason: str

    def __str__(self) -> str:
        return f"Invalid expression '{self.text}': {self.reason}"


@dataclass(frozen=True, slots=True)
class NamePattern:
    """A test of whole names, and the ranges, in order, outside of which no name passes it."""

    matches: Callable[[str], bool]
    ranges: tuple[KeyRange, ...] = (EVERYTHING,)


def compile_pattern(text: str) -> NamePattern:
    """Compile a pattern over names, for one request: matching them refuses patterns that take too long."""
    node = _Parser(text).parse()
    machine = _machine(text, node, _MOST_WORK)

    def matches(name: str) -> bool:
        try:
            return machine.matches(name)
        except TooMuchWork as error:
            raise InvalidInputException(str(InvalidPattern(text, "it takes too long to match"))) from error

    return NamePattern(matches, ranges(node))


def compile_search(text: str) -> Callable[[str], bool]:
    """Compile a plain regular expression into a test of texts that have it somewhere."""
    return _machine(text, _Parser(text, glob=False).parse()).matches


def _machine(text: str, node: Node, most_work: float = inf) -> Machine:
    try:
        return Machine(node, most_work)
    except TooManyStates as error:
        raise InvalidPattern(text, "it repeats too much") from error


def _any_character(_: str) -> bool:
    return True


_ANYTHING = Repeat(Char(_any_character), 0, None)


class _Parser:
    """Recursive descent over the pattern's characters."""

    def __init__(self, text: str, *, glob: bool = True) -> None:
        self._text = text
        self._at = 0
        self._glob = glob

    def _fail(self, reason: str) -> InvalidPattern:
        return InvalidPattern(self._text, f"{reason} at position {self._at}")

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        character = self._peek()
        if not character:
            raise self._fail("it ends too early")
        self._at += 1
        return character

    def parse(self) -> Node:
        node = self._choice(0)
        if self._peek():
            raise self._fail("unmatched )")
        return node

    def _choice(self, depth: int) -> Node:
        if depth > _DEEPEST:
            raise self._fail("groups nest too deeply")
        options = [self._sequence(depth)]
        while self._peek() == "|":
            self._take()
            options.append(self._sequence(depth))
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _sequence(self, depth: int) -> Node:
        parts: list[Node] = []
        if not self._glob and depth == 0 and not self._begins():
            parts.append(_ANYTHING)
        while self._peek() not in ("", "|", ")"):
            if self._glob and self._peek() in "^$":
                self._take()  # the whole name is matched anyway
            elif self._peek() == "$" and depth == 0 and self._text[self._at + 1 : self._at + 2] in ("", "|"):
                self._take()
                return Sequence(tuple(parts))
            else:
                parts.extend(self._piece(depth))
        if not self._glob and depth == 0:
            parts.append(_ANYTHING)
        return Sequence(tuple(parts))

    def _begins(self) -> bool:
        found = self._peek() == "^"
        self._at += found
        return found

    def _piece(self, depth: int) -> list[Node]:
        character = self._take()
        if character == "*" and self._glob:
            return [_ANYTHING]
        part, plain = self._atom(character, depth)
        if plain and self._peek() == "*" and self._glob:
            return [part]  # the glob's star comes next
        return [self._quantified(part)]

    def _atom(self, character: str, depth: int) -> tuple[Node, bool]:
        if character == "(":
            if self._text.startswith("?:", self._at):
                self._at += 2
            elif self._peek() == "?":
                raise self._fail("groups beginning with ? are not supported")
            node = self._choice(depth + 1)
            if self._take() != ")":
                raise self._fail("a group is not closed")
            return node, False
        if character == "[":
            return Char(self._class()), False
        if character == ".":
            return Char(_any_character), False
        if character == "\\":
            return self._escape(), False
        if character in "+?*":
            raise self._fail(f"nothing to repeat before {character}")
        if character in "^$" and not self._glob:
            raise self._fail(f"{character} stands in the middle")
        return self._literal(character), True

    def _literal(self, character: str) -> Char:
        wanted = character.lower() if self._glob else character
        return Char(wanted.__eq__, wanted)

    def _escape(self) -> Char:
        character = self._take()
        if character in _ESCAPED_CLASSES:
            return Char(_ESCAPED_CLASSES[character])
        if character.isalnum():
            raise self._fail(f"\\{character} is not supported")
        return self._literal(character)

    def _class(self) -> CharTest:
        negated = self._peek() == "^"
        if negated:
            self._take()
        tests: list[CharTest] = []
        while not tests or self._peek() != "]":
            tests.append(self._class_item())
        self._take()
        if not self._glob:
            return lambda c: any(test(c) for test in tests) is not negated
        return lambda c: any(test(c) or test(c.upper()) for test in tests) is not negated

    def _class_item(self) -> CharTest:
        low = self._take()
        if low == "\\":
            return self._escape().test
        if self._peek() == "-" and self._text[self._at + 1 : self._at + 2] not in ("]", ""):
            self._take()
            high = self._take()
            if high < low:
                raise self._fail(f"the range {low}-{high} is empty")
            return lambda c: low <= c <= high
        return low.__eq__

    def _quantified(self, part: Node) -> Node:
        bounds: tuple[int, int | None]
        match self._peek():
            case "*":
                bounds = 0, None
            case "+":
                bounds = 1, None
            case "?":
                bounds = 0, 1
            case "{":
                bounds = self._counts()
            case _:
                return part
        self._take()
        if self._peek() in ("?", "+"):
            self._take()  # reluctant and possessive repeats accept the same whole names here
        return Repeat(part, *bounds)

    def _counts(self) -> tuple[int, int | None]:
        """Read `{2}`, `{2,}` or `{2,5}` up to its closing brace."""
        end = self._text.find("}", self._at)
        least, comma, most = self._text[self._at + 1 : end].partition(",")
        if end < 0 or not _is_count(least) or (most and not _is_count(most)):
            raise self._fail("a repeat count is not closed or not a number")
        self._at = end
        highest = (int(most) if most else None) if comma else int(least)
        if highest is not None and highest < int(least):
            raise self._fail("a repeat count is upside down")
        return int(least), highest


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4
