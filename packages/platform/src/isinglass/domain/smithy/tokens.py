"""Splits Smithy IDL text into tokens that know where they stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["name", "string", "number", "sign", "end"]

_TOKEN = re.compile(
    r"""
      (?P<space>[ \t\r\n,]+|//[^\n]*)
    | (?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?:\#[A-Za-z_]\w*(?:\$[A-Za-z_]\w*)?)?)
    | (?P<block>\"\"\"\r?\n(?:[^"\\]|\\.|"(?!"")|\r?\n)*\"\"\")
    | (?P<string>"(?:[^"\\]|\\.|\\\r?\n)*")
    | (?P<number>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | (?P<sign>:=|[{}()\[\]:=@$])
    """,
    re.VERBOSE | re.ASCII,
)
_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt])|u([0-9A-Fa-f]{4})|(\r?\n))')
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


@dataclass(eq=False)
class SchemaError(Exception):
    """The text is not a schema; `line` and `column` count from one."""

    reason: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text; `text` of a string is what it stands for."""

    kind: Kind
    text: str
    line: int
    column: int

    def fail(self, reason: str) -> SchemaError:
        """Build the error that points here."""
        return SchemaError(reason, self.line, self.column)

    def __str__(self) -> str:
        match self.kind:
            case "end":
                return "the end of the schema"
            case "string":
                return "a string"
        return self.text


def tokenise(text: str) -> Iterator[Token]:
    """Yield the tokens of a text, the last of them its end; comments and commas say nothing."""
    at, line, line_start = 0, 1, 0
    while at < len(text):
        column = at - line_start + 1
        match = _TOKEN.match(text, at)
        if match is None:
            reason = "the string is not closed" if text[at] == '"' else f"{text[at]!r} is not understood here"
            raise SchemaError(reason, line, column)
        found = match.group()
        match match.lastgroup:
            case "name":
                yield Token("name", found, line, column)
            case "number":
                yield Token("number", found, line, column)
            case "sign":
                yield Token("sign", found, line, column)
            case "string":
                yield Token("string", _unescaped(found[1:-1], line, column), line, column)
            case "block":
                yield Token("string", _unescaped(_dedented(found), line, column), line, column)
        newlines = found.count("\n")
        if newlines:
            line += newlines
            line_start = at + found.rindex("\n") + 1
        at = match.end()
    yield Token("end", "", line, at - line_start + 1)


def _dedented(block: str) -> str:
    """Take the text out of a text block: its smallest indentation does not count."""
    lines = block[3:-3].replace("\r\n", "\n").split("\n")[1:]
    depths = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip(" ")]
    if lines and not lines[-1].strip(" "):
        depths.append(len(lines[-1]))
    depth = min(depths, default=0)
    return "\n".join(line[depth:].rstrip(" ") for line in lines)


def _unescaped(text: str, line: int, column: int) -> str:
    parts: list[str] = []
    at = 0
    while (slash := text.find("\\", at)) >= 0:
        match = _ESCAPE.match(text, slash)
        if match is None:
            raise SchemaError(f"the string has an unknown escape {text[slash : slash + 2]}", line, column)
        character, code, _newline = match.groups()
        parts.append(text[at:slash])
        if character:
            parts.append(_ESCAPED.get(character, character))
        elif code:
            parts.append(chr(int(code, 16)))
        at = match.end()
    return "".join((*parts, text[at:]))
