"""Where the operands of a division are, and what type their quotient has."""

import pytest

from isinglass_runtime.gate.decimal_types import division_types, result_type
from isinglass_runtime.gate.operands import around
from isinglass_runtime.gate.tokens import tokenize


@pytest.mark.parametrize(
    ("text", "operands"),
    [
        ("SELECT a / b", "a / b"),
        ("SELECT x + t.a * 2 / -b.c + 1", "t.a * 2 / -b.c"),
        ("SELECT sum(a + 1) / count(*) AS q", "sum(a + 1) / count(*)"),
        ("SELECT (a - b) / (c + (d))", "(a - b) / (c + (d))"),
        (
            "SELECT q * 100 / sum(q) OVER (PARTITION BY k) FROM t",
            "q * 100 / sum(q) OVER (PARTITION BY k)",
        ),
        ("SELECT sum(a) FILTER (WHERE b) / 2", "sum(a) FILTER (WHERE b) / 2"),
        ("WHERE x AND a / 2 > 1", "a / 2"),
        ("SELECT CASE WHEN a THEN 1 ELSE b END / CASE c WHEN 1 THEN 2 END, d", None),
        ("SELECT l[0] / m['k'].v", "l[0] / m['k'].v"),
        ("SELECT DISTINCT (a) / b", "(a) / b"),
        ("SELECT `a b` / 'x/y'", "`a b` / 'x/y'"),
    ],
)
def test_operands_reach_as_far_as_they_bind(text: str, operands: str | None) -> None:
    tokens = tokenize(text)
    operator = next(index for index, token in enumerate(tokens) if token.upper == "/")
    first, last = around(tokens, operator)
    found = text[tokens[first].start : tokens[last].end]
    assert found == (operands or text.removeprefix("SELECT ").removesuffix(", d"))


@pytest.mark.parametrize(
    ("operator", "left", "right", "result"),
    [
        ("/", (10, 2), (8, 3), (22, 11)),
        ("/", (10, 2), (1, 0), (14, 6)),
        ("/", (38, 10), (38, 10), (38, 6)),
        ("*", (10, 2), (10, 0), (21, 2)),
        ("*", (38, 10), (38, 10), (38, 6)),
        ("+", (10, 2), (8, 3), (12, 3)),
        ("%", (10, 2), (8, 3), (8, 3)),
    ],
)
def test_result_type_is_what_spark_documents(
    operator: str, left: tuple[int, int], right: tuple[int, int], result: tuple[int, int]
) -> None:
    assert result_type(operator, *left, *right) == result


def test_division_of_too_many_digits_is_one_of_doubles() -> None:
    assert division_types(10, 2, 3, 11) == ("decimal(16,8)", None)
    assert division_types(38, 16, 20, 6) == ("double", "double")
