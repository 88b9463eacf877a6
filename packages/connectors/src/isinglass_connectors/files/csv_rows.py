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
        if not raw.strip(" ") or (options.comment and raw.startswith(options.comment)):
            continue
        if options.multi_line and options.quote and options.quote in raw:
            pieces, open_quotes = [raw], _quotes(raw, options)
            while open_quotes % 2 and at < len(lines):
                pieces.append(lines[at])
                open_quotes += _quotes(lines[at], options)
                at += 1
            raw = "\n".join(pieces)
        yield Row(start, raw, split(raw, options))


def _quotes(line: str, options: ReadOptions) -> int:
    quote, escape = options.quote or "", options.escape
    return line.count(quote) - (line.count(escape + quote) if escape and escape != quote else 0)


def split(line: str, options: ReadOptions) -> list[str]:
    """Split one record into its fields; a quote that is never closed ends with it."""
    quote = options.quote
    if quote is None or quote not in line:
        return line.split(options.separator)
    fields: list[str] = []
    at = 0
    while True:
        if line.startswith(quote, at):
            value, at = _quoted(line, at + 1, options)
        else:
            end = line.find(options.separator, at)
            end = len(line) if end < 0 else end
            value, at = line[at:end], end
        fields.append(value)
        if at >= len(line):
            return fields
        at += 1


def _quoted(line: str, at: int, options: ReadOptions) -> tuple[str, int]:
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
            return "".join(out), at + 1
        else:
            out.append(char)
            at += 1
    return "".join(out), at
