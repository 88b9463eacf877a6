"""Crawls over real folders: what comes to be in the catalog, and what a second crawl changes."""

import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from crawl_fixtures import CrawlServer

from isinglass.crawl import apply
from isinglass.crawl.runner import CrawlRunner
from isinglass.daemons.worker import Worker
from isinglass.store.store import Transaction
from isinglass.store.work_context import WorkContext

PEOPLE = "id,name\n1,ann\n2,bob\n"


def _columns(table: dict[str, Any]) -> list[tuple[str, str]]:
    return [(column["Name"], column["Type"]) for column in table["StorageDescriptor"]["Columns"]]


def _versions(crawler: CrawlServer) -> dict[str, str]:
    return {name: table["VersionId"] for name, table in crawler.tables().items()}


def _retail(crawler: CrawlServer) -> None:
    for month, day in ((1, 5), (1, 6), (11, 30)):
        crawler.write(
            f"transactions/year=2024/month={month:02}/day={day:02}/part-0.json",
            '{"Id": 1, "amount": 2.5, "items": [{"sku": "a"}]}\n{"Id": 2, "amount": 3, "items": []}\n',
        )
    crawler.write("customers/customers.csv", PEOPLE)
    crawler.folder.joinpath("products").mkdir()
    pq.write_table(pa.table({"sku": ["a"], "price": [1.5]}), crawler.folder / "products/p.parquet")
    crawler.write("customers/_SUCCESS", "")
    crawler.write("customers/empty.csv", "")


def test_crawl_of_three_formats_writes_what_a_glue_crawler_writes(crawler: CrawlServer) -> None:
    _retail(crawler)
    crawler.create(TablePrefix="raw_")
    assert crawler.crawl()["Status"] == "SUCCEEDED"
    tables = crawler.tables()
    assert {name: (_columns(table), table["PartitionKeys"]) for name, table in tables.items()} == {
        "raw_customers": ([("id", "bigint"), ("name", "string")], []),
        "raw_products": ([("sku", "string"), ("price", "double")], []),
        "raw_transactions": (
            [("id", "int"), ("amount", "double"), ("items", "array<struct<sku:string>>")],
            [
                {"Name": "year", "Type": "int"},
                {"Name": "month", "Type": "string"},
                {"Name": "day", "Type": "string"},
            ],
        ),
    }
    customers = tables["raw_customers"]
    parameters = customers["Parameters"]
    crawl_id = crawler.glue.list_crawls(CrawlerName="c")["Crawls"][0]["CrawlId"]
    assert parameters == {
        "CRAWL_RUN_ID": crawl_id,
        "CrawlerSchemaDeserializerVersion": "1.0",
        "CrawlerSchemaSerializerVersion": "1.0",
        "UPDATED_BY_CRAWLER": "c",
        "areColumnsQuoted": "false",
        "averageRecordSize": parameters["averageRecordSize"],
        "classification": "csv",
        "columnsOrdered": "true",
        "compressionType": "none",
        "delimiter": ",",
        "objectCount": "1",
        "recordCount": "2",
        "sizeKey": str(len(PEOPLE)),
        "skip.header.line.count": "1",
        "typeOfData": "file",
    }
    assert customers["StorageDescriptor"]["Parameters"] == parameters
    assert (customers["TableType"], customers["Owner"], customers["StorageDescriptor"]["Location"]) == (
        "EXTERNAL_TABLE",
        "owner",
        f"{crawler.folder}/customers/",
    )
    serde = tables["raw_transactions"]["StorageDescriptor"]["SerdeInfo"]
    assert serde["Parameters"] == {"paths": "Id,amount,items"}
    partitions = crawler.partitions("raw_transactions")
    assert list(partitions) == [("2024", "01", "05"), ("2024", "01", "06"), ("2024", "11", "30")]
    assert partitions["2024", "11", "30"]["StorageDescriptor"]["Location"] == (
        f"{crawler.folder}/transactions/year=2024/month=11/day=30/"
    )


def test_second_crawl_of_unchanged_files_opens_none_and_writes_no_version(crawler: CrawlServer) -> None:
    _retail(crawler)
    crawler.create()
    crawler.crawl()
    before = crawler.tables()
    crawler.crawl()
    assert crawler.tables() == before
    assert sum("0 files opened" in line for line in crawler.log()) == 1


