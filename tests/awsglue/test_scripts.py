"""Scripts that look like those people have, run unchanged against a live catalog."""

from datetime import date
from decimal import Decimal
from pathlib import Path

#: What is tried here depends on no database.
DATABASES = ["sqlite"]


def test_generated_etl_maps_and_writes_parquet(lake):
    printed = lake.script("generated_etl")

    assert printed == ["null_fields []"]
    assert sorted(lake.rows(), key=lambda row: row["id"]) == [
        {"id": 1, "who": {"name": "ann"}, "amount": Decimal("10.50")},
        {"id": 2, "who": {"name": "bob"}, "amount": None},
        {"id": 3, "who": {"name": "ann"}, "amount": Decimal("2.00")},
        {"id": 4, "who": {"name": ""}, "amount": Decimal("7.25")},
    ]


def test_pushdown_predicate_reads_one_partition_and_keeps_its_bad_record(lake):
    printed = lake.script("pushdown_aggregate")

    assert printed == ["1 1"]
    assert lake.rows() == [{"kind": "buy", "n": 1, "month": "02", "year": 2024}]


def test_sink_creates_the_table_and_its_partitions(lake, listed):
    printed = lake.script("sink_with_catalog")

    assert printed == [
        "[(1, '2024', 'view'), (2, '2024', 'buy'), (3, '2024', 'buy')]",
        "['customers', 'events', 'events_by_kind', 'orders']",
    ]
    assert listed(Path(lake.output)) == ["year=2024/kind=buy", "year=2024/kind=view"]
    table = lake.table("events_by_kind")
    columns = [(each["Name"], each["Type"]) for each in table["StorageDescriptor"]["Columns"]]
    assert (columns, [key["Name"] for key in table["PartitionKeys"]]) == (
        [("id", "int"), ("tags", "array<string>"), ("month", "string")],
        ["year", "kind"],
    )
    assert table["Parameters"]["classification"] == "glueparquet"
    again = lake.script("sink_with_catalog")
    assert again[0].count("'view'") == 2
    assert len(lake.glue.get_partitions(DatabaseName="sales", TableName="events_by_kind")["Partitions"]) == 2


def test_catalog_types_that_values_break_become_choices(lake):
    printed = lake.script("choices_medicare")

    assert printed == [
        *("root", "|-- id: long", "|-- customer: string"),
        *("|-- amount: choice", "|    |-- double", "|    |-- string", "|-- when: string"),
        *("root", "|-- id: long", "|-- customer: string", "|-- amount: double", "|-- when: string"),
        "[(2, 'n/a')]",
    ]
    assert lake.rows() == [
        {"who": "ANN!", "paid": {"amount": 10.5, "on": date(2024, 1, 1)}},
        {"who": "ANN!", "paid": {"amount": 2.0, "on": date(2024, 2, 1)}},
    ]


def test_python_functions_filter_map_and_count_their_failures(lake):
    printed = lake.script("python_functions")

    assert printed == ["1 ['string index out of range']"]
    assert lake.rows() == [
        {"id": "1", "customer": "ann", "amount": "10.5", "initial": "a", "parts": ["2024", "01", "01"]}
    ]


def test_join_and_relationalize_write_one_folder_per_frame(lake, listed):
    printed = lake.script("join_relationalize", TempDir="unused")

    assert printed == [
        "['amount', 'city', 'customer', 'kind', 'month', 'order_id', 'tags', 'year']",
        "['hist_root', 'hist_root_tags']",
    ]
    assert listed(Path(lake.output)) == ["hist_root", "hist_root_tags"]
    roots = lake.rows("hist_root")
    assert sorted((row["order_id"], row["city"], row["kind"]) for row in roots) == [
        (1, "Oslo", "view"),
        (2, "Rome", "buy"),
        (3, "Oslo", "buy"),
    ]
    keys = {row["order_id"]: row["tags"] for row in roots if row.get("tags") is not None}
    children = {(row["id"], row["index"], row["val"]) for row in lake.rows("hist_root_tags")}
    assert children == {(keys[1], 0, "a"), (keys[1], 1, "b"), (keys[3], 0, "c")}


def test_spark_sql_joins_views_and_catalog_tables(lake):
    printed = lake.script("spark_sql")

    assert printed == ["[('Oslo', 2), ('Rome', 1)]", "2"]
    assert lake.rows() == [{"city": "Oslo", "n": 2}, {"city": "Rome", "n": 1}]


def test_configuration_in_rdds_is_read(lake):
    assert lake.script("config_in_rdds") == ["['id', 'customer', 'amount', 'when'] 2 True 2 True"]


def test_catalog_write_adds_the_partition(lake):
    printed = lake.script("catalog_write")

    assert printed == ["struct<id:int,kind:string,tags:array<string>,year:string,month:string>", "[9]"]
    partitions = lake.glue.get_partitions(DatabaseName="sales", TableName="events")["Partitions"]
    assert sorted(each["Values"] for each in partitions) == [["2024", "01"], ["2024", "02"], ["2025", "03"]]


def test_collections_custom_code_and_spigot(lake):
    printed = lake.script("split_and_spigot")

    assert printed == ['{"id": 3, "customer": "ann"}', '{"id": 4, "customer": ""}']
    assert lake.rows("sample") == [{"id": 3, "customer": "ann"}]
    text = "".join(path.read_text() for path in Path(lake.output, "all").glob("*.csv"))
    assert text == "id|customer\n3|ann\n4|\n"
