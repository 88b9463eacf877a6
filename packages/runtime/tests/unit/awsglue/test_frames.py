"""Transforms over whole frames: join, union, merge, split, collections, looks."""

import pytest

A = "id int, v string"


def test_join_keeps_both_keys_and_dots_the_right_hand_clashes(make, records):
    from awsglue.transforms import Join

    left = make([(1, "a"), (2, "b"), (None, "n")], A, name="l")
    right = make([(1, 10, "x"), (1, 11, "y"), (None, 12, "n")], "id int, org int, v string", name="r")

    joined = Join.apply(left, right, "id", "id")

    assert joined.name == "lr"
    assert sorted(records(joined), key=str) == [
        {"id": 1, "v": "a", ".id": 1, "org": 10, ".v": "x"},
        {"id": 1, "v": "a", ".id": 1, "org": 11, ".v": "y"},
    ]
    assert records(joined.drop_fields([".id", ".v", "org", "v"]))[0] == {"id": 1}


def test_join_on_several_and_nested_keys(make, records):
    left = make([(1, ("x",)), (1, ("y",))], "a int, s struct<k:string>")
    right = make([(1, ("y",))], "b int, s struct<k:string>")

    assert records(left.join(["a", "s.k"], ["b", "s.k"], right)) == [
        {"a": 1, "s": {"k": "y"}, "b": 1, ".s": {"k": "y"}}
    ]


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [(["id"], [], "as many keys"), (["nope"], ["id"], "left frame has no field 'nope'")],
)
def test_join_with_wrong_keys_says_which(make, left, right, message):
    frame = make([(1, "a")], A)

    with pytest.raises(ValueError, match=message):
        frame.join(left, right, frame).toDF()


def test_join_of_a_frame_with_itself_works(make):
    frame = make([(1, "a"), (2, "b")], A)

    assert frame.join("id", "id", frame).count() == 2


def test_union_goes_by_name_and_makes_choices(make, records, tree):
    left = make([(1, "a", ("p",))], "id int, v string, s struct<k:string>")
    right = make([(2.5, ("q", 1), "new")], "v double, s struct<k:string, n:int>, w string")

    both = left.union(right)

    assert tree(both) == [
        "|-- id: int",
        "|-- v: choice",
        "|    |-- string",
        "|    |-- double",
        "|-- s: struct",
        "|    |-- k: string",
        "|    |-- n: int",
        "|-- w: string",
    ]
    assert sorted(records(both), key=str) == [
        {"id": 1, "v": "a", "s": {"k": "p", "n": None}, "w": None},
        {"id": None, "v": 2.5, "s": {"k": "q", "n": 1}, "w": "new"},
    ]


def test_merge_dynamic_frame_takes_staged_records_and_unmatched_others(make, records):
    source = make([(1, "old"), (2, "old"), (2, "twice")], A)
    staged = make([(2, "new"), (2, "again"), (3, "new")], A)

    merged = source.mergeDynamicFrame(staged, ["id"])

    assert sorted((record["id"], record["v"]) for record in records(merged)) == [
        (1, "old"),
        (2, "again"),
        (2, "new"),
        (3, "new"),
    ]


def test_split_rows_puts_nulls_and_the_rest_second(make, records):
    from awsglue.transforms import SplitRows

    frame = make([(5, "a"), (15, "b"), (25, "c"), (None, "n")], A)

    parts = SplitRows.apply(frame, {"id": {">": 10, "<": 20}})

    assert {name: [r["v"] for r in records(each)] for name, each in parts.items()} == {
        "frame1": ["b"],
        "frame2": ["a", "c", "n"],
    }


def test_select_from_collection_of_an_unknown_key_is_empty(make, records):
    from awsglue.transforms import SelectFromCollection, SplitFields

    parts = SplitFields.apply(make([(1, "a")], A), ["id"], "one", "two")

    assert records(SelectFromCollection.apply(parts, "two")) == [{"v": "a"}]
    missing = SelectFromCollection.apply(parts, "three")
    assert (missing.count(), missing.toDF().columns) == (0, [])


