"""Crawls into an encrypted catalog: as far as the crawler's role may use its key, and nothing in the clear."""

from typing import Any

import pytest
import sqlalchemy as sa
from api_fixtures import ROOT_ACCOUNT
from crawl_fixtures import CrawlServer
from identity_clients import allowing, trust

from isinglass.store.tables.metadata import metadata

#: What is tried here depends on no database.
DATABASES = ["sqlite"]

COLUMN = "zqmarkercolumn"


@pytest.fixture
def key(crawler: CrawlServer) -> str:
    """The ARN of the key that the catalog is encrypted with."""
    made: str = crawler.api.client("kms").create_key()["KeyMetadata"]["Arn"]
    at_rest = {"EncryptionAtRest": {"CatalogEncryptionMode": "SSE-KMS", "SseAwsKmsKeyId": made}}
    crawler.glue.put_data_catalog_encryption_settings(DataCatalogEncryptionSettings=at_rest)
    return made


def _role(crawler: CrawlServer, *allowed: str) -> Any:
    iam = crawler.api.client("iam")
    trusted = trust({"Service": "glue.amazonaws.com"})
    iam.create_role(RoleName="crawl", AssumeRolePolicyDocument=trusted)
    for number, policy in enumerate(allowed):
        iam.put_role_policy(RoleName="crawl", PolicyName=str(number), PolicyDocument=policy)
    return "crawl"


def test_crawl_by_a_role_that_may_use_the_key_leaves_nothing_in_the_clear(crawler: CrawlServer, key: str):
    crawler.write("people/part.csv", f"id,{COLUMN}\n1,ann\n2,bob\n")
    crawler.create(Role=_role(crawler, allowing("kms:*", key), allowing("glue:*"), allowing("s3:*")))
    assert crawler.crawl()["Status"] == "SUCCEEDED"
    assert crawler.crawl()["Status"] == "SUCCEEDED"
    with crawler.api.store.read() as tx:
        stored = {
            table.name
            for table in metadata.sorted_tables
            for row in tx.connection.execute(sa.select(table))
            if COLUMN in str(row)
        }
    columns = [column["Name"] for column in crawler.tables()["people"]["StorageDescriptor"]["Columns"]]
    assert (stored, columns) == (set(), ["id", COLUMN])


def test_crawl_by_a_role_that_may_not_use_the_key_fails_and_says_so(crawler: CrawlServer, key: str):
    crawler.write("people/part.csv", f"id,{COLUMN}\n1,ann\n2,bob\n")
    crawler.create(Role=_role(crawler, allowing("glue:*"), allowing("s3:*")))
    crawl = crawler.crawl()
    session = f"arn:aws:sts::{ROOT_ACCOUNT}:assumed-role/crawl/AWS-Crawler"
    denied = (
        f"User: {session} is not authorized to perform: kms:GenerateDataKey on resource: {key} "
        "because no identity-based policy allows the kms:GenerateDataKey action"
    )
    assert (crawl["Status"], crawl["ErrorMessage"]) == ("FAILED", denied)
