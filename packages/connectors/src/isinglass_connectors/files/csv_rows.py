"""Split CSV records as Spark's parser does, one at a time: for rows that Arrow cannot be trusted with."""

from collections.abc import Iterator
from dataclasses import dataclass

from isinglass_connectors.files.options import ReadOptions


@dataclass(frozen=True, slots=True)
class Row:
    """One record: the line it begins at within its text (from 0), its raw text and its fields."""

    line: int
    raw: str
    fields: list[str]


def rows(text: str, options: ReadOptions) -> Iterator[Row]:
    """Yield the records of a text; blank lines and comments are none."""
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        start, raw = at, lines[at]
        at += 1
        if not raw.strip() or (options.comment and raw.startswith(options.comment)):
            continue
        fields, is_open = split(raw, options)
        while is_open and options.multi_line and at < len(lines):
            raw += "\n" + lines[at]
            at += 1
            fields, is_open = split(raw, options)
        yield Row(start, raw, fields)


def split(line: str, options: ReadOptions) -> tuple[list[str], bool]:
    """Split one record; the flag tells that a quote is still open at its end."""
    quote = options.quote
    if quote is None or quote not in line:
        return line.split(options.separator), False
    fields: list[str] = []
    at, is_open = 0, False
    while True:
        if line.startswith(quote, at):
            value, at, is_open = _quoted(line, at + 1, options)
        else:
            end = line.find(options.separator, at)
            end = len(line) if end < 0 else end
            value, at = line[at:end], end
        fields.append(value)
        if at >= len(line):
            return fields, is_open
        at += 1


def _quoted(line: str, at: int, options: ReadOptions) -> tuple[str, int, bool]:
    """Read from after the opening quote; a quote that closes nothing is kept as text."""
    quote, escape = options.quote or "", options.escape
    out: list[str] = []
    while at < len(line):
        char, after = line[at], line[at + 1 : at + 2]
        if char == escape and escape != quote and after in {quote, escape}:
            out.append(after)
            at += 2
        elif char == quote and after == quote:
            out.append(quote)
            at += 2
        elif char == quote and after in {"", options.separator}:
            return "".join(out), at + 1, False
        else:
            out.append(char)
            at += 1
    return "".join(out), at, True