def test_map_to_collection_and_flat_map_apply_to_each_frame(make, records):
    from awsglue.transforms import FlatMap, MapToCollection, SelectFields, SplitRows

    parts = SplitRows.apply(make([(5, "a"), (15, "b")], A), {"id": {">": 10}}, "big", "small")

    mapped = MapToCollection.apply(
        parts, lambda frame, ctx: frame.rename_field("id", ctx.replace(":", "_")), "c"
    )
    assert {name: records(frame) for name, frame in mapped.items()} == {
        "big": [{"c_big": 15, "v": "b"}],
        "small": [{"c_small": 5, "v": "a"}],
    }
    flat = FlatMap.apply(parts, SelectFields, "frame", "c", paths=["v"])
    assert {name: records(frame) for name, frame in flat.items()} == {
        "big": [{"v": "b"}],
        "small": [{"v": "a"}],
    }
    with pytest.raises(TypeError, match="must return a DynamicFrame for 'big', not int"):
        MapToCollection.apply(parts, lambda frame, ctx: 1)


def test_print_schema_and_show_print_glue_formats(make, capsys):
    frame = make(
        [(1, ((7, None)), [("a",)], {"k": 1.5}), (2, (None, "x"), None, None)],
        "id int, `provider id` struct<long:bigint, string:string>, links array<struct<note:string>>, m map<string,double>",
        choices=["provider id"],
    )

    frame.printSchema()
    frame.show(1)

    assert capsys.readouterr().out.splitlines() == [
        "root",
        "|-- id: int",
        "|-- provider id: choice",
        "|    |-- long",
        "|    |-- string",
        "|-- links: array",
        "|    |-- element: struct",
        "|    |    |-- note: string",
        "|-- m: map",
        "|    |-- keyType: string",
        "|    |-- valueType: double",
        '{"id": 1, "provider id": 7, "links": [{"note": "a"}], "m": {"k": 1.5}}',
    ]


def test_from_df_with_repeated_columns_names_them(glue_context, spark):
    from awsglue.dynamicframe import DynamicFrame

    with pytest.raises(ValueError, match=r"repeated here: \['a'\]"):
        DynamicFrame.fromDF(spark.sql("select 1 a, 2 a, 3 b"), glue_context)


def test_with_frame_schema_lays_records_out_as_given(make, records):
    from awsglue.gluetypes import Field, IntegerType, StringType, StructType

    schema = StructType([Field("new", IntegerType()), Field("v", StringType())])

    assert records(make([(1, "a")], A).with_frame_schema(schema)) == [{"new": None, "v": "a"}]


def test_repartition_and_coalesce_keep_the_records(make):
    frame = make([(n, "x") for n in range(10)], A)

    assert (
        frame.repartition(4).count(),
        frame.coalesce(1).count(),
        frame.coalesce(1).getNumPartitions(),
    ) == (10, 10, 1)


@pytest.mark.parametrize(
    ("granularity", "columns"),
    [
        ("day", ["ingest_year", "ingest_month", "ingest_day"]),
        ("minute", ["ingest_year", "ingest_month", "ingest_day", "ingest_hour", "ingest_minute"]),
    ],
)
def test_add_ingestion_time_columns_goes_down_to_the_granularity(make, granularity, columns):
    from datetime import UTC, datetime

    from isinglass_runtime.frames.housekeeping import add_ingestion_time_columns

    df = add_ingestion_time_columns(
        make([(1, "a")], A).toDF(), granularity, datetime(2024, 3, 4, 5, 6, tzinfo=UTC)
    )

    assert df.drop("id", "v").columns == columns
    assert tuple(df.drop("id", "v").collect()[0]) == (2024, 3, 4, 5, 6)[: len(columns)]


def test_transforms_describe_themselves():
    from awsglue import transforms

    names = [name for name in transforms.__all__ if name not in ("GlueTransform", "get_transform")]

    assert [transforms.get_transform(name).name() for name in names] == names
    assert [each["name"] for each in transforms.Filter.describeArgs()] == [
        "frame",
        "f",
        "transformation_ctx",
        "info",
    ]
