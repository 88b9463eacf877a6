"""Reading column types, and which hold every value of another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isinglass.domain.column_types import ColumnType, parse_type, widens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("INT", ColumnType("int")),
        ("integer", ColumnType("int")),
        (" decimal( 10 , 2 ) ", ColumnType("decimal", (10, 2))),
        ("varchar(50)", ColumnType("varchar", (50,))),
        ("array<string>", ColumnType("array", (), (("element", ColumnType("string")),))),
        (
            "map<string, array<int>>",
            ColumnType(
                "map",
                (),
                (
                    ("key", ColumnType("string")),
                    ("value", ColumnType("array", (), (("element", ColumnType("int")),))),
                ),
            ),
        ),
        (
            "struct<`a b`:int,C:struct<d:date>>",
            ColumnType(
                "struct",
                (),
                (("a b", ColumnType("int")), ("C", ColumnType("struct", (), (("d", ColumnType("date")),)))),
            ),
        ),
        (
            "uniontype<int,string>",
            ColumnType("uniontype", (), (("0", ColumnType("int")), ("1", ColumnType("string")))),
        ),
    ],
)
def test_type_is_read_with_its_sizes_and_what_is_inside(text: str, expected: ColumnType) -> None:
    assert parse_type(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "array<",
        "array<int",
        "struct<a>",
        "map<int,int,int>",
        "decimal(x)",
        "int>",
        "a,b",
        "(1)",
        "<",
        "decimal(1",
    ],
)
def test_text_that_is_no_type_is_one_type_of_that_text(text: str) -> None:
    assert parse_type(text.upper()) == ColumnType(text)


def test_type_nested_without_end_is_read_as_its_text() -> None:
    text = "array<" * 20_000 + "int" + ">" * 20_000
    assert parse_type(text) == ColumnType(text)


_leaves = st.sampled_from(["int", "string", "decimal(10,2)", "varchar(7)", "timestamp"])
_types = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        inner.map(lambda of: f"array<{of}>"),
        st.tuples(inner, inner).map(lambda of: f"map<{of[0]},{of[1]}>"),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda of: f"struct<{','.join(f'f{n}:{each}' for n, each in enumerate(of))}>"
        ),
    ),
    max_leaves=8,
)


@given(_types)
def test_type_that_is_read_writes_itself_back(text: str) -> None:
    assert str(parse_type(text)) == text


@given(st.text("struct<array>map,:()1 decimal`", max_size=30))
def test_any_text_is_read_as_some_type(text: str) -> None:
    assert isinstance(parse_type(text), ColumnType)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("int", "bigint", True),
        ("bigint", "int", False),
        ("float", "double", True),
        ("int", "double", True),
        ("bigint", "double", False),
        ("int", "float", False),
        ("int", "decimal(10,0)", True),
        ("int", "decimal(10,2)", False),
        ("decimal(10,2)", "decimal(12,2)", True),
        ("decimal(10,2)", "decimal(12,5)", False),
        ("decimal", "decimal(10,0)", True),
        ("varchar(50)", "varchar(100)", True),
        ("varchar(100)", "varchar(50)", False),
        ("char(5)", "varchar(5)", True),
        ("varchar(100)", "string", True),
        ("string", "varchar(100)", False),
        ("date", "timestamp", False),
        ("boolean", "boolean", True),
    ],
)
def test_type_widens_when_it_holds_every_value_of_the_other(before: str, after: str, expected: bool) -> None:
    assert widens(parse_type(before), parse_type(after)) is expected
