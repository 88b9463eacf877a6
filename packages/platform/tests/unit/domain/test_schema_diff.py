"""What differs between two definitions of a table, and how badly."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.domain.catalog_objects import table_document
from isinglass.domain.schema_diff import (
    Compatibility,
    database_differences,
    differences,
    worst,
)

CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"


def table(*columns: str, keys: tuple[str, ...] = (), serde: str = PARQUET, **members: Any) -> dict[str, Any]:
    """Make a definition of columns written `name type`."""
    descriptor = {
        "Columns": [_column(column) for column in columns],
        "SerdeInfo": {"SerializationLibrary": serde},
        **members.pop("descriptor", {}),
    }
    given_ = {"Name": "t", "PartitionKeys": [_column(key) for key in keys], "StorageDescriptor": descriptor}
    return table_document({**given_, **members})


def _column(text: str) -> dict[str, str]:
    name, _, type_ = text.partition(" ")
    return {"Name": name, "Type": type_ or "string"}


def told(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str]]:
    return [(str(each), each.compatibility.value) for each in differences(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (table("a", "b"), table("a", "b"), []),
        (table("a", "b"), table("A", "b"), []),
        (table("a", "b"), table("a", "c int", "b"), [("column c int added", "BACKWARD")]),
        (table("a", "b int", "c"), table("a", "c"), [("column b removed", "FORWARD")]),
        (table("a int"), table("a bigint"), [("column a int is bigint now", "BACKWARD")]),
        (table("a bigint"), table("a int"), [("column a bigint is int now", "BREAKING")]),
        (table("a int"), table("a string"), [("column a int is string now", "FORWARD")]),
        (table("a string"), table("a int"), [("column a string is int now", "BREAKING")]),
        (
            table("a varchar(50)"),
            table("a varchar(100)"),
            [("column a varchar(50) is varchar(100) now", "BACKWARD")],
        ),
        (table("a int"), table("a array<int>"), [("column a int is array<int> now", "BREAKING")]),
        (table("a", "b int"), table("b int", "a"), [("column a moved", "BACKWARD")]),
        (
            table("id", "cust_name"),
            table("id", "customer_name"),
            [("column cust_name renamed to customer_name", "FORWARD")],
        ),
        (table("a", "b int"), table("a", "z int"), [("column b renamed to z", "FORWARD")]),
        (
            table("a", "b int"),
            table("a", "z date"),
            [("column b removed", "FORWARD"), ("column z date added", "BACKWARD")],
        ),
    ],
)
def test_differences_of_columns_are_classified(
    before: dict[str, Any], after: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert told(before, after) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("struct<a:int>", "struct<a:int,b:string>", [("column x.b string added", "BACKWARD")]),
        ("struct<a:int,b:string>", "struct<a:int>", [("column x.b removed", "FORWARD")]),
        (
            "struct<a:struct<b:int>>",
            "struct<a:struct<b:bigint>>",
            [("column x.a.b int is bigint now", "BACKWARD")],
        ),
        (
            "array<struct<sku:string>>",
            "array<struct<sku:int>>",
            [("column x.element.sku string is int now", "BREAKING")],
        ),
        (
            "map<string,array<int>>",
            "map<string,array<double>>",
            [("column x.value.element int is double now", "BACKWARD")],
        ),
        ("array<int>", "map<int,int>", [("column x array<int> is map<int,int> now", "BREAKING")]),
    ],
)
def test_differences_of_nested_fields_are_told_by_their_paths(
    before: str, after: str, expected: list[tuple[str, str]]
) -> None:
    assert told(table(f"x {before}"), table(f"x {after}")) == expected


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (("a", "b", "c int"), [("column c int added", "BACKWARD")]),
        (("a", "c int", "b"), [("column c int added", "BREAKING")]),
        (("a",), [("column b removed", "FORWARD")]),
        (("b",), [("column a removed", "BREAKING")]),
        (("b", "a"), [("column a moved", "BREAKING")]),
    ],
)
def test_columns_that_are_found_by_their_place_break_when_it_changes(
    after: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    assert told(table("a", "b", serde=CSV), table(*after, serde=CSV)) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (("year int",), ("year int", "month int"), [("partition key month int added", "BACKWARD")]),
        (("year int", "month int"), ("year int",), [("partition key month removed", "BREAKING")]),
        (("year int", "city"), ("city", "year int"), [("partition key year moved", "BREAKING")]),
        (("year int",), ("year string",), [("partition key year int is string now", "FORWARD")]),
    ],
)
def test_differences_of_partition_keys_are_classified(
    before: tuple[str, ...], after: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    assert told(table("a", keys=before), table("a", keys=after)) == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"descriptor": {"Location": "s3://b/"}}, [("location added", "FORWARD")]),
        ({"descriptor": {"InputFormat": "x"}}, [("format InputFormat added", "BREAKING")]),
        ({"serde": CSV}, [("serde SerializationLibrary changed", "BREAKING")]),
        ({"Parameters": {"owner": "x"}}, [("parameter owner added", "BACKWARD")]),
        (
            {"Parameters": {"projection.year.range": "1,2"}},
            [("parameter projection.year.range added", "FORWARD")],
        ),
        ({"Description": "x"}, [("Description added", "BACKWARD")]),
        ({"TableType": "VIRTUAL_VIEW"}, [("TableType added", "FORWARD")]),
        ({"descriptor": {"Compressed": True}}, [("Compressed changed", "FORWARD")]),
    ],
)
def test_differences_of_other_members_are_classified(
    changed: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert told(table("a"), table("a", **changed)) == expected


def test_difference_of_a_comment_has_both_texts() -> None:
    before, after = table("a"), table("a")
    after["StorageDescriptor"]["Columns"][0]["Comment"] = "the key"
    [found] = differences(before, after)
    assert (found.kind, found.path, found.before, found.after) == ("COMMENT", "a", None, "the key")


def test_columns_of_a_wide_table_that_all_changed_are_not_guessed_at() -> None:
    before, after = table(*(f"a{n}" for n in range(2_000))), table(*(f"b{n}" for n in range(2_000)))
    found = differences(before, after)
    assert {each.change for each in found} == {"REMOVED", "ADDED"}
    assert len(found) == 4_000


def test_worst_difference_judges_the_whole() -> None:
    found = differences(table("a int", "b"), table("a string", "c int"))
    assert worst(found) is Compatibility.FORWARD
    assert worst([]) is Compatibility.IDENTICAL


def test_differences_of_databases_are_those_of_their_members() -> None:
    before = {"Name": "a", "Parameters": {"k": "1"}, "Description": "x"}
    after = {"Name": "b", "Parameters": {"k": "2"}, "Description": "x"}
    assert [str(each) for each in database_differences(before, after)] == [
        "parameter k changed",
        "Name changed",
    ]


_names = st.sampled_from(["a", "b", "c", "d", "customer_id", "cust_id", "e1", "E2"])
_columns = st.lists(
    st.tuples(_names, st.sampled_from(["int", "bigint", "string", "struct<a:int,b:string>"])),
    max_size=6,
    unique_by=lambda column: column[0].lower(),
)


@settings(max_examples=150)
@given(_columns, _columns)
def test_every_column_is_kept_renamed_removed_or_added_exactly_once(
    before: list[tuple[str, str]], after: list[tuple[str, str]]
) -> None:
    def named(columns: list[tuple[str, str]]) -> dict[str, Any]:
        return table(*(f"{name} {type_}" for name, type_ in columns))

    found = [each for each in differences(named(before), named(after)) if "." not in each.path]
    gone = [each.path for each in found if each.change in {"REMOVED", "RENAMED"}]
    come = [
        each.after if each.change == "RENAMED" else each.path
        for each in found
        if each.change in {"ADDED", "RENAMED"}
    ]
    old, new = {name.lower() for name, _ in before}, {name.lower() for name, _ in after}
    assert sorted(name.lower() for name in gone) == sorted(old - new)
    assert sorted(str(name).lower() for name in come) == sorted(new - old)
    assert (not found) == (
        [(name.lower(), type_) for name, type_ in before] == [(name.lower(), type_) for name, type_ in after]
    ) or any("struct" in type_ for _, type_ in (*before, *after))
