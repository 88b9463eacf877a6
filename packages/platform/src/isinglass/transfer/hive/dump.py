"""Reads the rows of a SQL dump of MySQL or PostgreSQL as a stream; nothing of it is ever executed."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, TextIO

from isinglass.transfer.hive.literals import VALUE, Dialect, read_copied, read_value

_CHUNK = 256 * 1024
#: The beginning of a statement, up to its rows, is shorter than that.
_LONGEST_HEAD = 256 * 1024
#: So many characters tell which program wrote a dump.
_SNIFFED = 4 * 1024
#: A row or a definition longer than that is none.
_LONGEST = 64 * 1024 * 1024

_IDENTIFIER = r"(?:`[^`]+`|\"[^\"]+\"|\w+)"
_NAME = rf"(?:{_IDENTIFIER}\s*\.\s*)?({_IDENTIFIER})"
_INSERT = re.compile(
    rf"(?:INSERT|REPLACE)\s+(?:IGNORE\s+)?INTO\s+{_NAME}\s*(?:\(([^)]*)\)\s*)?"
    r"(?:OVERRIDING\s+\w+\s+VALUE\s+)?VALUES\s*(?=\()",
    re.IGNORECASE,
)
_COPY = re.compile(rf"COPY\s+{_NAME}\s*\(([^)]*)\)\s+FROM\s+stdin[^;]*;[^\n]*\n", re.IGNORECASE)
_CREATE = re.compile(rf"CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}\s*\(", re.IGNORECASE)
_BEGINS = re.compile(r"(?:INSERT|REPLACE|COPY|CREATE\s+TABLE)\b", re.IGNORECASE)
_BLANK = re.compile(r"(?:\s+|--[^\n]*(?:\n|\Z)|#[^\n]*(?:\n|\Z)|\\[^\n]*(?:\n|\Z)|/\*.*?\*/;?)", re.DOTALL)
_BETWEEN = re.compile(r"\s*([,;])\s*")
_COLUMN = re.compile(_IDENTIFIER)
#: What stands in a definition instead of a column.
_CONSTRAINTS = frozenset({
    "PRIMARY", "KEY", "UNIQUE", "CONSTRAINT", "INDEX", "FOREIGN", "CHECK", "FULLTEXT", "SPATIAL",
})  # fmt: skip
_DOLLARS = re.compile(r"\$\w*\$")


@dataclass(eq=False)
class DumpUnreadable(Exception):
    """A dump is not what mysqldump or pg_dump write."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; names of tables and columns are in upper case."""

    table: str
    columns: tuple[str, ...]
    values: list[str | None]


