"""Read a statement word by word, and say what an own statement answers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyspark.errors import ParseException

from isinglass_runtime.gate.tokens import Token

_ESCAPE = re.compile(r"\\(.)|''|\"\"", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b"}


class SyntaxNotKnownError(ParseException):  # type: ignore[misc] # pyspark is not followed
    """A statement of ours goes on as none does."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"[PARSE_SYNTAX_ERROR] Expected {expected}, found {found}.")


@dataclass(frozen=True, slots=True)
class Rows:
    """What a statement answers; most answer nothing."""

    schema: str = ""
    rows: Sequence[tuple[Any, ...]] = ()


@dataclass(slots=True)
class Cursor:
    """A place among the tokens of a statement."""

    tokens: Sequence[Token]
    at: int = 0

    def takes(self, *words: str) -> bool:
        """Pass these keywords if they are what follows."""
        following = self.tokens[self.at : self.at + len(words)]
        if [token.upper for token in following] != list(words):
            return False
        self.at += len(words)
        return True

    def takes_one_of(self, *words: str) -> bool:
        """Pass one of these keywords if it is what follows."""
        return any(self.takes(word) for word in words)

    def name(self) -> tuple[str, ...]:
        """Read a name with dots."""
        parts = [self._part()]
        while self.takes("."):
            parts.append(self._part())
        return tuple(parts)

    def text(self) -> str:
        """Read a string literal; any other single word or number stands for itself."""
        token = self._next("a string")
        return unescaped(token) if token.kind == "string" else token.text

    def properties(self) -> dict[str, str]:
        """Read `('a' = 'b', c.d = 1)`."""
        found = {}
        self.expect("(")
        while True:
            is_text = self.at < len(self.tokens) and self.tokens[self.at].kind == "string"
            key = self.text() if is_text else ".".join(self.name())
            self.takes("=")
            found[key] = self.text()
            if not self.takes(","):
                break
        self.expect(")")
        return found

    def pattern(self) -> str | None:
        """Read the rest of a SHOW statement: `[[LIKE] 'pattern']`."""
        is_last = self.at >= len(self.tokens) or self.tokens[self.at].text == ";"
        found = self.text() if self.takes("LIKE") or not is_last else None
        self.end()
        return found

    def expect(self, word: str) -> None:
        """Pass a keyword that has to follow."""
        if not self.takes(word):
            raise SyntaxNotKnownError(word, self._found())

    def end(self) -> None:
        """Check that nothing follows."""
        self.takes(";")
        if self.at < len(self.tokens):
            raise SyntaxNotKnownError("the end of the statement", self._found())

    def _part(self) -> str:
        token = self._next("a name")
        if token.kind not in {"word", "quoted"}:
            raise SyntaxNotKnownError("a name", token.text)
        return token.name

    def _next(self, expected: str) -> Token:
        if self.at >= len(self.tokens):
            raise SyntaxNotKnownError(expected, "the end of the statement")
        self.at += 1
        return self.tokens[self.at - 1]

    def _found(self) -> str:
        return self.tokens[self.at].text if self.at < len(self.tokens) else "the end of the statement"


def unescaped(token: Token) -> str:
    """Give the text that a string literal means."""
    if token.text[0] in "rR":
        return token.value
    return _ESCAPE.sub(lambda m: _ESCAPED.get(m[1], m[1]) if m[1] else m[0][0], token.value)


def matches(pattern: str, name: str) -> bool:
    """Tell whether a name is meant by LIKE of SHOW: `*` for any text, `|` between alternatives."""
    kinds = ("".join(".*" if c == "*" else re.escape(c) for c in part) for part in pattern.strip().split("|"))
    return any(re.fullmatch(kind, name, re.IGNORECASE | re.DOTALL) for kind in kinds)
