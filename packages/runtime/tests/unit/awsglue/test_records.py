"""filter, map, unbox: Python functions over records, and what becomes of the records they fail on."""

import datetime
from decimal import Decimal

import pytest

SCHEMA = "id int, name string, n struct<x:int>"
ROWS = [(1, "ann", (5,)), (2, None, None), (3, "cy", (7,))]


def raise_(error):
    raise error


@pytest.mark.parametrize(
    ("function", "kept", "errors"),
    [
        (lambda r: r["id"] > 1, [2, 3], 0),
        (lambda r: r.name.startswith("a"), [1], 1),
        (lambda r: r["n"]["x"] > 5, [3], 0),
        (lambda r: r.n.x > 5, [3], 1),
        (lambda r: r["nope"] == 1, [], 0),
        (lambda r: r.nope == 1, [], 0),
        (lambda r: r["name"] > 1, [], 0),
        (lambda r: int("x"), [], 0),
        (lambda r: 1 / (r["id"] - 2), [1, 3], 1),
    ],
)
def test_filter_keeps_true_records_and_counts_odd_failures(make, records, function, kept, errors):
    frame = make(ROWS, SCHEMA).filter(function)

    assert [record["id"] for record in records(frame)] == kept
    assert (frame.errorsCount(), frame.stageErrorsCount()) == (errors, errors)


def test_filter_sees_python_values_and_unwrapped_choices(make, records):
    schema = "d decimal(5,2), t timestamp, b binary, m map<string,int>, c struct<int:int, string:string>"
    moment = datetime.datetime(2024, 1, 2, 3, 4, 5)
    frame = make([(Decimal("1.50"), moment, b"x", {"k": 1}, (None, "text"))], schema, choices=["c"])

    def exact(r):
        return dict(r) == {"d": Decimal("1.50"), "t": moment, "b": b"x", "m": {"k": 1}, "c": "text"}

    assert frame.filter(exact).count() == 1


def test_map_result_types_are_those_of_all_results(make, records, tree):
    def change(record):
        record["double"] = record["id"] / 2
        record["big"] = record["id"] * 1_500_000_000
        record["mixed"] = record["name"] or 0
        if record["id"] == 3:
            record["late"] = [{"a": 1}, {"b": "x"}]
        del record["n"]
        return record

    frame = make(ROWS, SCHEMA).map(change)

    assert tree(frame) == [
        "|-- id: int",
        "|-- name: string",
        "|-- double: double",
        "|-- big: long",
        "|-- mixed: choice",
        "|    |-- string",
        "|    |-- int",
        "|-- late: array",
        "|    |-- element: struct",
        "|    |    |-- a: int",
        "|    |    |-- b: string",
    ]
    assert records(frame) == [
        {"id": 1, "name": "ann", "double": 0.5, "big": 1500000000, "mixed": "ann", "late": None},
        {"id": 2, "name": None, "double": 1.0, "big": 3000000000, "mixed": 0, "late": None},
        {
            "id": 3,
            "name": "cy",
            "double": 1.5,
            "big": 4500000000,
            "mixed": "cy",
            "late": [{"a": 1, "b": None}, {"a": None, "b": "x"}],
        },
    ]


def test_map_of_untouched_fields_keeps_their_types(make, tree):
    schema = "l bigint, f float, d decimal(12,3), s smallint, t timestamp, da date, m map<string,bigint>, a array<bigint>"
    row = (
        1,
        0.5,
        Decimal("1.250"),
        3,
        datetime.datetime(2024, 1, 1),
        datetime.date(2024, 1, 1),
        {"k": 1},
        [1],
    )
    frame = make([row], schema)

    assert tree(frame.map(lambda record: record)) == tree(frame)


def test_map_of_fields_that_are_always_null_keeps_their_types(make, tree):
    frame = make([(None, None, [])], "i int, s struct<d:date>, a array<bigint>")

    assert tree(frame.map(lambda record: record)) == tree(frame)