@dataclass(slots=True)
class DumpReader:
    """Yields the rows of some tables of one dump, in constant memory."""

    stream: TextIO
    wanted: Collection[str]
    _text: str = ""
    _at: int = 0
    _line: int = 1
    _ended: bool = False
    _dialect: Dialect = "postgresql"
    _columns: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def rows(self) -> Iterator[Row]:
        """Yield the rows; raises DumpUnreadable."""
        while len(self._text) < _SNIFFED and self._more():
            pass
        head = self._text[:_SNIFFED]
        if re.search("MySQL dump|MariaDB dump", head) or ("`" in head and "PostgreSQL" not in head):
            self._dialect = "mysql"
        while self._skip_blank():
            if self._matches(_BEGINS) is None:
                self._skip_statement()
            elif found := self._matches(_INSERT):
                yield from self._inserted(found)
            elif found := self._matches(_COPY):
                yield from self._copied(found)
            elif found := self._matches(_CREATE):
                self._defined(found)
            else:
                self._skip_statement()

    def _more(self) -> bool:
        """Read on; tells whether there was more."""
        if len(self._text) - self._at > _LONGEST:
            raise DumpUnreadable(self._line, "a statement has no end")
        self._line += self._text.count("\n", 0, self._at)
        # Ever larger steps, so that long texts are not looked at over and over.
        chunk = self.stream.read(max(_CHUNK, len(self._text) - self._at))
        self._text = self._text[self._at :] + chunk
        self._at = 0
        self._ended = not chunk
        return bool(chunk)

    def _matches(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Match at this place, reading on while the end of the text may be the end of the match only."""
        while True:
            found = pattern.match(self._text, self._at)
            if self._ended or (found is not None and found.end() < len(self._text)):
                return found
            if found is None and len(self._text) - self._at >= _LONGEST_HEAD and pattern not in _LONG:
                return None
            self._more()

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = self._matches(pattern)
        if found is not None:
            self._at = found.end()
        return found

    def _skip_blank(self) -> bool:
        """Skip space and comments; tells whether something comes after them."""
        while self._take(_BLANK) is not None:
            pass
        return self._at < len(self._text) or self._more()

    def _skip_statement(self) -> None:
        skip = _SKIPPED[self._dialect]
        while True:
            found = self._take(skip)
            if found is None or not found[0]:
                if self._ended:
                    self._at = len(self._text)
                    return
                raise DumpUnreadable(self._here(), "a quoted text has no end")
            if found[0] == ";":
                return
            if (
                found[0] == "$"
                and self._dialect == "postgresql"
                and (quote := _DOLLARS.match(self._text, self._at - 1))
            ):
                self._skip_past(quote[0], quote.end())

    def _skip_past(self, mark: str, at: int) -> None:
        while (end := self._text.find(mark, at)) < 0:
            self._at = max(self._at, len(self._text) - len(mark))
            if not self._more():
                return
            at = 0
        self._at = end + len(mark)

    def _here(self) -> int:
        return self._line + self._text.count("\n", 0, self._at)

    def _inserted(self, found: re.Match[str]) -> Iterator[Row]:
        table = _name(found[1])
        if table not in self.wanted:
            self._skip_statement()
            return
        columns = _names(found[2]) if found[2] else self._columns.get(table)
        if columns is None:
            raise DumpUnreadable(
                self._here(),
                f"the columns of {table} have no names: dump its definition, too, or with --complete-insert",
            )
        self._at = found.end()
        row, convert = _ROWS[self._dialect], partial(read_value, dialect=self._dialect)
        while taken := self._take(row):
            values = [convert(raw) for raw in VALUE[self._dialect].findall(taken[0])]
            if len(values) != len(columns):
                raise DumpUnreadable(
                    self._here(), f"a row of {table} has {len(values)} values for {len(columns)} columns"
                )
            yield Row(table, columns, values)
            between = self._take(_BETWEEN)
            if between is None or between[1] == ";":
                if between is None:
                    self._skip_statement()
                return
        raise DumpUnreadable(self._here(), f"a row of {table} is not written as a row")

    def _copied(self, found: re.Match[str]) -> Iterator[Row]:
        table, columns = _name(found[1]), _names(found[2])
        self._at = found.end()
        is_wanted = table in self.wanted
        while True:
            end = self._text.find("\n", self._at)
            if end < 0:
                if not self._more():
                    raise DumpUnreadable(self._here(), f"the rows of {table} have no end")
                continue
            line = self._text[self._at : end]
            self._at = end + 1
            line = line.removesuffix("\r")
            if line == "\\.":
                return
            if is_wanted:
                values = [read_copied(raw) for raw in line.split("\t")]
                if len(values) != len(columns):
                    reason = f"a row of {table} has {len(values)} values for {len(columns)} columns"
                    raise DumpUnreadable(self._here() - 1, reason)
                yield Row(table, columns, values)

    def _defined(self, found: re.Match[str]) -> None:
        """Learn the columns of a table from its definition."""
        table = _name(found[1])
        if table not in self.wanted:
            self._skip_statement()
            return
        self._at = found.end()
        columns: list[str] = []
        depth, begins = 1, True
        while depth and (piece := self._take(_PIECES)):
            text = piece[0]
            if text in "()":
                depth += 1 if text == "(" else -1
            elif text == "," and depth == 1:
                begins = True
            elif begins and not text.isspace():
                begins = False
                if _COLUMN.fullmatch(text) and (text[0] in '`"' or text.upper() not in _CONSTRAINTS):
                    columns.append(_name(text))
        self._columns[table] = tuple(columns)
        self._skip_statement()


def _name(identifier: str) -> str:
    return identifier.strip('`"').upper()


def _names(listed: str) -> tuple[str, ...]:
    return tuple(_name(name.strip()) for name in listed.split(","))


_STRINGS: dict[Literal["mysql", "postgresql"], str] = {
    "mysql": r"'(?:[^'\\]++|\\.|'')*+'|\"(?:[^\"\\]++|\\.|\"\")*+\"|`[^`]*+`",
    "postgresql": r"[eE]'(?:[^'\\]++|\\.|'')*+'|'(?:[^']++|'')*+'|\"[^\"]*+\"",
}
#: A piece of a statement that is skipped: a quoted text, a comment, a stretch without either, or its end.
_SKIPPED = {
    dialect: re.compile(
        rf"{strings}|--[^\n]*+\n|/\*(?:[^*]++|\*(?!/))*+\*/|[^;'\"`$\-/eE]++|[^;'\"`]|;", re.DOTALL
    )
    for dialect, strings in _STRINGS.items()
}
_PIECES = re.compile(rf"'(?:[^'\\]++|\\.|'')*+'|{_IDENTIFIER}|\s++|.", re.DOTALL)
_ROWS = {
    dialect: re.compile(
        rf"\(\s*+(?:{value.pattern})(?:\s*+,\s*+(?:{value.pattern}))*+\s*+\)", re.DOTALL | re.IGNORECASE
    )
    for dialect, value in VALUE.items()
}
#: Patterns whose matches may be long: not to match yet says nothing before the dump ends.
_LONG = frozenset({*_ROWS.values(), *_SKIPPED.values()})
