"""apply_mapping, on DynamicFrames and DataFrames."""

import datetime
from decimal import Decimal

import pytest

PEOPLE = "id int, Name string, address struct<city:string, zip:string>, tags array<struct<k:string>>, m map<string,int>"
ROWS = [(1, "ann", ("Oslo", "0150"), [("x",)], {"a": 1}), (2, "bob", None, None, None)]


@pytest.mark.parametrize(
    ("mappings", "expected"),
    [
        ([("id", "key")], [{"key": 1}, {"key": 2}]),
        ([("id", "key", "string")], [{"key": "1"}, {"key": "2"}]),
        ([("id", "int", "key", "String")], [{"key": "1"}, {"key": "2"}]),
        (("id", "int", "key", "long"), [{"key": 1}, {"key": 2}]),
        ([("name", "n"), ("id", "i")], [{"n": "ann", "i": 1}, {"n": "bob", "i": 2}]),
        ([("id", "id"), ("nope", "string", "gone", "string")], [{"id": 1}, {"id": 2}]),
        ([("address.city", "city")], [{"city": "Oslo"}, {"city": None}]),
        ([("address.city", "to.town"), ("id", "id")], [{"to": {"town": "Oslo"}, "id": 1}, {"to": None, "id": 2}]),
        ([("id", "a.b.c"), ("name", "a.n")], [{"a": {"b": {"c": 1}, "n": "ann"}}, {"a": {"b": {"c": 2}, "n": "bob"}}]),
        ([("id", "`a.b`")], [{"a.b": 1}, {"a.b": 2}]),
        ([("tags.k", "k")], []),
        ([("m.a", "a")], [{"a": 1}, {"a": None}]),
        ([("tags", "array", "t", "array")], [{"t": [{"k": "x"}]}, {"t": None}]),
    ],
)  # fmt: skip
def test_apply_mapping_gives_the_mapped_fields_in_order(make, records, mappings, expected):
    frame = make(ROWS, PEOPLE).apply_mapping(mappings)

    assert [each for each in records(frame) if each] == expected


def test_apply_mapping_with_case_sensitivity_finds_exact_names_only(make, records):
    frame = make(ROWS, PEOPLE).apply_mapping([("name", "n"), ("Name", "exact")], case_sensitive=True)

    assert records(frame) == [{"exact": "ann"}, {"exact": "bob"}]


@pytest.mark.parametrize(
    ("type_name", "text", "expected"),
    [
        ("int", "12", 12),
        ("integer", "12x", None),
        ("int", "99999999999", None),
        ("bigint", "99999999999", 99999999999),
        ("short", "70000", None),
        ("double", "1.5", 1.5),
        ("double", "one", None),
        ("decimal(6,3)", "1.5", Decimal("1.500")),
        ("decimal", "1.5", Decimal("1.50")),
        ("decimal(3,2)", "12345", None),
        ("boolean", "true", True),
        ("boolean", "maybe", None),
        ("Date", "2024-02-29", datetime.date(2024, 2, 29)),
        ("date", "2023-02-29", None),
        ("timestamp", "2024-02-29 10:11:12", datetime.datetime(2024, 2, 29, 10, 11, 12)),
        ("varchar(10)", "text", "text"),
        ("array", "text", None),
    ],
)
def test_apply_mapping_casts_text_and_nulls_what_it_cannot(make, records, type_name, text, expected):
    frame = make([(text,)], "v string").apply_mapping([("v", "string", "v", type_name)])

    assert records(frame) == [{"v": expected}]


@pytest.mark.parametrize(
    ("source", "value", "type_name", "expected"),
    [
        ("double", 3.7, "int", 3),
        ("double", 3e10, "int", None),
        ("boolean", True, "int", 1),
        ("date", datetime.date(2024, 1, 1), "int", None),
        ("date", datetime.date(2024, 1, 1), "timestamp", datetime.datetime(2024, 1, 1)),
        ("int", 1, "date", None),
        ("struct<a:int>", (1,), "string", '{"a":1}'),
        ("array<int>", [1, 2], "string", "[1,2]"),
        ("struct<a:int>", (1,), "int", None),
        ("array<int>", [1, 2], "array<string>", ["1", "2"]),
    ],
)
def test_apply_mapping_casts_between_types(make, records, source, value, type_name, expected):
    frame = make([(value,)], f"v {source}").apply_mapping([("v", "v", type_name)])

    assert records(frame) == [{"v": expected}]


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        (("v", "long", "v", "string"), ["1", None, None]),
        (("v", "string", "v", "string"), [None, "x", None]),
        (("v", "v", "string"), ["1", "x", None]),
        (("v", "choice", "v", "string"), ["1", "x", None]),
        (("v", "v"), [1, "x", None]),
    ],
)
def test_apply_mapping_of_a_choice_takes_the_declared_alternative(make, records, mapping, expected):
    frame = make(
        [((1, None),), ((None, "x"),), (None,)], "v struct<long:bigint, string:string>", choices=["v"]
    ).apply_mapping([mapping])

    assert [each["v"] for each in records(frame)] == expected


@pytest.mark.parametrize(
    ("mappings", "error"),
    [
        ([["id", "int", "id", "int"]], TypeError),
        ([("id",)], ValueError),
        ([("id", "int", "id", "int", "more")], ValueError),
    ],
)
def test_apply_mapping_of_a_malformed_mapping_is_refused_at_once(make, mappings, error):
    with pytest.raises(error, match="mapping"):
        make(ROWS, PEOPLE).apply_mapping(mappings)


@pytest.mark.parametrize(
    ("mappings", "message"),
    [
        ([("id", "id", "integr")], "unknown type 'integr'"),
        ([("id", "a"), ("name", "a.b")], "lies inside a field"),
        ([("id", "a.b"), ("name", "a")], "already a struct"),
    ],
)
def test_apply_mapping_that_makes_no_sense_says_why(make, mappings, message):
    with pytest.raises(ValueError, match=message):
        make(ROWS, PEOPLE).apply_mapping(mappings).toDF()


def test_dataframe_apply_mapping_gives_a_dataframe(spark):
    from awsglue.dataframe_transforms import ApplyMapping

    df = ApplyMapping.apply(
        spark.createDataFrame([(1, "x")], "id int, v string"), [("v", "string", "w", "string")]
    )

    assert [row.asDict() for row in df.collect()] == [{"w": "x"}]
