"""UNION, INTERSECT and EXCEPT of differing types in SQL text announce the left types and send others.

The types of each branch are asked for, and the branches that have other types than Spark widens to get casts.
"""

from collections.abc import Iterator
from typing import Any

from pyspark.errors import PySparkException

from isinglass_runtime.gate.gate import Rule, Scope
from isinglass_runtime.gate.rules.union_types import common_type
from isinglass_runtime.gate.sql_types import with_text
from isinglass_runtime.gate.tokens import Token, closing, tokenize

_OPERATORS = frozenset({"UNION", "INTERSECT", "EXCEPT", "MINUS"})
_AFTER_OPERATOR = frozenset({"ALL", "DISTINCT"})
_TAIL = frozenset({"ORDER", "LIMIT", "OFFSET", "SORT", "CLUSTER", "DISTRIBUTE"})
_QUERY = frozenset({"SELECT", "(", "VALUES", "FROM", "TABLE"})


def apply(relation: Any, scope: Scope) -> None:
    """Cast the branches of each set operation, inner ones first."""
    if not any(token.upper in _OPERATORS for token in tokenize(relation.sql.query)):
        return
    # One group at a time: every rewrite moves what follows it.
    for ordinal in range(_count(relation.sql.query)):
        text = relation.sql.query
        changed = _rewritten(text, ordinal, relation, scope)
        if changed != text:
            relation.sql.query = changed


def _count(text: str) -> int:
    return len(list(_groups(tokenize(text))))


def _groups(tokens: list[Token]) -> Iterator[tuple[int, int]]:
    """Yield the token ranges that hold a whole query, brackets' insides before the statement itself."""
    for index, token in enumerate(tokens):
        inside = tokens[index + 1].upper if index + 1 < len(tokens) else ""
        if token.upper == "(" and inside in {"SELECT", "(", "VALUES"}:
            end = closing(tokens, index)
            if _cuts(tokens, index + 1, end):
                yield index + 1, end
    start = _main(tokens)
    if _cuts(tokens, start, len(tokens)):
        yield start, len(tokens)


def _main(tokens: list[Token]) -> int:
    """Give where the statement's own query begins: after WITH (…), or CREATE … AS, or INSERT INTO …."""
    depth = 0
    for index, token in enumerate(tokens):
        if token.upper == "SELECT" and depth == 0:
            return index
        depth += {"(": 1, ")": -1}.get(token.upper, 0)
    return 0


def _cuts(tokens: list[Token], start: int, end: int) -> list[tuple[int, int]]:
    """Give the token ranges of the branches when set operators stand directly in this range, else nothing."""
    branches, begin, index = [], start, start
    while index < end:
        word = tokens[index].upper
        if word in {"(", "["}:
            index = closing(tokens, index) + 1
            continue
        if word in _OPERATORS and index > begin:
            following = index + 1
            while following < end and tokens[following].upper in _AFTER_OPERATOR:
                following += 1
            if following < end and tokens[following].upper in _QUERY:
                branches.append((begin, index))
                begin = index = following
                continue
        if word in _TAIL and branches:
            break
        index += 1
    return [*branches, (begin, index)] if branches else []


def _rewritten(text: str, ordinal: int, relation: Any, scope: Scope) -> str:
    tokens = tokenize(text)
    groups = list(_groups(tokens))
    if ordinal >= len(groups):
        return text
    branches = _cuts(tokens, *groups[ordinal])
    before = _with(text, tokens, branches[0][0])
    spans = [(tokens[first].start, tokens[last - 1].end) for first, last in branches]
    try:
        schemas = [scope.schema(with_text(relation, before + text[start:end])) for start, end in spans]
    except PySparkException:
        return text  # it refers to what is outside, or is in error
    if len({len(schema.fields) for schema in schemas}) != 1:
        return text
    targets = []
    for fields in zip(*(schema.fields for schema in schemas), strict=True):
        common = fields[0].dataType
        for field in fields[1:]:
            common = None if common is None else common_type(common, field.dataType)
        if common is None:
            return text
        targets.append(common)
    for (start, end), schema in reversed(list(zip(spans, schemas, strict=True))):
        if [field.dataType for field in schema.fields] != targets:
            text = f"{text[:start]}{_cast(text[start:end], schema.names, targets)}{text[end:]}"
    return text


def _cast(branch: str, names: list[str], targets: list[Any]) -> str:
    columns = [f"__c{index}" for index in range(len(names))]
    items = [
        f"CAST({column} AS {target.simpleString()}) AS `{name.replace('`', '``')}`"
        for column, name, target in zip(columns, names, targets, strict=True)
    ]
    return f"SELECT {', '.join(items)} FROM ({branch}) AS __branch({', '.join(columns)})"  # noqa: S608 - the user's own statement


def _with(text: str, tokens: list[Token], first: int) -> str:
    """Give the WITH clause that a query sees: all of it, or what stands before its own entry."""
    if not tokens or tokens[0].upper != "WITH":
        return ""
    index, last = 0, 0
    while index < len(tokens) and index < first:
        if tokens[index].upper == "(":
            end = closing(tokens, index)
            if end >= first:
                break
            index = last = end
            if end + 1 >= len(tokens) or tokens[end + 1].upper not in {",", "AS"}:
                break
        index += 1
    return text[: tokens[last].end] + " " if last else ""


RULE = Rule("union_types", "0.7.2", ("relation.sql",), apply)
