"""Tell whether an SQL text is one statement that only reads."""

import re

#: What a reading statement may begin with.
READING = frozenset({"SELECT", "WITH", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "VALUES", "TABLE", "FROM"})
#: Words that make a statement write when they stand outside parentheses.
WRITING = frozenset({"INSERT", "MERGE", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "TRUNCATE", "CALL"})

_TOKEN = re.compile(
    r"""
    (?P<skip>\s+|--[^\n]*|/\*.*?\*/)
    |(?P<quoted>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`]|``)*`)
    |(?P<word>[A-Za-z_][A-Za-z_0-9]*)
    |(?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


def refusal(sql: str) -> str | None:
    """Say why a text is not one reading statement; None when it is."""
    depth, first, ended = 0, "", False
    for match in _TOKEN.finditer(sql):
        kind, text = match.lastgroup, match.group().upper()
        if kind == "skip":
            continue
        if ended:
            return "One statement at a time: something follows the semicolon."
        if text == ";":
            ended = True
        depth += {"(": 1, ")": -1}.get(text, 0)
        if not first and text not in ("(", ";"):
            first = text
            if text not in READING:
                return f"Only statements that read are run here, this one begins with {match.group()}."
        elif kind == "word" and depth == 0 and text in WRITING and first in ("WITH", "EXPLAIN", "FROM"):
            return f"Only statements that read are run here, this one has {text}."
    return None if first else "The statement is empty."
