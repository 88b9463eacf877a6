"""DynamicFrames give the same on every engine."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from isinglass_runtime.frames.display import collect_records
from isinglass_runtime.frames.frame import Frame
from isinglass_runtime.frames.paths import parse_path
from isinglass_runtime.spark_context import install


@pytest.fixture
def glue_context(engine):
    install()
    from awsglue.context import GlueContext

    return GlueContext(engine)


@pytest.fixture
def make(glue_context):
    from awsglue.dynamicframe import DynamicFrame

    def build(rows, schema, choices=()):
        frame = Frame(
            glue_context.spark_session.createDataFrame(rows, schema),
            frozenset(parse_path(path) for path in choices),
        )
        return DynamicFrame(lambda: frame, glue_context, "frame")

    return build


def records(frame):
    return sorted(collect_records(frame.resolved(), 1000), key=str)


def test_casts_of_text_are_the_same(make):
    texts = ["12", " 7 ", "1.5", "x", "", None, "99999999999", "true", "2024-02-30", "2024-02-28"]
    frame = make([(n, text) for n, text in enumerate(texts)], "n int, v string")
    kinds = ("int", "long", "double", "decimal(6,2)", "boolean", "date")

    cast = frame.apply_mapping([("n", "n"), *(("v", "string", f"`{kind}`", kind) for kind in kinds)])

    assert {row["n"]: tuple(row[kind] for kind in kinds) for row in records(cast)} == {
        0: (12, 12, 12.0, Decimal("12.00"), None, None),
        1: (7, 7, 7.0, Decimal("7.00"), None, None),
        2: (None, None, 1.5, Decimal("1.50"), None, None),
        3: (None, None, None, None, None, None),
        4: (None, None, None, None, None, None),
        5: (None, None, None, None, None, None),
        6: (None, 99999999999, 99999999999.0, None, None, None),
        7: (None, None, None, None, True, None),
        8: (None, None, None, None, None, None),
        9: (None, None, None, None, None, date(2024, 2, 28)),
    }


def test_impossible_casts_are_null_and_no_error(make):
    frame = make(
        [(date(2024, 1, 1), True, 5, [1], (1,))], "d date, b boolean, i int, a array<int>, s struct<k:int>"
    )

    cast = frame.apply_mapping(
        [
            ("d", "d", "int"),
            ("b", "b", "date"),
            ("i", "i", "binary"),
            ("a", "a", "int"),
            ("s", "s", "string"),
            ("i", "t", "date"),
        ]
    )

    assert records(cast) == [{"d": None, "b": None, "i": None, "a": None, "s": '{"k":1}', "t": None}]


@pytest.mark.parametrize("action", ["cast:long", "make_cols", "project:string", "cast:string"])
def test_choices_resolve_the_same(make, action):
    rows = [((1, None),), ((None, "x"),), ((None, "7"),), (None,)]
    frame = make(rows, "v struct<long:bigint, string:string>", ["v"]).resolveChoice(choice=action)

    expected = {
        "cast:long": [1, 7, None, None],
        "make_cols": [(1, None), (None, "7"), (None, "x"), (None, None)],
        "project:string": ["7", "x", None, None],
        "cast:string": ["1", "7", "x", None],
    }[action]
    values = [tuple(each.values()) for each in collect_records(frame.resolved(), 10)]
    flat = [each[0] if len(each) == 1 else each for each in values]
    assert sorted(flat, key=str) == sorted(expected, key=str)


def test_nested_fields_are_dropped_renamed_and_moved(make):
    frame = make(
        [(1, (5, ("x",)), [(1, "p"), (2, "q")]), (2, None, None)],
        "id int, s struct<a:int, b:struct<c:string>>, l array<struct<n:int, t:string>>",
    )

    changed = frame.drop_fields(["l.t", "s.a"]).rename_field("s.b.c", "top").rename_field("id", "deep.id")

    assert records(changed) == [
        {"l": None, "top": None, "deep": {"id": 2}},
        {"l": [{"n": 1}, {"n": 2}], "top": "x", "deep": {"id": 1}},
    ]


def test_python_functions_run_in_the_engines_workers(make):
    moment = datetime(2024, 1, 2, 3, 4, 5)
    frame = make(
        [(1, "a", moment, (Decimal("1.50"),)), (2, "b", None, None), (3, None, moment, None)],
        "id int, v string, t timestamp, s struct<d:decimal(5,2)>",
    )

    def change(record):
        record["up"] = record["v"].upper()
        record["mixed"] = record["id"] if record["id"] > 1 else "one"
        return record

    mapped = frame.map(change)

    assert records(mapped) == [
        {"id": 1, "v": "a", "t": moment, "s": {"d": Decimal("1.50")}, "up": "A", "mixed": "one"},
        {"id": 2, "v": "b", "t": None, "s": None, "up": "B", "mixed": 2},
    ]
    assert mapped.errorsCount() == 1
    assert [r["id"] for r in records(mapped.filter(lambda r: r["t"].year == 2024 if r["t"] else 1 / 0))] == [
        1
    ]
    assert mapped.toDF().select("s.d").where("d is null").count() == 1


def test_join_union_split_and_relationalize_are_the_same(make):
    left = make([(1, ["p", "q"]), (2, [])], "id int, tags array<string>")
    right = make([(1, "x"), (3, "z")], "id bigint, v string")

    assert records(left.join("id", "id", right)) == [{"id": 1, "tags": ["p", "q"], ".id": 1, "v": "x"}]
    assert records(left.union(right)) == [
        {"id": 1, "tags": None, "v": "x"},
        {"id": 1, "tags": ["p", "q"], "v": None},
        {"id": 2, "tags": [], "v": None},
        {"id": 3, "tags": None, "v": "z"},
    ]
    parts = right.split_rows({"id": {">=": 3}}, "big", "small")
    assert (records(parts["big"]), records(parts["small"])) == ([{"id": 3, "v": "z"}], [{"id": 1, "v": "x"}])
    frames = left.relationalize("root", "unused")
    keys = {row["id"]: row["tags"] for row in records(frames["root"])}
    assert keys[2] is None
    assert records(frames["root_tags"]) == [
        {"id": keys[1], "index": 0, "val": "p"},
        {"id": keys[1], "index": 1, "val": "q"},
    ]


def test_null_fields_are_found_at_any_depth(make):
    frame = make(
        [(1, None, (None, 1), [(None, 1)]), (2, None, None, None)],
        "id int, gone string, s struct<gone:int, k:int>, l array<struct<gone:int, k:int>>",
    )

    assert records(frame.drop_null_fields()) == [
        {"id": 1, "s": {"k": 1}, "l": [{"k": 1}]},
        {"id": 2, "s": None, "l": None},
    ]