def test_column_added_later_makes_one_new_version_and_keeps_what_users_wrote(crawler: CrawlServer) -> None:
    crawler.write("t/d=1/a.json", '{"a": 1, "b": "x"}\n')
    crawler.create()
    crawler.crawl()
    table = crawler.tables()["t"]
    table["StorageDescriptor"]["Columns"][0]["Comment"] = "the a"
    given = {
        k: table[k]
        for k in ("Name", "StorageDescriptor", "PartitionKeys", "TableType", "Parameters", "Owner")
    }
    given["Parameters"]["team"] = "red"
    crawler.glue.update_table(DatabaseName="lake", TableInput={**given, "Description": "mine"})
    crawler.write("t/d=2/a.json", '{"a": 1, "b": "y", "c": 1.5}\n')
    crawler.crawl()
    table = crawler.tables()["t"]
    assert table["StorageDescriptor"]["Columns"] == [
        {"Name": "a", "Type": "int", "Comment": "the a"},
        {"Name": "b", "Type": "string"},
        {"Name": "c", "Type": "double"},
    ]
    assert (table["Description"], table["Parameters"]["team"], table["VersionId"]) == ("mine", "red", "2")
    assert list(crawler.partitions("t")) == [("1",), ("2",)]


@pytest.mark.parametrize(
    ("behavior", "deprecated", "left"),
    [
        ("LOG", [], ["a", "b"]),
        ("DEPRECATE_IN_DATABASE", ["b"], ["a", "b"]),
        ("DELETE_FROM_DATABASE", [], ["a"]),
    ],
)
def test_files_that_are_gone_are_treated_as_the_policy_says(
    crawler: CrawlServer, behavior: str, deprecated: list[str], left: list[str]
) -> None:
    crawler.write("a/d=1/x.csv", PEOPLE)
    gone = [crawler.write("a/d=2/x.csv", PEOPLE), crawler.write("b/x.json", '{"q": 1}\n')]
    crawler.create(SchemaChangePolicy={"UpdateBehavior": "UPDATE_IN_DATABASE", "DeleteBehavior": behavior})
    crawler.crawl()
    for path in gone:
        path.unlink()
    crawler.crawl()
    tables, partitions = crawler.tables(), crawler.partitions("a")
    assert list(tables) == left
    assert [n for n, t in tables.items() if "DEPRECATED_BY_CRAWLER" in t["Parameters"]] == deprecated
    assert [v for v, p in partitions.items() if "DEPRECATED_BY_CRAWLER" in p["Parameters"]] == (
        [("2",)] if deprecated else []
    )
    assert len(partitions) == (1 if behavior == "DELETE_FROM_DATABASE" else 2)


def test_column_without_values_in_one_file_takes_its_type_from_the_others(crawler: CrawlServer) -> None:
    crawler.write("t/a.csv", "id,score\n1,\n2,\n")
    crawler.write("t/b.csv", "id,score\n1,2.5\n2,\n")
    crawler.write("u/d=1/a.json", '{"a": null, "b": null}\n')
    crawler.write("u/d=2/a.json", '{"a": {"x": 1}, "b": null}\n')
    crawler.create()
    crawler.crawl()
    tables = crawler.tables()
    assert _columns(tables["t"]) == [("id", "bigint"), ("score", "double")]
    assert _columns(tables["u"]) == [("a", "struct<x:int>"), ("b", "string")]


def test_header_of_an_all_text_file_is_known_from_its_neighbours(crawler: CrawlServer) -> None:
    crawler.write("t/a.csv", "id,name\n1,ann\n2,bob\n")
    crawler.write("t/b.csv", "id,name\nx1,ann\nx2,bob\n")
    crawler.create()
    crawler.crawl()
    table = crawler.tables()["t"]
    assert (_columns(table), table["Parameters"]["skip.header.line.count"]) == (
        [("id", "string"), ("name", "string")],
        "1",
    )


def test_update_behavior_log_leaves_the_table_and_adds_partitions(crawler: CrawlServer) -> None:
    crawler.write("t/d=1/a.json", '{"a": 1, "b": 2}\n')
    crawler.create(SchemaChangePolicy={"UpdateBehavior": "LOG", "DeleteBehavior": "LOG"})
    crawler.crawl()
    crawler.write("t/d=2/a.json", '{"a": 1, "b": 2, "c": 3}\n')
    crawler.crawl()
    assert _columns(crawler.tables()["t"]) == [("a", "int"), ("b", "int")]
    assert list(crawler.partitions("t")) == [("1",), ("2",)]


