"""Cut Spark SQL text into tokens, so that nothing is ever recognised inside a literal or a comment."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<space>\s+ | --[^\n]* )
  | (?P<comment>/\*)
  | (?P<string>[rR]?'(?:\\.|''|[^'\\])*' | [rR]?"(?:\\.|""|[^"\\])*")
  | (?P<quoted>`(?:``|[^`])*`)
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?:[lLsSyYfFdD]|[bB][dD])?(?!\w))
  | (?P<word>\w+)
  | (?P<symbol><=>|->|=>|<=|>=|<>|!=|==|\|\||::|.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of SQL: `word`, `quoted` (back-ticks), `string`, `number` or `symbol`, and where it
    stands.
    """

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def upper(self) -> str:
        """The keyword a word may be; a quoted name is never a keyword."""
        return self.text.upper() if self.kind in {"word", "symbol"} else ""

    @property
    def name(self) -> str:
        """The identifier without its quotes."""
        return self.text[1:-1].replace("``", "`") if self.kind == "quoted" else self.text

    @property
    def value(self) -> str:
        """The inside of a string literal, escapes untouched."""
        return self.text.lstrip("rR")[1:-1] if self.kind == "string" else self.text


def tokenize(sql: str) -> list[Token]:
    """Give the tokens of a statement without white space and comments."""
    return list(_scan(sql))


def _scan(sql: str) -> Iterator[Token]:
    at = 0
    while at < len(sql):
        match = _TOKEN.match(sql, at)
        assert match is not None, "the last symbol matches any character"
        kind = match.lastgroup or "symbol"
        if kind == "comment":
            at = _comment_end(sql, at)
            continue
        if kind != "space":
            yield Token(kind, match.group(), at)
        at = match.end()


def _comment_end(sql: str, start: int) -> int:
    """Find the end of a bracketed comment; Spark's nest."""
    depth, at = 0, start
    while at < len(sql):
        if sql.startswith("/*", at):
            depth, at = depth + 1, at + 2
        elif sql.startswith("*/", at):
            depth, at = depth - 1, at + 2
            if depth == 0:
                return at
        else:
            at += 1
    return len(sql)


def find(tokens: Sequence[Token], *words: str, start: int = 0) -> int:
    """Give the index of the first run of these keywords, or -1."""
    for index in range(start, len(tokens) - len(words) + 1):
        if all(tokens[index + offset].upper == word for offset, word in enumerate(words)):
            return index
    return -1


def closing(tokens: Sequence[Token], opening: int) -> int:
    """Give the index of the bracket that closes the one at `opening`; the end when it never closes."""
    depth = 0
    for index in range(opening, len(tokens)):
        if tokens[index].upper in {"(", "["}:
            depth += 1
        elif tokens[index].upper in {")", "]"}:
            depth -= 1
            if depth == 0:
                return index
    return len(tokens) - 1
