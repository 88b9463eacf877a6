"""Patterns of policies: `*` is any characters, `?` is one; no pattern takes long on any text.

A pattern is cut at its stars. The first piece must begin the text, the last must end it, and each between
them is looked for from where the one before ended: the leftmost place is always as good as any later one.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

#: One element of a pattern: literal text, or what stands for other characters.
Token = tuple[Literal["text", "any", "one"], str]


@dataclass(frozen=True, slots=True)
class Wildcard:
    """A compiled pattern; a piece is the literal texts around its question marks.

    `plain` has the pieces of a pattern without question marks, which most are.
    """

    pieces: tuple[tuple[str, ...], ...]
    plain: tuple[str, ...] | None

    def matches(self, text: str) -> bool:
        """Tell whether the pattern covers the whole text."""
        if self.plain is not None:
            return _covers(self.plain, text)
        first, *middle = self.pieces
        end = _match_at(first, text, 0)
        if end is None:
            return False
        if not middle:
            return end == len(text)
        last = middle.pop()
        for piece in middle:
            end = _find(piece, text, end)
            if end is None:
                return False
        start = len(text) - _length(last)
        return start >= end and _match_at(last, text, start) is not None


def compile_tokens(tokens: list[Token]) -> Wildcard:
    """Compile elements, whose texts are literal whatever they contain."""
    pieces: list[list[str]] = [[""]]
    for kind, text in tokens:
        if kind == "any":
            pieces.append([""])
        elif kind == "one":
            pieces[-1].append("")
        else:
            pieces[-1][-1] += text
    plain = None if any(len(piece) > 1 for piece in pieces) else tuple(piece[0] for piece in pieces)
    return Wildcard(tuple(tuple(piece) for piece in pieces), plain)


def read_tokens(text: str) -> list[Token]:
    """Read a text in which every `*` and `?` is a wildcard."""
    tokens: list[Token] = []
    literal = ""
    for character in text:
        if character not in "*?":
            literal += character
            continue
        if literal:
            tokens.append(("text", literal))
            literal = ""
        tokens.append(("any" if character == "*" else "one", character))
    return [*tokens, ("text", literal)] if literal else tokens


@lru_cache(maxsize=4096)
def compile_text(text: str) -> Wildcard:
    """Compile a text in which every `*` and `?` is a wildcard."""
    return compile_tokens(read_tokens(text))


def matches(pattern: str, text: str) -> bool:
    """Tell whether a pattern covers a whole text."""
    return compile_text(pattern).matches(text)


def _covers(plain: tuple[str, ...], text: str) -> bool:
    """Do as Wildcard.matches for pieces without question marks: every request is decided here."""
    if not text.startswith(plain[0]):
        return False
    if len(plain) == 1:
        return len(text) == len(plain[0])
    end = len(plain[0])
    for piece in plain[1:-1]:
        at = text.find(piece, end)
        if at < 0:
            return False
        end = at + len(piece)
    return text.endswith(plain[-1]) and end + len(plain[-1]) <= len(text)


def _length(piece: tuple[str, ...]) -> int:
    return sum(map(len, piece)) + len(piece) - 1


def _match_at(piece: tuple[str, ...], text: str, at: int) -> int | None:
    """Return where the piece ends when it begins at a place, None when it does not."""
    if at + _length(piece) > len(text):
        return None
    for literal in piece:
        if not text.startswith(literal, at):
            return None
        at += len(literal) + 1
    return at - 1


def _find(piece: tuple[str, ...], text: str, start: int) -> int | None:
    """Return where the piece's leftmost place from a start on ends."""
    if len(piece) == 1:
        at = text.find(piece[0], start)
        return None if at < 0 else at + len(piece[0])
    for at in range(start, len(text) - _length(piece) + 1):
        end = _match_at(piece, text, at)
        if end is not None:
            return end
    return None