def test_merge_new_columns_adds_and_never_drops_or_retypes(crawler: CrawlServer) -> None:
    configuration = {"Version": 1.0, "CrawlerOutput": {"Tables": {"AddOrUpdateBehavior": "MergeNewColumns"}}}
    first = crawler.write("t/a.json", '{"a": 1, "b": {"x": 1}}\n')
    crawler.create(Configuration=json.dumps(configuration))
    crawler.crawl()
    first.write_text('{"a": "text", "b": {"y": 1}, "c": 1}\n')
    crawler.crawl()
    assert _columns(crawler.tables()["t"]) == [("a", "int"), ("b", "struct<x:int,y:int>"), ("c", "int")]


def test_inherit_from_table_gives_partitions_the_columns_of_the_table(crawler: CrawlServer) -> None:
    configuration = {
        "Version": 1.0,
        "CrawlerOutput": {"Partitions": {"AddOrUpdateBehavior": "InheritFromTable"}},
    }
    crawler.write("t/d=1/a.json", '{"a": 1, "b": 1}\n')
    crawler.write("t/d=2/a.json", '{"a": 1, "b": 1, "c": 1}\n')
    crawler.create(Configuration=json.dumps(configuration))
    crawler.crawl()
    wanted = [("a", "int"), ("b", "int"), ("c", "int")]
    assert [_columns(one) for one in crawler.partitions("t").values()] == [wanted, wanted]


def test_new_folders_only_does_not_open_known_folders_again(crawler: CrawlServer) -> None:
    crawler.write("t/d=1/a.json", '{"a": 1, "b": 2}\n')
    crawler.create(
        RecrawlPolicy={"RecrawlBehavior": "CRAWL_NEW_FOLDERS_ONLY"},
        SchemaChangePolicy={"UpdateBehavior": "LOG", "DeleteBehavior": "LOG"},
    )
    crawler.crawl()
    crawler.write("t/d=1/b.json", '{"z": 1}\n')
    crawler.write("t/d=2/a.json", '{"a": 1, "b": 2}\n')
    crawler.crawl()
    assert any("3 objects, 1 files opened" in line for line in crawler.log())
    assert list(crawler.partitions("t")) == [("1",), ("2",)]


def test_handmade_table_of_the_same_name_is_left_alone(crawler: CrawlServer) -> None:
    crawler.write("t/a.csv", PEOPLE)
    crawler.glue.create_database(DatabaseInput={"Name": "lake"})
    crawler.glue.create_table(DatabaseName="lake", TableInput={"Name": "t", "Parameters": {"mine": "1"}})
    crawler.create()
    crawler.crawl()
    crawler.crawl()
    tables = crawler.tables()
    made = [name for name in tables if name != "t"]
    assert (tables["t"]["Parameters"], len(made), made[0][:2], len(made[0])) == ({"mine": "1"}, 1, "t_", 34)


def test_table_threshold_passed_fails_and_writes_nothing(crawler: CrawlServer) -> None:
    crawler.write("a/x.csv", PEOPLE)
    crawler.write("b/x.json", '{"q": 1}\n')
    crawler.create(Configuration='{"Version":1.0,"CrawlerOutput":{"Tables":{"TableThreshold":1}}}')
    last = crawler.crawl()
    assert (last["Status"], last["ErrorMessage"]) == (
        "FAILED",
        (
            "The number of tables detected by crawler: 2 is greater than the table threshold value provided: 1. "
            "Failing crawler without writing to Data Catalog."
        ),
    )
    with pytest.raises(crawler.glue.exceptions.EntityNotFoundException):
        crawler.glue.get_tables(DatabaseName="lake")


def test_exclusions_are_honoured_and_stored_on_the_table(crawler: CrawlServer) -> None:
    crawler.write("t/a.csv", PEOPLE)
    crawler.write("t/old/a.csv", "x,y\n1,2\n3,4\n")
    crawler.create(Targets={"S3Targets": [{"Path": f"{crawler.folder}/", "Exclusions": ["**/old/**"]}]})
    crawler.crawl()
    assert {n: t["Parameters"]["exclusions"] for n, t in crawler.tables().items()} == {"t": '["**/old/**"]'}


