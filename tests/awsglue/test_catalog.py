"""What writes do to the catalog beyond what the scripts show."""

from pathlib import Path

import pytest

from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame

#: What is tried here depends on no database.
DATABASES = ["sqlite"]


@pytest.fixture
def context(lake):
    return GlueContext()


def write(context, lake, rows, schema, **options):
    sink = context.getSink("s3", path=f"{lake.folder}/new", enableUpdateCatalog=True, **options)
    sink.setFormat("json")
    sink.setCatalogInfo(catalogDatabase="sales", catalogTableName="new")
    sink.writeFrame(DynamicFrame.fromDF(context.createDataFrame(rows, schema), context))


def columns(lake, table="new"):
    return [(each["Name"], each["Type"]) for each in lake.table(table)["StorageDescriptor"]["Columns"]]


@pytest.mark.parametrize(
    ("behavior", "expected"),
    [
        ("UPDATE_IN_DATABASE", [("id", "int"), ("more", "string")]),
        ("LOG", [("id", "int")]),
    ],
)
def test_update_behavior_decides_whether_columns_change(context, lake, behavior, expected):
    write(context, lake, [(1,)], "id int")

    write(context, lake, [(2, "x")], "id int, more string", updateBehavior=behavior)

    assert columns(lake) == expected


def test_sink_without_enable_update_catalog_leaves_the_catalog_alone(context, lake):
    sink = context.getSink("s3", path=f"{lake.folder}/quiet")
    sink.setFormat("json")
    sink.setCatalogInfo(catalogDatabase="sales", catalogTableName="quiet")
    sink.writeFrame(DynamicFrame.fromDF(context.createDataFrame([(1,)], "id int"), context))

    assert "quiet" not in context.tableNames("sales")
    assert list(Path(lake.folder, "quiet").glob("*.json"))


def test_sink_with_an_unknown_update_behavior_is_refused(context, lake):
    with pytest.raises(ValueError, match="updateBehavior must be UPDATE_IN_DATABASE or LOG, not 'MERGE'"):
        write(context, lake, [(1,)], "id int", updateBehavior="MERGE")


def test_catalog_write_with_other_partition_keys_is_refused(context, lake):
    frame = DynamicFrame.fromDF(context.createDataFrame([(1, "2024")], "id int, year string"), context)

    with pytest.raises(
        ValueError, match=r"partitionKeys \['year'\] must be .* of sales.events .*: \['year', 'month'\]"
    ):
        context.write_dynamic_frame.from_catalog(
            frame, "sales", "events", additional_options={"partitionKeys": ["year"]}
        )


def test_match_catalog_casts_choices_to_the_declared_type(context, lake):
    frame = context.create_dynamic_frame.from_catalog(database="sales", table_name="orders")

    matched = frame.resolveChoice(choice="match_catalog", database="sales", table_name="orders")

    assert sorted((row.id, row.amount) for row in matched.toDF().collect()) == [
        (1, 10.5),
        (2, None),
        (3, 2.0),
        (4, 7.25),
    ]


def test_push_down_predicate_over_other_columns_fails_as_glue_does(context, lake):
    with pytest.raises(
        Exception, match="User's pushdown predicate: id > 1 can not be resolved against partition columns"
    ):
        context.create_dynamic_frame.from_catalog("sales", "events", push_down_predicate="id > 1")


def test_purge_table_drops_files_and_emptied_partitions(context, lake):
    context.purge_table("sales", "events", {"retentionPeriod": 0, "partitionPredicate": "(month == '01')"})

    left = lake.glue.get_partitions(DatabaseName="sales", TableName="events")["Partitions"]
    assert [each["Values"] for each in left] == [["2024", "02"]]
    assert not list((lake.folder / "events" / "year=2024" / "month=01").glob("*.json"))
