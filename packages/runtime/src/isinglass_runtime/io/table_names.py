"""Find the table names of a SQL statement, by its tokens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from isinglass_runtime.gate.tokens import Token, tokenize

_BEFORE_TABLE = frozenset({"FROM", "JOIN", "TABLE", "INTO", "USING", "UPDATE"})
_ENDS_FROM = frozenset(
    {
        "WHERE",
        "GROUP",
        "ORDER",
        "HAVING",
        "LIMIT",
        "UNION",
        "INTERSECT",
        "EXCEPT",
        "MINUS",
        "WINDOW",
        "SELECT",
        "LATERAL",
        "DISTRIBUTE",
        "SORT",
        "CLUSTER",
        "QUALIFY",
        "PIVOT",
        "UNPIVOT",
        "OFFSET",
        "SET",
        ";",
    }
)
#: Functions whose own syntax has a FROM inside their brackets.
_FROM_FUNCTIONS = frozenset({"EXTRACT", "TRIM", "SUBSTRING", "SUBSTR", "OVERLAY", "POSITION"})
_NOT_NAMES = frozenset({"SELECT", "VALUES", "LATERAL", "WITH", "TABLE", "ONLY", "IF"})


@dataclass(frozen=True, slots=True)
class TableName:
    """A name where a table stands: its parts without quotes, and the text it covers."""

    parts: tuple[str, ...]
    start: int
    end: int


def table_names(sql: str) -> list[TableName]:
    """Give the names of tables, views and common table expressions that a statement mentions."""
    tokens = tokenize(sql)
    return list(_scan(tokens))


def defined_names(sql: str) -> frozenset[str]:
    """Give the names that the statement's own WITH clauses define, in lower case."""
    tokens = tokenize(sql)
    if not any(token.upper == "WITH" for token in tokens):
        return frozenset()
    found = set()
    for index, token in enumerate(tokens[:-1]):
        follows = (
            tokens[index + 1].upper == "AS" and index + 2 < len(tokens) and tokens[index + 2].upper == "("
        )
        if token.kind in {"word", "quoted"} and follows:
            found.add(token.name.lower())
        elif token.kind in {"word", "quoted"} and tokens[index + 1].upper == "(" and index:
            # name (columns) AS (…)
            before = tokens[index - 1].upper
            if before in {"WITH", ",", "RECURSIVE"}:
                found.add(token.name.lower())
    return frozenset(found)


def _scan(tokens: Sequence[Token]) -> Iterator[TableName]:
    """Follow the brackets; inside each, remember whether a FROM list is open, where a comma begins another
    table.
    """
    in_from: list[bool] = [False]
    functions: list[bool] = [False]
    for index, token in enumerate(tokens):
        word = token.upper
        if word == "(":
            in_from.append(False)
            functions.append(index > 0 and tokens[index - 1].upper in _FROM_FUNCTIONS)
        elif word == ")" and len(in_from) > 1:
            in_from.pop()
            functions.pop()
        elif word in _ENDS_FROM:
            in_from[-1] = False
        starts = word in _BEFORE_TABLE and not functions[-1] and not _is_distinct_from(tokens, index)
        if word == "FROM" and starts:
            in_from[-1] = True
        if starts or (word == "," and in_from[-1]):
            name = _name(tokens, index + 1)
            if name is not None:
                yield name


def _is_distinct_from(tokens: Sequence[Token], index: int) -> bool:
    return (
        tokens[index].upper == "FROM"
        and index > 1
        and tokens[index - 1].upper == "DISTINCT"
        and (tokens[index - 2].upper in {"IS", "NOT"})
    )


def _name(tokens: Sequence[Token], index: int) -> TableName | None:
    """Read `a`, `a.b` or `a.b.c`; None for subqueries, functions and keywords."""
    if (
        index >= len(tokens)
        or tokens[index].kind not in {"word", "quoted"}
        or tokens[index].upper in _NOT_NAMES
    ):
        return None
    parts = [tokens[index]]
    while (
        index + 2 < len(tokens)
        and tokens[index + 1].text == "."
        and tokens[index + 2].kind in {"word", "quoted"}
    ):
        index += 2
        parts.append(tokens[index])
    follows = tokens[index + 1].text if index + 1 < len(tokens) else ""
    if follows == "(" and len(parts) == 1 and parts[0].kind == "word" and tokens[index - 1].upper != "INTO":
        return None
    return TableName(tuple(part.name for part in parts), parts[0].start, parts[-1].end)
