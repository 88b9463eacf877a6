"""Types of two files of one table, merged."""

import pytest

from isinglass.crawl import types


@pytest.mark.parametrize(
    ("left", "right", "merged"),
    [
        ("int", "bigint", "bigint"),
        ("int", "double", "double"),
        ("bigint", "string", "string"),
        ("boolean", "int", "string"),
        ("date", "timestamp", "timestamp"),
        ("date", "int", "string"),
        ("decimal(5,2)", "decimal(7,1)", "decimal(8,2)"),
        ("decimal(38,0)", "decimal(38,10)", "double"),
        ("decimal(5,2)", "int", "decimal(12,2)"),
        ("decimal(5,2)", "double", "double"),
        ("void", "array<int>", "array<int>"),
        ("struct<a:int>", "string", "string"),
        ("array<int>", "array<double>", "array<double>"),
        ("array<void>", "array<struct<a:int>>", "array<struct<a:int>>"),
        (
            "struct<a:int,b:decimal(5,2)>",
            "struct<b:decimal(6,2),c:map<string,int>>",
            "struct<a:int,b:decimal(6,2),c:map<string,int>>",
        ),
    ],
)
def test_merge_two_types_gives_the_narrowest_that_holds_both(left: str, right: str, merged: str) -> None:
    assert (types.merge(left, right), types.merge(right, left).count("<")) == (merged, merged.count("<"))


def test_catalog_type_of_values_never_seen_is_string() -> None:
    assert types.catalog_type("struct<a:void,void:array<void>>") == "struct<a:string,void:array<string>>"
