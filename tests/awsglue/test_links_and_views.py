"""Jobs that read and write through links, and read views."""

from typing import Any

import pytest
from pyspark.errors import AnalysisException

from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from isinglass_runtime.io.metastore import CURRENT

#: What is tried here depends on no database.
DATABASES = ["sqlite"]

CITIES = [("ann", "Oslo"), ("bob", "Rome")]


@pytest.fixture
def context(lake: Any) -> GlueContext:
    """A job's context over the lake, with links to its tables."""
    lake.glue.create_database(DatabaseInput={"Name": "alias", "TargetDatabase": {"DatabaseName": "sales"}})
    lake.glue.create_database(DatabaseInput={"Name": "links"})
    for name in ("customers", "events"):
        target = {"DatabaseName": "sales", "Name": name}
        lake.glue.create_table(
            DatabaseName="links", TableInput={"Name": f"{name}_link", "TargetTable": target}
        )
    return GlueContext()


def view(lake: Any, name: str, text: str = "", **members: Any) -> None:
    texts = {"ViewOriginalText": text, "ViewExpandedText": text} if text else {}
    lake.glue.create_table(
        DatabaseName="sales", TableInput={"Name": name, "TableType": "VIRTUAL_VIEW", **texts, **members}
    )


def rows(context: GlueContext, sql: str) -> list[tuple[Any, ...]]:
    return sorted(tuple(row) for row in context.spark_session.sql(sql).collect())


@pytest.mark.parametrize("table", ["links.customers_link", "alias.customers"])
def test_sql_reads_through_a_link(context: GlueContext, table: str) -> None:
    assert rows(context, f"select name, city from {table}") == CITIES


@pytest.mark.parametrize(("lies_in", "table"), [("links", "events_link"), ("alias", "events")])
def test_dynamic_frame_reads_partitions_through_a_link(
    context: GlueContext, lies_in: str, table: str
) -> None:
    frame = context.create_dynamic_frame.from_catalog(
        database=lies_in, table_name=table, push_down_predicate="month = '01'"
    )
    assert sorted(row.id for row in frame.toDF().collect()) == [1, 2]


def test_write_through_a_link_adds_files_columns_and_partitions_to_its_target(
    context: GlueContext, lake: Any
) -> None:
    new = context.createDataFrame(
        [(9, "new", ["x"], "2025", "01")],
        "id int, kind string, tags array<string>, year string, month string",
    )
    context.write_dynamic_frame.from_catalog(
        DynamicFrame.fromDF(new, context),
        "links",
        "events_link",
        additional_options={"partitionKeys": ["year", "month"], "enableUpdateCatalog": True},
    )
    found = lake.glue.get_partitions(DatabaseName="sales", TableName="events")["Partitions"]
    assert ["2025", "01"] in [each["Values"] for each in found]
    assert rows(context, "select id from sales.events where year = '2025'") == [(9,)]
    shown = lake.glue.get_table(DatabaseName="links", Name="events_link")["Table"]
    assert shown["TargetTable"] == {"DatabaseName": "sales", "Name": "events"}


def test_view_runs_its_spark_text_in_its_own_database(context: GlueContext, lake: Any) -> None:
    representations = [
        {"Dialect": "ATHENA", "DialectVersion": "3", "ViewOriginalText": "no sql at all"},
        {"Dialect": "SPARK", "DialectVersion": "3.5", "ViewOriginalText": "select city from customers"},
    ]
    view(lake, "cities", ViewDefinition={"Representations": representations})
    assert rows(context, "select * from sales.cities") == [("Oslo",), ("Rome",)]
    assert rows(context, "select c.city from alias.cities c where city <> 'Rome'") == [("Oslo",)]
    assert CURRENT.database == "default"


def test_view_of_plain_text_and_view_of_a_view(context: GlueContext, lake: Any) -> None:
    view(lake, "plain", "select upper(name) as name, city from sales.customers")
    view(lake, "outer_one", "select name from plain where city = 'Oslo'")
    assert rows(context, "select * from sales.outer_one") == [("ANN",)]
    frame = context.create_dynamic_frame.from_catalog(database="sales", table_name="outer_one")
    assert [row.name for row in frame.toDF().collect()] == ["ANN"]


@pytest.mark.parametrize(
    ("text", "members", "reason"),
    [
        ("/* Presto View: eyJ9 */", {}, "is Athena's"),
        (
            "",
            {
                "ViewDefinition": {
                    "Representations": [
                        {"Dialect": "ATHENA", "DialectVersion": "3", "ViewOriginalText": "select 1"}
                    ]
                }
            },
            "no text in the SPARK dialect",
        ),
        ("select * from sales.bad", {}, "is made of itself: sales.bad -> sales.bad"),
    ],
)
def test_view_that_spark_cannot_run_says_why(
    context: GlueContext, lake: Any, text: str, members: dict[str, Any], reason: str
) -> None:
    view(lake, "bad", text, **members)
    with pytest.raises(AnalysisException, match=reason):
        rows(context, "select * from sales.bad")
    assert CURRENT.database == "default"


def test_catalog_id_of_another_catalog_is_refused_with_the_way_there(context: GlueContext) -> None:
    read = context.create_dynamic_frame.from_catalog
    with pytest.raises(ValueError, match="create a database with a TargetDatabase of that CatalogId"):
        read(database="sales", table_name="customers", catalog_id="123456789012:sales")
    assert read(database="sales", table_name="customers", catalog_id="123456789012").count() == 2
