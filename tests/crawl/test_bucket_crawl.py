"""Crawls of a real object store."""

import gzip
import uuid

from crawl_fixtures import CrawlServer

from isinglass_connectors.storage.storage import Storage

#: What is tried here depends on no database.
DATABASES = ["sqlite"]

PEOPLE = b"id,name\n1,ann\n2,bob\n"


def _targets(bucket: str) -> dict[str, object]:
    return {"S3Targets": [{"Path": f"s3://{bucket}/raw"}]}


def test_crawl_of_a_bucket_finds_tables_and_asks_little(bucket_crawler: tuple[CrawlServer, Storage]) -> None:
    crawler, storage = bucket_crawler
    bucket = f"lake-{uuid.uuid4().hex[:8]}"
    storage.s3.client.create_bucket(Bucket=bucket)
    storage.write(f"s3://{bucket}/raw/people/a.csv.gz", gzip.compress(PEOPLE))
    for region in ("a%20b", "c%2Fd"):
        storage.write(f"s3://{bucket}/raw/sales/region={region}/x.json", b'{"n": 1, "day": null}\n')
    storage.write(f"s3://{bucket}/raw2/not/a.csv", PEOPLE)
    storage.s3.client.put_object(Bucket=bucket, Key="raw/folder/")
    crawler.create(Targets=_targets(bucket))
    assert crawler.crawl()["Status"] == "SUCCEEDED", crawler.log()
    tables = crawler.tables()
    assert {
        name: (table["StorageDescriptor"]["Location"], table["Parameters"]["compressionType"])
        for name, table in tables.items()
    } == {
        "people": (f"s3://{bucket}/raw/people/", "gzip"),
        "sales": (f"s3://{bucket}/raw/sales/", "none"),
    }
    assert tables["people"]["StorageDescriptor"]["Compressed"] is True
    assert list(crawler.partitions("sales")) == [("a b",), ("c/d",)]
    assert any("4 objects, 3 files opened" in line for line in crawler.log())


def test_crawl_of_a_missing_bucket_fails_and_names_it(bucket_crawler: tuple[CrawlServer, Storage]) -> None:
    crawler, _ = bucket_crawler
    crawler.create(Targets=_targets("no-such-bucket"))
    last = crawler.crawl()
    assert (last["Status"], "s3://no-such-bucket/raw" in last["ErrorMessage"]) == ("FAILED", True)
    assert last["LogStream"] == "c"
