"""What statements of `spark.sql` and `spark.catalog` do in the catalog."""

from typing import Any

import pytest

from awsglue.context import GlueContext
from isinglass_runtime.io import metastore
from isinglass_runtime.io.refused_statements import REFUSALS, StatementRefusedError

#: What is tried here depends on no database.
DATABASES = ["sqlite"]


@pytest.fixture
def spark(lake: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(metastore.CURRENT, "database", "sales")
    return GlueContext().spark_session


def rows(frame: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in frame.collect()]


def databases(lake: Any) -> dict[str, Any]:
    members = ("Description", "LocationUri", "Parameters")
    found = lake.glue.get_databases()["DatabaseList"]
    return {each["Name"]: {name: each[name] for name in members if name in each} for each in found}


def test_database_created_by_statement_is_in_the_catalog_as_it_was_described(spark, lake):
    spark.sql(
        "CREATE DATABASE IF NOT EXISTS Shop COMMENT 'ann\\'s' LOCATION 's3://lake/shop' "
        "WITH DBPROPERTIES ('owner' = 'ann', team.size = 3);"
    )
    spark.sql("create schema spark_catalog.plain -- no more")
    spark.sql("create database if not exists shop comment 'another'")
    described = {
        "Description": "ann's",
        "LocationUri": "s3://lake/shop",
        "Parameters": {"owner": "ann", "team.size": "3"},
    }
    assert databases(lake) == {"plain": {}, "sales": {}, "shop": described}
    assert rows(spark.sql("describe database extended shop")) == [
        ("Catalog Name", "spark_catalog"),
        ("Namespace Name", "shop"),
        ("Comment", "ann's"),
        ("Location", "s3://lake/shop"),
        ("Properties", "((owner,ann), (team.size,3))"),
    ]
    assert rows(spark.sql("show databases like 's*|x'")) == [("sales",), ("shop",)]


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("create database sales", "SCHEMA_ALREADY_EXISTS"),
        ("create database new managed", "PARSE_SYNTAX_ERROR.*managed"),
        ("create database new comment 'a' comment 'b'", "PARSE_SYNTAX_ERROR.*second"),
        ("drop database missing", "SCHEMA_NOT_FOUND"),
        ("drop database sales", "SCHEMA_NOT_EMPTY.*customers"),
        ("drop database sales restrict", "SCHEMA_NOT_EMPTY"),
        ("use missing", "SCHEMA_NOT_FOUND"),
        ("drop table orders purge", "glueContext.purge_table"),
        ("drop view orders", "EXPECT_VIEW_NOT_TABLE"),
        ("describe missing", "TABLE_OR_VIEW_NOT_FOUND.*`sales`.`missing`"),
        ("delete from sales.orders where id = 1", "INSERT OVERWRITE"),
        ("create table missing.t location '/nowhere' as select 1 a", "SCHEMA_NOT_FOUND"),
        ("create table new stored as orc as select 1 a", "parquet, csv or json"),
        ("create table new clustered by (a) into 4 buckets as select 1 a", "PARSE_SYNTAX_ERROR.*clustered"),
        ("create or replace table orders using json as select 1 a", "format of .* is csv, not json"),
        ("create temporary table new as select 1 a", "CREATE TEMPORARY VIEW"),
    ],
)
def test_statement_that_cannot_be_done_says_why_and_changes_nothing(spark, lake, statement, error):
    before = lake.glue.get_tables(DatabaseName="sales")["TableList"]
    with pytest.raises(Exception, match=f"(?s){error}"):
        spark.sql(statement)
    assert (databases(lake), lake.glue.get_tables(DatabaseName="sales")["TableList"]) == (
        {"sales": {}},
        before,
    )


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda each: " ".join(each.words))
def test_statement_that_only_the_engine_would_remember_is_refused(spark, refusal):
    with pytest.raises(StatementRefusedError) as refused:
        spark.sql(f"{' '.join(refusal.words)} orders (a int)")
    assert refused.value.instead == refusal.instead


def test_database_dropped_with_cascade_takes_its_tables(spark, lake):
    spark.sql("drop database if exists missing")
    spark.sql("drop database sales cascade")
    assert databases(lake) == {}


