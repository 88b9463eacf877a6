"""Row filters: what is one, and which partitions may hold rows of it."""

import sqlite3
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.domain.partition_expression import (
    And,
    Between,
    Compare,
    Expression,
    In,
    IsNull,
    Like,
    Not,
    Or,
    parse,
)
from isinglass.domain.permissions.partition_outcomes import may_hold
from isinglass.domain.permissions.row_filter import (
    InvalidRowFilter,
    columns_tested,
    compile_row_filter,
    document_of,
)

COLUMNS = [
    {"Name": name, "Type": kind}
    for name, kind in (
        ("id", "bigint"), ("Name", "string"), ("price", "decimal(10,2)"), ("ok", "boolean"),
        ("day", "date"), ("at", "timestamp"), ("score", "double"), ("tags", "array<string>"),
    )
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("NAME = 'o''brien'", Compare("NAME", "=", "o'brien")),
        ("ok = true", Compare("ok", "=", "true")),
        ("TRUE = ok and id <> 3", And((Compare("ok", "=", "TRUE"), Compare("id", "<>", "3")))),
        ("day >= date '2024-02-29'", Compare("day", ">=", "2024-02-29")),
        ("at < timestamp '2024-01-01 10:00:00.5'", Compare("at", "<", "2024-01-01 10:00:00.5")),
        ("price between 1.5 and 2", Between("price", "1.5", "2")),
        ("not name like 'a%' or id is null", Or((Not(Like("name", "a%")), IsNull("id")))),
        ("name not in ('a', 'b')", Not(In("name", ("a", "b")))),
        ("tags is not null", Not(IsNull("tags"))),
    ],
)
def test_filter_becomes_a_tree(text: str, tree: Expression):
    assert compile_row_filter(text, COLUMNS) == tree


def test_true_lets_every_row_through():
    assert compile_row_filter(" TRUE ", COLUMNS) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is blank"),
        ("nosuch = 1", "the table has no column nosuch"),
        ("id = 'x'", "'x' is no value of column id, which is bigint"),
        ("day = '2023-02-29'", "no value of column day"),
        ("ok = 'yes'", "no value of column ok"),
        ("price = 'NaN'", "no value of column price"),
        ("tags = 'a'", "no value of column tags"),
        ("id like '1%'", "LIKE needs a text column"),
        ("id = 1; drop table t", "it may have column names"),
        ("id in (select 1)", "it may have column names"),
        ("id = id", "it may have column names"),
        ("name = concat('a', 'b')", "it may have column names"),
        ("id = 1 --", "it may have column names"),
        ("(" * 200 + "id = 1" + ")" * 200, "it may have column names"),
    ],
)
def test_filter_that_is_none_is_refused(text: str, reason: str):
    with pytest.raises(InvalidRowFilter) as caught:
        compile_row_filter(text, COLUMNS)
    assert reason in str(caught.value)


@given(st.text(alphabet="idname ()'\"`=<>!,%andornotlikeinbetweenull0123;-", max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_filter_or_refused(text: str):
    try:
        tree = compile_row_filter(text, COLUMNS)
    except InvalidRowFilter:
        return
    assert columns_tested(tree) <= {column["Name"].lower() for column in COLUMNS}


def test_tree_is_written_for_the_process_that_applies_it():
    tree = compile_row_filter("not (Name like 'a%' and id in (1, 2)) or ok is null", COLUMNS)
    assert tree is not None
    assert document_of(tree) == {
        "test": "or",
        "of": [
            {
                "test": "not",
                "of": [
                    {
                        "test": "and",
                        "of": [
                            {"test": "like", "column": "name", "literals": ["a%"]},
                            {"test": "in", "column": "id", "literals": ["1", "2"]},
                        ],
                    }
                ],
            },
            {"test": "null", "column": "ok", "literals": []},
        ],
    }


KEYS = [{"Name": "n", "Type": "int"}, {"Name": "s", "Type": "string"}]
_numbers = st.integers(0, 3).map(str)
_texts = st.sampled_from(["a", "b", "ab", ""])
_tests = st.one_of(
    st.builds(Compare, st.just("n"), st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), _numbers),
    st.builds(Compare, st.just("s"), st.sampled_from(["=", "<>", "<", ">="]), _texts),
    st.builds(In, st.just("n"), st.tuples(_numbers, _numbers)),
    st.builds(Between, st.just("n"), _numbers, _numbers),
    st.builds(Like, st.just("s"), st.sampled_from(["a%", "%b", "_", "%"])),
    st.builds(IsNull, st.sampled_from(["n", "s"])),
)
_trees = st.recursive(
    _tests,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.tuples(inner, inner)),
        st.builds(Or, st.tuples(inner, inner)),
    ),
    max_leaves=5,
)


def as_sql(tree: Expression, parameters: list[Any]) -> str:
    """Write a tree for SQLite, as its own reading of the language."""

    def literal(column: str, text: str) -> str:
        parameters.append(int(text) if column == "n" else text)
        return "?"

    match tree:
        case Compare():
            return f"{tree.column} {tree.op} {literal(tree.column, tree.literal)}"
        case In():
            return f"{tree.column} in ({', '.join(literal(tree.column, text) for text in tree.literals)})"
        case Between():
            low, high = literal(tree.column, tree.low), literal(tree.column, tree.high)
            return f"{tree.column} between {low} and {high}"
        case Like():
            return f"{tree.column} like {literal(tree.column, tree.pattern)}"
        case IsNull():
            return f"{tree.column} is null"
        case Not():
            return f"not ({as_sql(tree.operand, parameters)})"
        case And():
            return " and ".join(f"({as_sql(operand, parameters)})" for operand in tree.operands)
        case Or():
            return " or ".join(f"({as_sql(operand, parameters)})" for operand in tree.operands)


@given(_trees, st.none() | st.integers(0, 3), st.none() | st.sampled_from(["a", "b", "ab"]))
@settings(max_examples=200, deadline=None)
def test_partition_whose_keys_decide_is_judged_as_a_database_does(tree: Expression, n: Any, s: Any):
    parameters: list[Any] = []
    where = as_sql(tree, parameters)
    with sqlite3.connect(":memory:") as database:
        database.execute("pragma case_sensitive_like = on")
        [[found]] = database.execute(
            f"select count(*) from (select ? n, ? s) where {where}", (n, s, *parameters)
        )
    null = "__HIVE_DEFAULT_PARTITION__"
    values = [null if n is None else str(n), null if s is None else s]
    assert may_hold(tree, KEYS, values) == bool(found)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("id = 1 and n = 2", True),
        ("id = 1 and n = 3", False),
        ("id = 1 or n = 3", True),
        ("not (id = 1) and n = 2", True),
        ("not (id = 1 and n = 2)", True),
        ("id is null and not (n = 2)", False),
    ],
)
def test_partition_may_hold_rows_that_other_columns_decide_over(text: str, holds: bool):
    tree = compile_row_filter(text, [*COLUMNS, *KEYS])
    assert may_hold(tree, KEYS, ["2", "a"]) is holds


@pytest.mark.parametrize(
    "text",
    [
        " AND ".join(f"amount > {number}" for number in range(200)),
        " OR ".join(f"amount > {number}" for number in range(200)),
        f"name LIKE '{'%a' * 40}%b'",
    ],
    ids=["conjunction", "disjunction", "pattern"],
)
def test_partition_is_judged_by_filters_of_many_parts_at_once(text: str):
    tree = parse(text, typed_literals=True)
    keys = [{"Name": "name", "Type": "string"}]
    assert may_hold(tree, keys, ["a" * 200]) is ("LIKE" not in text)
