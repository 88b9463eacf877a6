"""Crawlers as boto3 sees them: definitions, states, errors, history."""

import json
from typing import Any

import pytest
from crawl_fixtures import CrawlServer

LOG_ONLY = {"UpdateBehavior": "LOG", "DeleteBehavior": "LOG"}
NEW_FOLDERS = {"RecrawlBehavior": "CRAWL_NEW_FOLDERS_ONLY"}
NO_TARGETS = {
    name: []
    for name in (
        "S3Targets",
        "JdbcTargets",
        "MongoDBTargets",
        "DynamoDBTargets",
        "CatalogTargets",
        "DeltaTargets",
        "IcebergTargets",
        "HudiTargets",
    )
}


def _code(call: Any, **arguments: Any) -> str:
    with pytest.raises(Exception) as raised:
        call(**arguments)
    return str(raised.value.response["Error"]["Code"])


def test_create_crawler_reads_back_with_glues_defaults(crawls: CrawlServer) -> None:
    crawls.create(
        Configuration='{"Version": 1, "Grouping": {"TableGroupingPolicy": "CombineCompatibleSchemas"}}',
        SchemaChangePolicy={"UpdateBehavior": "LOG"},
        Schedule="cron(0 1 * * ? *)",
        Tags={"team": "a"},
    )
    crawler = crawls.glue.get_crawler(Name="c")["Crawler"]
    assert crawler.pop("CreationTime") == crawler.pop("LastUpdated")
    assert crawler == {
        "Name": "c",
        "Role": "service-role/Crawl",
        "DatabaseName": "Lake",
        "Targets": {**NO_TARGETS, "S3Targets": [{"Path": f"{crawls.folder}/", "Exclusions": []}]},
        "Classifiers": [],
        "RecrawlPolicy": {"RecrawlBehavior": "CRAWL_EVERYTHING"},
        "SchemaChangePolicy": {"UpdateBehavior": "LOG", "DeleteBehavior": "DEPRECATE_IN_DATABASE"},
        "LineageConfiguration": {"CrawlerLineageSettings": "DISABLE"},
        "LakeFormationConfiguration": {"UseLakeFormationCredentials": False, "AccountId": ""},
        "Configuration": '{"Version":1.0,"Grouping":{"TableGroupingPolicy":"CombineCompatibleSchemas"}}',
        "Schedule": {"ScheduleExpression": "cron(0 1 * * ? *)", "State": "SCHEDULED"},
        "State": "READY",
        "CrawlElapsedTime": 0,
        "Version": 1,
    }
    arn = "arn:aws:glue:eu-west-1:123456789012:crawler/c"
    assert crawls.glue.get_tags(ResourceArn=arn)["Tags"] == {"team": "a"}


def test_update_crawler_replaces_what_is_given_and_counts_versions(crawls: CrawlServer) -> None:
    crawls.create(Description="old", TablePrefix="p_")
    crawls.glue.update_crawler(Name="c", Description="", DatabaseName="other")
    crawler = crawls.glue.get_crawler(Name="c")["Crawler"]
    assert (
        crawler["Version"],
        crawler.get("Description"),
        crawler["DatabaseName"],
        crawler["TablePrefix"],
    ) == (
        2,
        None,
        "other",
        "p_",
    )


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"Configuration": "{"}, "it is not JSON"),
        ({"Configuration": '{"Version":2}'}, "Version must be 1.0"),
        (
            {"Configuration": '{"Version":1.0,"Grouping":{"TableLevelConfiguration":0}}'},
            "whole number from 1",
        ),
        ({"Configuration": '{"Version":1.0,"Nope":1}'}, "Nope is not known"),
        (
            {"RecrawlPolicy": NEW_FOLDERS},
            "can have only LOG DeleteBehavior value and LOG UpdateBehavior value",
        ),
        ({"Targets": {}}, "at least one target"),
        ({"Targets": {"S3Targets": [{"Path": "s3://b/", "SampleSize": 250}]}}, "from 1 to 249"),
        ({"Schedule": "every day"}, "cron"),
        ({"CatalogId": "123456789012:sales"}, "catalog of their own account"),
    ],
)
def test_create_crawler_that_cannot_work_is_refused_with_the_reason(
    crawls: CrawlServer, members: dict[str, Any], message: str
) -> None:
    with pytest.raises(crawls.glue.exceptions.InvalidInputException, match=message):
        crawls.create(**members)