def test_overlapping_include_paths_and_a_single_file_make_each_table_once(crawler: CrawlServer) -> None:
    crawler.write("t/d=1/a.csv", PEOPLE)
    crawler.write("one/people.csv", PEOPLE)
    paths = [f"{crawler.folder}/t", f"{crawler.folder}/t/", f"{crawler.folder}/one/people.csv"]
    crawler.create(Targets={"S3Targets": [{"Path": path} for path in paths]})
    for _ in range(2):
        assert crawler.crawl()["Status"] == "SUCCEEDED"
        assert {
            n: (t["StorageDescriptor"]["Location"], t["VersionId"]) for n, t in crawler.tables().items()
        } == {
            "people_csv": (f"{crawler.folder}/one/people.csv", "0"),
            "t": (f"{crawler.folder}/t/", "0"),
        }


def test_events_of_a_crawl_tell_its_states_and_what_it_changed(crawler: CrawlServer) -> None:
    crawler.write("t/d=1/a.csv", PEOPLE)
    crawler.create()
    crawler.crawl()
    with crawler.api.store.read() as tx:
        events = [(row.kind, row.payload["detail"]) for row in tx.outbox.undelivered(100)]
    states = [detail for kind, detail in events if kind == "Glue Crawler State Change"]
    assert [detail["state"] for detail in states] == ["Started", "Succeeded"]
    assert (states[1]["tablesCreated"], states[1]["partitionsCreated"]) == ("1", "1")
    assert _changes(crawler) == [
        ("CreateDatabase", "lake", []),
        ("CreateTable", "lake", ["t"]),
        ("BatchCreatePartition", "lake", ["1"]),
    ]


def _changes(crawler: CrawlServer) -> list[tuple[str, str, list[str]]]:
    """Take the events of the catalog that were not taken yet."""
    with crawler.api.store.begin() as tx:
        rows = tx.outbox.undelivered(100)
        tx.outbox.mark_delivered([row.id for row in rows], 1.0)
    details = [row.payload["detail"] for row in rows if row.kind.startswith("Glue Data Catalog")]
    return [
        (one["typeOfChange"], one["databaseName"], one.get("changedTables", one.get("changedPartitions")))
        for one in details
    ]


def test_changes_of_a_crawl_are_told_as_the_crawls_and_can_be_undone(crawler: CrawlServer) -> None:
    kept = crawler.write("t/d=1/a.csv", PEOPLE)
    gone = crawler.write("t/d=2/a.csv", PEOPLE)
    crawler.create(
        SchemaChangePolicy={
            "UpdateBehavior": "UPDATE_IN_DATABASE",
            "DeleteBehavior": "DELETE_FROM_DATABASE",
        }
    )
    crawler.crawl()
    _changes(crawler)
    gone.unlink()
    crawler.crawl()
    assert ("BatchDeletePartition", "lake", ["2"]) in _changes(crawler)
    kept.unlink()
    crawler.crawl()
    assert _changes(crawler)[-1] == ("DeleteTable", "lake", ["t"])
    table = {"DatabaseName": "lake", "TableName": "t"}
    deletion, *_, creation = crawler.call("ListTableHistory", table)["Entries"]
    crawls = crawler.glue.list_crawls(CrawlerName="c")["Crawls"]
    for entry, crawl in ((deletion, crawls[0]), (creation, crawls[-1])):
        origin = {"Through": "CRAWLER", "CrawlerName": "c", "CrawlId": crawl["CrawlId"]}
        assert entry["Change"]["Origin"] == origin
        assert entry["Change"]["Principal"].endswith(":assumed-role/service-role/Crawl/AWS-Crawler")
    assert (deletion["Event"], creation["Event"]) == ("DELETED", "CREATED")
    crawler.call("RestoreTable", table)
    assert list(crawler.tables()) == ["t"]


def test_empty_folder_succeeds_and_says_that_nothing_was_found(crawler: CrawlServer) -> None:
    crawler.create()
    assert (crawler.crawl()["Status"], crawler.tables()) == ("SUCCEEDED", {})
    assert f"INFO : Nothing to crawl was found in {crawler.folder}/." in crawler.log()


def test_unreadable_file_beside_good_ones_is_named_and_alone_fails_the_crawl(crawler: CrawlServer) -> None:
    bad = crawler.write("t/bad.parquet", b"PAR1 this is no parquet file")
    crawler.create()
    last = crawler.crawl()
    assert (last["Status"], "None of the files could be read" in last["ErrorMessage"]) == ("FAILED", True)
    crawler.write("t/good.csv", PEOPLE)
    assert crawler.crawl()["Status"] == "SUCCEEDED"
    assert any(line.startswith(f"WARN : {bad} is in no table") for line in crawler.log())
    assert [table["StorageDescriptor"]["Location"] for table in crawler.tables().values()] == [
        f"{crawler.folder}/t/"
    ]