def test_map_failures_become_error_records_and_leave_the_input_as_it_was(make, records):
    def fail_on_two(record):
        record["id"] *= 10
        if record["id"] == 20:
            raise KeyError("no such thing")
        return None if record["id"] == 30 else record

    frame = make(ROWS, SCHEMA, name="people").map(fail_on_two, info="times ten")

    assert records(frame) == [{"id": 10, "name": "ann", "n": {"x": 5}}]
    errors = sorted(
        (row.error for row in frame.errorsAsDynamicFrame().toDF().collect()), key=lambda e: e.dynamicRecord
    )
    assert [(error.msg, error.dynamicRecord, error.callsite.info) for error in errors] == [
        ("'no such thing'", '{"id": 2, "name": null, "n": null}', "times ten"),
        (
            "User-specified function returned None instead of DynamicRecord",
            '{"id": 3, "name": "cy", "n": {"x": 7}}',
            "times ten",
        ),
    ]
    assert "test_records.py" in errors[0].callsite.site
    assert "KeyError" in errors[0].stackTrace


def test_map_runs_the_function_once_per_record(make, tmp_path, records):
    calls = tmp_path / "calls"

    def counted(record):
        with calls.open("a") as file:
            file.write("x")
        return record

    frame = make(ROWS, SCHEMA).map(counted)
    records(frame)
    frame.count()
    frame.errorsCount()

    assert calls.read_text() == "xxx"


def test_map_that_fails_on_all_records_gives_an_empty_frame_of_the_input_schema(make, tree):
    frame = make(ROWS, SCHEMA).map(lambda record: raise_(RuntimeError("no")))

    assert (frame.count(), frame.errorsCount(), tree(frame)) == (0, 3, tree(make(ROWS, SCHEMA)))


def test_error_counts_add_up_over_stages(make):
    first = make(ROWS, SCHEMA).map(lambda r: r if r["id"] > 1 else raise_(RuntimeError("one")))
    second = first.filter(lambda r: r["id"] > 2 or raise_(RuntimeError("two")))

    assert (first.errorsCount(), second.stageErrorsCount(), second.errorsCount(), second.count()) == (
        1,
        1,
        2,
        1,
    )
    assert second.errorsAsDynamicFrame().count() == 2


@pytest.mark.parametrize(
    ("limits", "fails"),
    [
        ({}, False),
        ({"stageThreshold": 0, "totalThreshold": 0}, False),
        ({"stageThreshold": 1}, True),
        ({"stageThreshold": 2}, False),
        ({"totalThreshold": 1}, True),
    ],
)
def test_thresholds_fail_the_frame_when_reached(make, limits, fails):
    frame = make(ROWS, SCHEMA, name="people").map(
        lambda r: r if r["id"] > 1 else raise_(RuntimeError("boom")), **limits
    )

    if fails:
        with pytest.raises(Exception, match=r"has 1 error records.*threshold is 1; the first says: boom"):
            frame.toDF()
    else:
        assert frame.count() == 2


def test_unbox_parses_json_text_and_keeps_what_it_cannot(make, records, tree):
    frame = make([(1, '{"a": 1, "b": "x"}'), (2, "{broken"), (3, None)], "id int, body string")

    unboxed = frame.unbox("body", "json")

    assert records(unboxed) == [{"id": 1, "body": {"a": 1, "b": "x"}}, {"id": 3, "body": None}]
    assert unboxed.errorsCount() == 1


def test_unbox_parses_csv_text_by_a_schema(make, records):
    import json

    from awsglue.gluetypes import Field, StringType, StructType

    schema = json.dumps(StructType([Field("a", StringType()), Field("b", StringType())]).jsonValue())
    frame = make([("1;x",)], "body string").unbox("body", "csv", separator=";", withSchema=schema)

    assert records(frame) == [{"body": {"a": "1", "b": "x"}}]


def test_dynamic_record_wraps_one_level_and_raises_key_errors():
    from awsglue.dynamicframe import DynamicRecord

    record = DynamicRecord({"a": {"b": {"c": 1}}})
    record.x = 1

    assert (record.a.b, type(record.a.b), record["x"]) == ({"c": 1}, dict, 1)
    with pytest.raises(KeyError):
        record.nope  # noqa: B018 - the access is the test
