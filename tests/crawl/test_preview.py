"""The dry run: what a crawl would do, told without doing it."""

from typing import Any

import pytest
from crawl_fixtures import CrawlServer

#: What is tried here depends on no database.
DATABASES = ["sqlite"]

PEOPLE = "id,name\n1,ann\n2,bob\n"


def _preview(crawls: CrawlServer, **members: Any) -> dict[str, Any]:
    return crawls.call("PreviewCrawl", {"Path": f"{crawls.folder}/", "DatabaseName": "lake", **members})


def test_preview_shows_tables_reasons_and_skipped_files_and_writes_nothing(crawls: CrawlServer) -> None:
    crawls.write("customers/c.csv", PEOPLE)
    for day in (1, 2):
        crawls.write(f"tx/day={day}/a.json", '{"id": 1, "at": "x"}\n')
    crawls.write("tx/day=1/b.tmp", "x")
    crawls.write("tx/day=1/_SUCCESS", "")
    crawls.write("image.png", b"\x89PNG\0\0\0")
    found = _preview(crawls, Exclusions=["**.tmp"], TablePrefix="raw_")
    assert (found["Objects"], found["Sampled"]) == (6, 4)
    assert [
        {k: table[k] for k in ("Name", "Format", "Files", "Partitions", "Change", "PartitionKeys")}
        for table in found["Tables"]
    ] == [
        {
            "Name": "raw_customers",
            "Format": "csv",
            "Files": 1,
            "Partitions": 0,
            "Change": "CREATE",
            "PartitionKeys": [],
        },
        {
            "Name": "raw_tx",
            "Format": "json",
            "Files": 2,
            "Partitions": 2,
            "Change": "CREATE",
            "PartitionKeys": [{"Name": "day", "Type": "int"}],
        },
    ]
    assert found["Tables"][0]["Header"] is True
    assert found["Tables"][0]["ColumnChanges"] == [
        {"Name": "id", "After": "bigint"},
        {"Name": "name", "After": "string"},
    ]
    skipped = {one["Reason"]: (one["Count"], one["Examples"]) for one in found["Skipped"]}
    assert skipped == {
        "binary data of no known format": (1, ["image.png"]),
        "excluded": (1, ["tx/day=1/b.tmp"]),
        "hidden name": (1, ["tx/day=1/_SUCCESS"]),
    }
    reasons = {one["Folder"]: one["Reason"] for one in found["Decisions"]}
    assert reasons[f"{crawls.folder}/tx"] == "json: 2 of 2 folders have similar schemas (1.00), 1 different"
    assert crawls.glue.get_databases()["DatabaseList"] == []


def test_preview_of_crawled_files_shows_what_changed(crawler: CrawlServer) -> None:
    crawler.write("t/d=1/a.json", '{"a": 1, "b": 2}\n')
    crawler.create()
    crawler.crawl()
    assert [(t["Name"], t["Change"], t["ColumnChanges"]) for t in _preview(crawler)["Tables"]] == [
        ("t", "NONE", [])
    ]
    crawler.write("t/d=2/a.json", '{"a": 1.5, "b": 2, "c": "x"}\n')
    (table,) = _preview(crawler)["Tables"]
    assert (table["Change"], table["ColumnChanges"]) == (
        "UPDATE",
        [{"Name": "a", "Before": "int", "After": "double"}, {"Name": "c", "After": "string"}],
    )


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"Path": "relative/../up"}, "`..` component"),
        ({"Exclusions": ["{a"]}, "never closed"),
        ({"Configuration": "[]"}, "must be a JSON object"),
        (
            {"Configuration": '{"Version":1.0,"CrawlerOutput":{"Tables":{"TableThreshold":1}}}'},
            "greater than",
        ),
    ],
)
def test_preview_that_cannot_be_is_refused_with_the_reason(
    crawls: CrawlServer, members: dict[str, Any], message: str
) -> None:
    crawls.write("a/x.csv", PEOPLE)
    crawls.write("b/x.json", '{"q": 1}\n')
    assert message in _preview(crawls, **members)["message"]


def test_preview_of_local_files_by_another_account_is_refused(crawls: CrawlServer) -> None:
    found = crawls.call("PreviewCrawl", {"Path": "/etc/"}, account_id="210987654321")
    assert "only the server's own account may crawl" in found["message"]
