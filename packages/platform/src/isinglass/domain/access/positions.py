"""Where a policy's statements stand in its document, for people to find the one that decided."""

from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]  # the standard library's, left out of its stubs


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a document; lines and columns count from 1."""

    line: int
    column: int


def statement_span(text: str, number: int) -> tuple[Position, Position] | None:
    """Find where a statement, counted from 1, begins and ends in a document that is valid JSON."""
    spans = _statements(text)
    if not 1 <= number <= len(spans):
        return None
    start, end = spans[number - 1]
    return _position(text, start), _position(text, end)


def _position(text: str, offset: int) -> Position:
    line_start = text.rfind("\n", 0, offset) + 1
    return Position(text.count("\n", 0, offset) + 1, offset - line_start + 1)


def _statements(text: str) -> list[tuple[int, int]]:
    """List the spans of the objects in the member Statement of the outermost object."""
    spans: list[tuple[int, int]] = []
    open_at: list[int] = []
    member, listed = "", False
    at = 0
    while at < len(text):
        character = text[at]
        if character == '"':
            string, at = scanstring(text, at + 1)
            if len(open_at) == 1 and _is_key(text, at):
                member = string
            continue
        if character in "{[":
            open_at.append(at)
            listed = listed or (character == "[" and len(open_at) == 2 and member == "Statement")
        elif character in "}]":
            start = open_at.pop()
            if character == "}" and member == "Statement" and len(open_at) == (2 if listed else 1):
                spans.append((start, at + 1))
            listed = listed and len(open_at) >= 2
        at += 1
    return spans


def _is_key(text: str, after: int) -> bool:
    while after < len(text) and text[after] in " \t\r\n":
        after += 1
    return text.startswith(":", after)