def test_bad_exclude_pattern_fails_the_crawl_with_the_pattern(crawler: CrawlServer) -> None:
    crawler.create(Targets={"S3Targets": [{"Path": f"{crawler.folder}/", "Exclusions": ["{a"]}]})
    last = crawler.crawl()
    assert (last["Status"], "{a" in last["ErrorMessage"]) == ("FAILED", True)


def test_stop_of_a_running_crawl_cancels_it_between_tables(
    crawls: CrawlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        crawls.write(f"{name}/x.csv", f"{name},n\n1,2\n3,4\n")
    crawls.create()
    write_table = apply.Applier.apply

    def stop_after_first(applier: apply.Applier, table: Any) -> None:
        write_table(applier, table)
        if table.name == "a":
            crawls.glue.stop_crawler(Name="c")

    monkeypatch.setattr(apply.Applier, "apply", stop_after_first)
    monkeypatch.setattr("isinglass.crawl.runner._TELL_SECONDS", 0.0)
    crawls.start_worker()
    assert crawls.crawl()["Status"] == "CANCELLED"
    assert list(crawls.tables()) == ["a"]
    assert crawls.glue.list_crawls(CrawlerName="c")["Crawls"][0]["State"] == "STOPPED"


def test_crawl_that_died_between_transactions_goes_on_where_it_was(
    crawls: CrawlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        crawls.write(f"t/d={number}/x.csv", PEOPLE)
    crawls.create()
    monkeypatch.setattr(apply, "_BATCH", 2)
    batches = apply.Applier._write_partitions
    died: list[int] = []

    def die_once(applier: apply.Applier, tx: Transaction, table: Any, batch: list[dict[str, Any]]) -> None:
        batches(applier, tx, table, batch)
        died.append(len(batch))
        if len(died) == 3:
            raise SystemExit  # as a killed process: no handler of ours runs

    monkeypatch.setattr(apply.Applier, "_write_partitions", die_once)
    crawls.glue.start_crawler(Name="c")
    worker = Worker(crawls.api.store, {}, {})
    runner = CrawlRunner(crawls.services)
    with crawls.api.store.begin() as tx:
        (item,) = tx.work.claim(["crawl"], worker="dead", now=worker.clock(), lease_seconds=0.0, limit=1)
    with pytest.raises(SystemExit):
        runner(WorkContext(crawls.api.store, worker.clock), item)
    assert len(crawls.partitions("t")) == 4
    crawls.start_worker()
    assert crawls.wait()["LastCrawl"]["Status"] == "SUCCEEDED"
    assert (list(crawls.partitions("t")), _versions(crawls)) == ([(str(n),) for n in range(7)], {"t": "0"})
    # The dead crawl's holder wakes up: it may write nothing any more.
    runner(WorkContext(crawls.api.store, worker.clock), item)
    assert [one["State"] for one in crawls.glue.list_crawls(CrawlerName="c")["Crawls"]] == ["COMPLETED"]


def test_crawl_leaves_links_alone_and_refuses_a_database_that_is_one(crawler: CrawlServer) -> None:
    crawler.write("people/people.csv", PEOPLE)
    crawler.glue.create_database(DatabaseInput={"Name": "lake"})
    target = {"DatabaseName": "elsewhere", "Name": "people"}
    crawler.glue.create_table(DatabaseName="lake", TableInput={"Name": "people", "TargetTable": target})
    crawler.create()
    assert crawler.crawl()["Status"] == "SUCCEEDED"
    link = crawler.tables()["people"]
    assert (link["TargetTable"], "StorageDescriptor" in link) == (target, False)

    crawler.glue.create_database(DatabaseInput={"Name": "alias", "TargetDatabase": {"DatabaseName": "lake"}})
    before = sorted(crawler.tables())
    crawler.create("d", DatabaseName="alias")
    ended = crawler.crawl("d")
    assert ended["Status"] == "FAILED"
    assert ended["ErrorMessage"] == "Database alias is a link: name one that can hold tables."
    assert sorted(crawler.tables()) == before
