"""Values as MySQL and PostgreSQL write them in dumps."""

import re
from typing import Literal

Dialect = Literal["mysql", "postgresql"]

_NUMBER = r"0x[0-9A-F]++|[-+]?\d++(?:\.\d*+)?(?:E[-+]?\d++)?"
_WORD = r"NULL|TRUE|FALSE|DEFAULT"
_ESCAPED = r"'(?:[^'\\]++|\\.|'')*+'"
#: Without groups, so that findall gives the whole values.
VALUE: dict[Dialect, re.Pattern[str]] = {
    "mysql": re.compile(rf"(?:_\w++\s*+|[NBX])?{_ESCAPED}|{_WORD}|{_NUMBER}", re.DOTALL | re.IGNORECASE),
    "postgresql": re.compile(
        rf"E{_ESCAPED}|[BX]?'(?:[^']++|'')*+'|{_WORD}|{_NUMBER}", re.DOTALL | re.IGNORECASE
    ),
}

_QUOTED_ESCAPE = re.compile(r"''|\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)", re.DOTALL)
_COPIED_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)", re.DOTALL)
_MYSQL = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a"}
_POSTGRESQL = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def read_value(raw: str, dialect: Dialect) -> str | None:
    """Read a value of an INSERT statement; numbers stay text."""
    if raw[-1] != "'":
        return raw if raw.isdigit() else _word(raw)
    prefix, _, quoted = raw.partition("'")
    text = quoted[:-1]
    if prefix in {"X", "x"}:
        return _text(bytes.fromhex(text))
    if dialect == "mysql":
        return text if "\\" not in text and "'" not in text else _QUOTED_ESCAPE.sub(_of_mysql, text)
    if prefix in {"E", "e"}:
        return _QUOTED_ESCAPE.sub(_of_postgresql, text)
    return text.replace("''", "'")


def read_copied(raw: str) -> str | None:
    """Read a value of a COPY block."""
    if raw == "\\N":
        return None
    return raw if "\\" not in raw else _COPIED_ESCAPE.sub(_of_postgresql, raw)


def _word(raw: str) -> str | None:
    upper = raw.upper()
    if upper in {"NULL", "DEFAULT"}:
        return None
    if upper in {"TRUE", "FALSE"}:
        return "1" if upper == "TRUE" else "0"
    if upper.startswith("0X"):
        return _text(bytes.fromhex(raw[2:].zfill(len(raw) - 2 + len(raw) % 2)))
    return raw


def _text(data: bytes) -> str:
    return data.decode(errors="replace")


def _of_mysql(found: re.Match[str]) -> str:
    if found[1] is None:
        return "'"
    # Only what stands after the backslash counts in MySQL: it knows no codes.
    return _MYSQL.get(found[1][0], found[1][0]) + found[1][1:]


def _of_postgresql(found: re.Match[str]) -> str:
    code = found[1]
    if code is None:
        return "'"
    if code[0] == "u" and len(code) == 5:
        return chr(int(code[1:], 16))
    if code[0] == "x" and len(code) > 1:
        return chr(int(code[1:], 16))
    if code[0] in "01234567":
        return chr(int(code, 8) & 0xFF)
    return _POSTGRESQL.get(code, code)