def test_local_path_of_another_account_is_refused(crawls: CrawlServer) -> None:
    other = crawls.api.client("glue", "210987654321")
    targets = {"S3Targets": [{"Path": "/etc/"}]}
    with pytest.raises(other.exceptions.InvalidInputException, match="only the root account"):
        other.create_crawler(Name="c", Role="r", Targets=targets)
    crawls.create()
    assert other.get_crawlers()["Crawlers"] == []


def test_states_of_a_crawler_refuse_what_does_not_fit(crawls: CrawlServer) -> None:
    glue = crawls.glue
    assert _code(glue.start_crawler, Name="c") == "EntityNotFoundException"
    crawls.create()
    targets = {"S3Targets": [{"Path": "s3://b/"}]}
    assert _code(glue.create_crawler, Name="c", Role="r", Targets=targets) == "AlreadyExistsException"
    assert _code(glue.stop_crawler, Name="c") == "CrawlerNotRunningException"
    glue.start_crawler(Name="c")
    assert _code(glue.start_crawler, Name="c") == "CrawlerRunningException"
    assert _code(glue.update_crawler, Name="c", Description="x") == "CrawlerRunningException"
    assert _code(glue.delete_crawler, Name="c") == "CrawlerRunningException"
    # Nobody crawls here: stopping ends the crawl at once.
    glue.stop_crawler(Name="c")
    assert glue.get_crawler(Name="c")["Crawler"]["LastCrawl"]["Status"] == "CANCELLED"
    glue.delete_crawler(Name="c")
    assert _code(glue.get_crawler, Name="c") == "EntityNotFoundException"


def test_listings_of_crawlers_page_filter_by_tag_and_name_the_missing(crawls: CrawlServer) -> None:
    for number in range(3):
        crawls.create(f"c{number}", Tags={"even": str(number % 2 == 0)})
    pages = crawls.glue.get_paginator("get_crawlers").paginate(PaginationConfig={"PageSize": 2})
    assert [[crawler["Name"] for crawler in page["Crawlers"]] for page in pages] == [["c0", "c1"], ["c2"]]
    assert crawls.glue.list_crawlers(Tags={"even": "True"})["CrawlerNames"] == ["c0", "c2"]
    found = crawls.glue.batch_get_crawlers(CrawlerNames=["c2", "nope", "c0"])
    assert ([one["Name"] for one in found["Crawlers"]], found["CrawlersNotFound"]) == (["c2", "c0"], ["nope"])


def test_list_crawls_filters_by_state_and_time_in_its_own_words(crawler: CrawlServer) -> None:
    crawler.write("t/a.csv", "id,name\n1,a\n2,b\n")
    crawler.create()
    assert crawler.crawl()["Status"] == "SUCCEEDED"
    crawler.glue.update_crawler(Name="c", Targets={"DynamoDBTargets": [{"Path": "table"}]})
    failed = crawler.crawl()
    assert (failed["Status"], "DynamoDBTargets are not supported yet" in failed["ErrorMessage"]) == (
        "FAILED",
        True,
    )
    crawls = crawler.glue.list_crawls(CrawlerName="c")["Crawls"]
    assert [(one["State"], one.get("Summary")) for one in crawls] == [
        ("FAILED", None),
        ("COMPLETED", json.dumps({"TABLE": '{"ADD":{"Count":1}}'}, separators=(",", ":"))),
    ]
    started = str(int(crawls[0]["StartTime"].timestamp() * 1000))
    for filters, expected in (
        ([{"FieldName": "STATE", "FilterOperator": "EQ", "FieldValue": "COMPLETED"}], [crawls[1]]),
        ([{"FieldName": "START_TIME", "FilterOperator": "LT", "FieldValue": started}], [crawls[1]]),
        (
            [{"FieldName": "CRAWL_ID", "FilterOperator": "NE", "FieldValue": crawls[1]["CrawlId"]}],
            [crawls[0]],
        ),
    ):
        assert crawler.glue.list_crawls(CrawlerName="c", Filters=filters)["Crawls"] == expected
    metrics = crawler.glue.get_crawler_metrics(CrawlerNameList=["c"])["CrawlerMetricsList"][0]
    assert (metrics["StillEstimating"], metrics["TimeLeftSeconds"], metrics["TablesCreated"]) == (
        False,
        0.0,
        0,
    )
