"""Take a stream of JSON apart into records: one per line, or documents and arrays that span lines."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import orjson

from isinglass_connectors.files.streams import Block, blocks

_SPACE = " \t\r\n,"
#: A record that has not ended after so much text is taken for a broken one.
_LONGEST = 64 << 20


@dataclass(frozen=True, slots=True)
class Document:
    """One record: its line, its raw text, and its value or the reason why it has none."""

    line: int
    raw: str
    value: Any = None
    error: str = ""


def parse_line(line: bytes, number: int) -> Document:
    try:
        return Document(number, line.decode("utf-8", "replace"), orjson.loads(line))
    except ValueError as error:
        return _lenient(line, number, error)


def _lenient(line: bytes, number: int, error: ValueError) -> Document:
    """Accept what Spark's parser does and orjson does not: NaN, wide integers, bad UTF-8."""
    text = line.decode("utf-8", "replace")
    try:
        return Document(number, text, json.loads(text))
    except (ValueError, RecursionError):
        reason = str(error).split(": line")[0]
        return Document(number, text, None, f"not JSON: {reason}")


def lines(block: Block) -> Iterator[Document]:
    """The records of a block of JSON lines."""
    for index, line in enumerate(block.data.split(b"\n")):
        if line and not line.isspace():
            yield parse_line(line, block.line + index)


def documents(stream: IO[bytes], *, elements: bool = True) -> Iterator[Document]:
    """The records of documents that follow one another, or stand in one top-level array.

    With `elements=False` a top-level array is one document.

    Holds one record in memory. Text that is no JSON ends the file as one bad record: what follows a syntax
    error has no certain beginning.
    """
    scanner = _Scanner(stream)
    in_array = elements and scanner.skip_space() and scanner.peek() == "["
    if in_array:
        scanner.advance(1)
    while scanner.skip_space():
        if in_array and scanner.peek() == "]":
            return
        yield scanner.record()


class _Scanner:
    def __init__(self, stream: IO[bytes]) -> None:
        self._blocks = blocks(stream, size=1 << 20)
        self._decoder = json.JSONDecoder()
        self._text = ""
        self._at = 0
        self._line = 1

    def _more(self) -> bool:
        block = next(self._blocks, None)
        if block is None:
            return False
        self._text = self._text[self._at :] + block.data.decode("utf-8", "replace")
        self._at = 0
        return True

    def peek(self) -> str:
        return self._text[self._at]

    def advance(self, count: int) -> None:
        self._line += self._text.count("\n", self._at, self._at + count)
        self._at += count

    def skip_space(self) -> bool:
        """Go to the next record's first character; False at the end."""
        while True:
            rest = self._text[self._at : self._at + 4096]
            space = len(rest) - len(rest.lstrip(_SPACE))
            self.advance(space)
            if space < len(rest):
                return True
            if self._at >= len(self._text) and not self._more():
                return False

    def record(self) -> Document:
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except (ValueError, RecursionError) as error:
                if len(self._text) - self._at < _LONGEST and self._more():
                    continue
                return self._broken(str(error).split(": line")[0])
            if end == len(self._text) and not isinstance(value, (dict, list)) and self._more():
                continue  # A number may go on in the next block.
            document = Document(self._line, self._text[self._at : end], value)
            self.advance(end - self._at)
            return document

    def _broken(self, reason: str) -> Document:
        document = Document(
            self._line, self._text[self._at : self._at + 100_000], None, f"not JSON: {reason}"
        )
        self._at = len(self._text)
        while self._more():
            self._at = len(self._text)
        return document