def test_tables_are_described_by_statements_as_the_catalog_has_them(spark):
    assert rows(spark.sql("show tables like '*s'")) == [
        ("sales", name, False) for name in ("customers", "events", "orders")
    ]
    assert rows(spark.sql("show partitions sales.events")) == [
        ("year=2024/month=01",),
        ("year=2024/month=02",),
    ]
    assert rows(spark.sql("show columns in orders")) == [("id",), ("customer",), ("amount",), ("when",)]
    assert rows(spark.sql("describe customers")) == [
        ("name", "string", None),
        ("city", "string", None),
        ("nothing", "string", None),
    ]
    assert rows(spark.sql("select current_database() d, 'current_database()' t")) == [
        ("sales", "current_database()")
    ]


def test_view_of_the_session_hides_the_table_of_its_name(spark, lake):
    spark.sql("create or replace temporary view orders as select 1 mine")
    assert [row.col_name for row in spark.sql("describe table orders").collect()] == ["mine"]
    spark.sql("drop view orders")
    assert spark.sql("select count(*) from orders").first()[0] == 4
    lake.table("orders")


def test_table_created_from_a_query_keeps_every_clause(spark, lake):
    spark.sql(
        f"create external table new stored as csv options (sep '|', header true) location '{lake.folder}/new' "
        "comment 'few' tblproperties ('team' = 'a') as with q as (select 1 a, 'x' b) select * from q"
    )
    made = lake.table("new")
    assert {name: made["Parameters"].get(name) for name in ("classification", "comment", "team")} == {
        "classification": "csv",
        "comment": "few",
        "team": "a",
    }
    assert rows(spark.sql("select * from new")) == [(1, "x")]


def test_session_catalog_shows_what_the_catalog_has(spark, lake):
    lake.glue.create_database(DatabaseInput={"Name": "shop", "LocationUri": "s3://lake/shop"})
    spark.createDataFrame([(1,)], "a int").createOrReplaceTempView("mine")
    catalog = spark.catalog
    catalog.setCurrentDatabase("sales")
    assert [each.name for each in catalog.listDatabases()] == ["sales", "shop"]
    assert (catalog.databaseExists("shop"), catalog.databaseExists("none")) == (True, False)
    names = ("orders", "sales.orders", "mine", "shop.orders", "none")
    assert [catalog.tableExists(name) for name in names] == [True, True, True, False, False]
    tables = {(each.name, each.isTemporary) for each in catalog.listTables()}
    assert tables >= {("customers", False), ("events", False), ("orders", False), ("mine", True)}
    keys = [(each.name, each.isPartition) for each in catalog.listColumns("sales.events")]
    assert keys == [("id", False), ("kind", False), ("tags", False), ("year", True), ("month", True)]
    with pytest.raises(StatementRefusedError, match="saveAsTable"):
        catalog.createTable("new", schema="a int")
    catalog.dropTempView("mine")


@pytest.mark.parametrize(
    ("write", "instead"),
    [
        (lambda frame: frame.writeTo("sales.new").using("delta").create(), "saveAsTable"),
        (lambda frame: frame.write.format("delta").saveAsTable("sales.new"), "crawler"),
        (lambda frame: frame.write.mode("overwrite").format("json").saveAsTable("orders"), "csv, not json"),
    ],
)
def test_frame_is_not_written_where_only_the_engine_would_find_it(spark, lake, write, instead):
    with pytest.raises(Exception, match=instead):
        write(spark.createDataFrame([(1,)], "a int"))
    assert [each["Name"] for each in lake.glue.get_tables(DatabaseName="sales")["TableList"]] == [
        "customers",
        "events",
        "orders",
    ]


@pytest.mark.parametrize(
    ("values", "partition"),
    [
        ("day = date '2024-01-01', n = -1", "day=2024-01-01/n=-1"),
        ("day = '2024-01-02', n", "day=2024-01-02/n=7"),
        ("n = 5, day = null", "day=__HIVE_DEFAULT_PARTITION__/n=5"),
    ],
)
def test_insert_into_a_partition_fixes_its_values_as_they_were_written(spark, lake, values, partition):
    spark.sql(
        f"create table days partitioned by (day, n) location '{lake.folder}/days' "
        "as select 0 a, date '2023-01-01' day, 7 n"
    )
    left = ", 7 n" if values.endswith("n") else ""
    spark.sql(f"insert into days partition ({values}) select 1 a{left}")
    assert {row.partition for row in spark.sql("show partitions days").collect()} == {
        "day=2023-01-01/n=7",
        partition,
    }
