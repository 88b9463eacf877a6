"""Versions of tables: the history, compare and set, and what happens when many write at once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from botocore.exceptions import ClientError

NO_VERSION = ("EntityNotFoundException", "Version not found.")


def test_update_table_replaces_the_definition_and_keeps_the_last_one(catalog: Any) -> None:
    catalog.update_table("Orders", "second")
    catalog.update_table("orders", "third")
    assert catalog.versions() == [("2", "third"), ("1", "second"), ("0", "")]
    table = catalog.glue.get_table(DatabaseName="sales", Name="orders")["Table"]
    assert (table["VersionId"], table["Description"]) == ("2", "third")
    old = catalog.glue.get_table_version(**catalog.orders, VersionId="1")["TableVersion"]
    current = catalog.glue.get_table_version(**catalog.orders)["TableVersion"]
    assert (old["Table"]["Description"], current["VersionId"]) == ("second", "2")
    assert old["Table"]["CreateTime"] == table["CreateTime"]


def test_update_table_skipping_the_archive_counts_but_keeps_nothing(catalog: Any, error_of: Any) -> None:
    catalog.update_table("orders", "second", SkipArchive=True)
    assert catalog.versions() == [("1", "second")]
    assert error_of(catalog.glue.get_table_version, **catalog.orders, VersionId="0") == NO_VERSION


def test_versions_in_pages_come_newest_first(catalog: Any) -> None:
    for number in range(1, 5):
        catalog.update_table("orders", str(number))
    pages = catalog.glue.get_paginator("get_table_versions").paginate(
        **catalog.orders, PaginationConfig={"PageSize": 2}
    )
    listed = [[version["VersionId"] for version in page["TableVersions"]] for page in pages]
    assert listed == [["4", "3"], ["2", "1"], ["0"]]


def test_update_table_with_a_stale_version_is_a_concurrent_modification(catalog: Any, error_of: Any) -> None:
    catalog.update_table("orders", "second", VersionId="0")
    code, message = error_of(catalog.update_table, "orders", "lost", VersionId="0")
    assert (code, message) == (
        "ConcurrentModificationException",
        "Table orders is at version 1, not at 0",
    )
    assert catalog.versions()[0] == ("1", "second")


def test_delete_table_version_of_the_current_one_is_invalid(catalog: Any, error_of: Any) -> None:
    catalog.update_table("orders", "second")
    delete = catalog.glue.delete_table_version
    assert error_of(delete, **catalog.orders, VersionId="1")[0] == "InvalidInputException"
    assert error_of(delete, **catalog.orders, VersionId="one")[0] == "InvalidInputException"
    assert error_of(delete, **catalog.orders, VersionId="7") == NO_VERSION
    delete(**catalog.orders, VersionId="0")
    assert catalog.versions() == [("1", "second")]


def test_batch_delete_table_version_tells_what_it_could_not(catalog: Any) -> None:
    catalog.update_table("orders", "second")
    answer = catalog.glue.batch_delete_table_version(**catalog.orders, VersionIds=["0", "1", "5", "x"])
    errors = [
        (error["TableName"], error["VersionId"], error["ErrorDetail"]["ErrorCode"])
        for error in answer["Errors"]
    ]
    assert errors == [
        ("orders", "1", "InvalidInputException"),
        ("orders", "5", "EntityNotFoundException"),
        ("orders", "x", "InvalidInputException"),
    ]
    assert catalog.versions() == [("1", "second")]


def test_concurrent_compare_and_set_lets_one_writer_win_each_version(catalog: Any) -> None:
    def writer(name: str) -> int:
        wins = 0
        for _ in range(8):
            version = catalog.glue.get_table(DatabaseName="sales", Name="orders")["Table"]["VersionId"]
            with suppress(catalog.glue.exceptions.ConcurrentModificationException):
                catalog.update_table("orders", name, VersionId=version)
                wins += 1
        return wins

    with ThreadPoolExecutor(4) as pool:
        wins = sum(pool.map(writer, "abcd"))
    assert wins >= 8
    assert [version for version, _ in catalog.versions()] == [str(n) for n in range(wins, -1, -1)]


def test_concurrent_updates_without_a_version_lose_none(catalog: Any) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: catalog.update_table("orders", str(n)), range(20)))
    versions = catalog.versions()
    assert [version for version, _ in versions] == [str(n) for n in range(20, -1, -1)]
    assert {description for _, description in versions} == {"", *map(str, range(20))}


def test_concurrent_creates_of_one_table_let_one_win(catalog: Any) -> None:
    def create(_: int) -> str:
        try:
            catalog.create_table("race")
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "created"

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(create, range(8)))
    assert answers == ["AlreadyExistsException"] * 7 + ["created"]
