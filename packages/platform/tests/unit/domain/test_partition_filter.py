"""GetPartitions expressions: the language, the types, and an oracle written differently."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.domain.partition_expression import (
    And,
    Between,
    Compare,
    In,
    IsNull,
    Like,
    Not,
    Or,
    UnsupportedExpression,
    parse,
)
from isinglass.domain.partition_filter import compile_filter
from isinglass.domain.partition_values import NULL, KeyRange, encode, key_range
from isinglass.domain.truths import like
from isinglass.model.glue.errors import InvalidInputException, InvalidStateException

KEYS = [{"Name": "s", "Type": "string"}, {"Name": "d", "Type": "date"}, {"Name": "n", "Type": "int"}]


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a = 1", Compare("a", "=", "1")),
        ("a<>'x''y'", Compare("a", "<>", "x'y")),
        ("a < > -1.5e3", Compare("a", "<>", "-1.5e3")),
        ("a != 01", Compare("a", "<>", "01")),
        ("5 <= a.b_2", Compare("a.b_2", ">=", "5")),
        ('`order` = "x"', None),
        ("`order` >= ('x')", Compare("order", ">=", "x")),
        ("a IN (1,'2')", In("a", ("1", "2"))),
        ("a not in (1)", Not(In("a", ("1",)))),
        ("a Between 1 And 2 AND b like '%'", And((Between("a", "1", "2"), Like("b", "%")))),
        ("a NOT BETWEEN 1 AND 2", Not(Between("a", "1", "2"))),
        ("a is not null or b IS NULL", Or((Not(IsNull("a")), IsNull("b")))),
        ("a=1 or b=2 and not c=3", Or((Compare("a", "=", "1"), And((Compare("b", "=", "2"), Not(Compare("c", "=", "3"))))))),
        ("(a=1 or b=2) and c=3", And((Or((Compare("a", "=", "1"), Compare("b", "=", "2"))), Compare("c", "=", "3")))),
        ("a", None),
        ("a = b", None),
        ("a = 1 b", None),
        ("a = 'x", None),
        ("(a = 1", None),
        ("a like 5", None),
        ("a in ()", None),
        ("and = 1", None),
        ("a = 1; drop", None),
        ("(" * 500 + "a=1" + ")" * 500, None),
        ("NOT " * 500 + "a=1", None),
    ],
)  # fmt: skip
def test_expression_parses_to_its_tree_or_is_refused(text: str, tree: Any) -> None:
    if tree is None:
        with pytest.raises(UnsupportedExpression):
            parse(text)
    else:
        assert parse(text) == tree


@pytest.mark.parametrize(
    ("type_name", "expression", "value", "expected"),
    [
        ("int", "k = 1", "01", True),
        ("bigint", "k > '9'", "10", True),
        ("string", "k > '9'", "10", False),
        ("string", "k = 01", "01", True),
        ("string", "k = 1", "01", False),
        ("decimal(10,2)", "k = 1.50", "1.5", True),
        ("varchar(10)", "k like '_b%'", "abc", True),
        ("date", "k between '2021-01-01' and '2021-01-31'", "2021-01-31", True),
        ("timestamp", "k = '2021-01-01 00:00:00'", "2021-01-01 00:00:00.000", True),
        ("timestamp", "k < '2021-01-01 00:00:00.5'", "2021-01-01 00:00:00.49", True),
        ("int", "k in (1, 2)", NULL, False),
        ("int", "k not in (1, 2)", NULL, False),
        ("int", "k is null or k = 1", NULL, True),
        ("float", "k is not null", "1.5", True),
        ("int", "K = +1", "1", True),
        ("int", "'1' = k", "001", True),
        ("int", "k < 2", "-3", True),
        ("bigint", "k = 9223372036854775808", "9223372036854775808", True),
        ("int", "k between 2 and 1", "1", False),
        ("int", "k not between 1 and 2", NULL, False),
        ("int", "not (k is null)", NULL, False),
        ("int", "k <> 1", NULL, False),
        ("int", "not k = 1", NULL, False),
        ("string", "k = '__HIVE_DEFAULT_PARTITION__'", NULL, False),
        ("string", "k not like 'a%'", NULL, False),
        ("string", "k = 'O''Hara'", "O'Hara", True),
        ("string", "k like '%''%'", "O'Hara", True),
        ("string", "k like 'a.c'", "abc", False),
        ("string", "k like '100\\%'", "100%", False),
        ("string", "k = 'a' or k = 'b' and k = 'c'", "a", True),
        ("string", "k = 'Ä'", "ä", False),
        ("string", "k = 'x; drop table t --'", "x; drop table t --", True),
        ("string", "k between 'a' and 'b'", "b", True),
        ("string", "k between 'a' and 'b'", "ba", False),
        ("string", "k = ''", "", True),
        ("date", "k in ('2024-02-29')", "2024-02-29", True),
        ("smallint", "k = 1", "0000001", True),
        ("tinyint", "k >= -128", "-128", True),
        ("long", "k = 5", "5", True),
    ],
)
def test_value_compares_as_its_type(type_name: str, expression: str, value: str, expected: bool) -> None:
    chosen = compile_filter(expression, [{"Name": "k", "Type": type_name}])
    assert chosen is not None
    assert chosen.matches([value]) is expected


@pytest.mark.parametrize(
    ("type_name", "expression", "message"),
    [
        ("int", "k = 'int'", '"int" is not an integer.'),
        ("int", "k = 1.5", '"1.5" is not an integer.'),
        ("decimal", "k = 'x'", "x is not a decimal."),
        ("date", "k = '2021-13-01'", "2021-13-01 is not a date."),
        ("date", "k = '2021-1-1'", "2021-1-1 is not a date."),
        (
            "timestamp",
            "k = '2021'",
            "Timestamp format must be yyyy-mm-dd hh:mm:ss[.fffffffff] 2021 is not a timestamp.",
        ),
        ("float", "k = 1", "Unknown type : 'float'"),
        ("int", "k like '1%'", "Integral data type doesn't support operation 'LIKE'"),
        ("date", "k like '1%'", "Date data type doesn't support operation 'LIKE'"),
        ("decimal(3,1)", "k not like '1%'", "Decimal data type doesn't support operation 'LIKE'"),
        (
            "int",
            "j = 1",
            "Invalid partition expression! j is no partition key of the table. The partition keys are k.",
        ),
        ("int", "k ==", "Unsupported expression 'k ==': unexpected = at character 4"),
    ],
)
def test_literal_that_its_type_cannot_read_is_invalid_input(
    type_name: str, expression: str, message: str
) -> None:
    with pytest.raises(InvalidInputException) as caught:
        compile_filter(expression, [{"Name": "k", "Type": type_name}])
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ('k = "a"', 'unexpected "a" at character 5; strings are written in single quotes'),
        ("k = a", "unexpected a at character 5; strings are written in single quotes"),
        ("k = 'a", "the quote at character 5 has no end"),
        ("k = ''' or 1=1", "the quote at character 7 has no end"),
        ("`k = 1", "the quote at character 1 has no end"),
        ("(k = 'a'", "it ends too early"),
        ("k between 'a'", "it ends too early"),
        ("k in ()", "unexpected ) at character 7"),
        ("k in (null)", "unexpected null at character 7"),
        ("k = null", "unexpected null at character 5"),
        ("k = 2024-01-01", "unexpected -01 at character 9"),
        ("k = 'a' or '1'='1'", "unexpected '1' at character 16"),
        ("k = 'a'; drop table t", "unexpected ; at character 8"),
        ("k = 'a' --", "unexpected - at character 9"),
        ("k = 'a' /* all */", "unexpected / at character 9"),
        ("k = 'a' union select 1", "unexpected union at character 9"),
        ("k like 5", "unexpected 5 at character 8"),
        ("k like 'a' escape 'x'", "unexpected escape at character 12"),
        ("year(k) = 2024", "unexpected ( at character 5"),
        ("k == 1", "unexpected = at character 4"),
        ("(" * 70 + "k = 1" + ")" * 70, "it is nested more than 64 deep"),
    ],
)
def test_text_that_is_not_in_the_language_is_refused_with_the_place(expression: str, reason: str) -> None:
    with pytest.raises(InvalidInputException) as caught:
        compile_filter(expression, [{"Name": "k", "Type": "string"}])
    assert caught.value.message == f"Unsupported expression '{expression}': {reason}"


def test_column_of_a_table_without_partition_keys_is_no_key() -> None:
    with pytest.raises(InvalidInputException) as caught:
        compile_filter("k = 1", [])
    assert caught.value.message == (
        "Invalid partition expression! k is no partition key of the table. There are none."
    )


def test_stored_value_that_its_type_cannot_read_is_an_invalid_state() -> None:
    chosen = compile_filter("k > 1", [{"Name": "k", "Type": "int"}])
    assert chosen is not None
    with pytest.raises(InvalidStateException) as caught:
        chosen.matches(["1_000"])
    assert caught.value.message == '"1_000" is not an integer.'


@pytest.mark.parametrize(
    ("expression", "keys"),
    [
        ("s = 'x'", key_range(["x"])),
        ("S = 'x' and d > '2021-01-01'", key_range(["x"], low=("2021-01-01", False))),
        ("d < '2021-01-01' and s = 'x' and n = 1", key_range(["x"], high=("2021-01-01", False))),
        ("s between 'a' and 'b'", key_range([], ("a", True), ("b", True))),
        ("s = 'x' or d = '2021-01-01'", KeyRange()),
        ("not s = 'x'", KeyRange()),
        ("n = 1", KeyRange()),
    ],
)
def test_expression_bounds_the_keys_to_look_at(expression: str, keys: KeyRange) -> None:
    chosen = compile_filter(expression, KEYS)
    assert chosen is not None
    assert chosen.keys == keys


@settings(max_examples=300, deadline=None)
@given(text=st.text("ab", max_size=8), pattern=st.text("ab%_", max_size=6))
def test_like_matches_as_a_regular_expression_does(text: str, pattern: str) -> None:
    translated = pattern.replace("%", ".*").replace("_", ".")
    assert like(text, pattern) == bool(re.fullmatch(translated, text))


# The oracle: each condition as text and as a Python function of one row; NULLs are None.
ROWS = [
    (s, d, n)
    for s in ("a", "b", "ab", NULL)
    for d in ("2021-01-01", "2021-06-30", NULL)
    for n in ("1", "02", "10", NULL)
]
_LITERALS = {0: ["a", "b", "aa"], 1: ["2021-01-01", "2021-03-01"], 2: ["1", "2", "10"]}


def _typed(column: int, text: str) -> Any:
    if text == NULL:
        return None
    return int(text) if column == 2 else text


@st.composite
def conditions(draw: st.DrawFn) -> tuple[str, Any]:
    column = draw(st.integers(0, 2))
    name = KEYS[column]["Name"]
    literal = st.sampled_from(_LITERALS[column])
    kind = draw(st.sampled_from(["=", "<>", "<", "<=", ">", ">=", "in", "between", "null"]))
    if kind == "null":
        return f"{name} is null", lambda row: _typed(column, row[column]) is None
    first, second = draw(literal), draw(literal)
    low, high = _typed(column, first), _typed(column, second)

    def decide(value: Any) -> Any:
        answers = {
            "=": value == low,
            "<>": value != low,
            "<": value < low,
            "<=": value <= low,
            ">": value > low,
            ">=": value >= low,
            "in": value in (low, high),
            "between": low <= value <= high,
        }
        return answers[kind]

    def judge(row: tuple[str, ...]) -> Any:
        value = _typed(column, row[column])
        return None if value is None else decide(value)

    text = {"in": f"{name} in ('{first}', '{second}')", "between": f"{name} between '{first}' and '{second}'"}
    return text.get(kind, f"{name} {kind} '{first}'"), judge


def _combine(parts: list[tuple[str, Any]], word: str) -> tuple[str, Any]:
    deciding = word == "or"

    def judge(row: tuple[str, ...]) -> Any:
        answers = {part[1](row) for part in parts}
        return deciding if deciding in answers else None if None in answers else not deciding

    return "(" + f" {word} ".join(part[0] for part in parts) + ")", judge


def _negate(part: tuple[str, Any]) -> tuple[str, Any]:
    def judge(row: tuple[str, ...]) -> Any:
        answer = part[1](row)
        return None if answer is None else not answer

    return f"not ({part[0]})", judge


trees = st.recursive(
    conditions(),
    lambda inner: st.one_of(
        st.builds(_combine, st.lists(inner, min_size=1, max_size=3), st.sampled_from(["and", "or"])),
        st.builds(_negate, inner),
    ),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(tree=trees)
def test_filter_selects_what_the_oracle_selects_and_bounds_hold_it(tree: tuple[str, Any]) -> None:
    text, judge = tree
    chosen = compile_filter(text, KEYS)
    assert chosen is not None
    selected = [row for row in ROWS if chosen.matches(row)]
    assert selected == [row for row in ROWS if judge(row) is True], text
    for row in selected:
        key = encode(row)
        assert chosen.keys.low is None or chosen.keys.low <= key
        assert chosen.keys.high is None or key < chosen.keys.high
