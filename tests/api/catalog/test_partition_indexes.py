"""Partition indexes, as boto3 sees them."""

from typing import Any

import pytest

from isinglass.flow import index_building
from isinglass.store.work_context import WorkContext

YEAR, CITY = {"Name": "year", "Type": "int"}, {"Name": "city", "Type": "string"}


class Indexes:
    """The indexes of the table `orders`, and the work that builds and drops them."""

    def __init__(self, catalog: Any, store: Any) -> None:
        self._catalog, self._store = catalog, store

    def create(self, name: str, *keys: str) -> None:
        index = {"IndexName": name, "Keys": list(keys)}
        self._catalog.glue.create_partition_index(**self._catalog.orders, PartitionIndex=index)

    def delete(self, name: str) -> None:
        self._catalog.glue.delete_partition_index(**self._catalog.orders, IndexName=name)

    def run_work(self) -> None:
        with self._store.begin() as tx:
            items = tx.work.claim([index_building.KIND], worker="w", now=9e9, lease_seconds=60, limit=100)
        for item in items:
            index_building.handle(WorkContext(self._store, lambda: 9e9), item)

    def statuses(self) -> list[tuple[str, str]]:
        return [(index["IndexName"], index["IndexStatus"]) for index in self.list()]

    def list(self) -> list[Any]:
        answer = self._catalog.glue.get_partition_indexes(**self._catalog.orders)
        listed: list[Any] = answer["PartitionIndexDescriptorList"]
        return listed


@pytest.fixture
def indexes(catalog: Any, api: Any) -> Indexes:
    return Indexes(catalog, api.store)


def test_index_created_becomes_active_and_is_used(catalog: Any, indexes: Indexes) -> None:
    catalog.add_partitions(["2024", "a"], ["02024", "b"], ["2025", "a"])
    indexes.create("by_year", "Year", "city")
    keys = {"IndexName": "by_year", "Keys": [YEAR, CITY]}
    assert indexes.list() == [{**keys, "IndexStatus": "CREATING"}]
    catalog.add_partitions(["2024", "c"])
    indexes.run_work()
    assert indexes.list() == [{**keys, "IndexStatus": "ACTIVE"}]
    catalog.add_partitions(["2024", "d"])
    catalog.glue.delete_partition(**catalog.orders, PartitionValues=["2024", "a"])
    assert catalog.partitions(Expression="year = 2024") == [["02024", "b"], ["2024", "c"], ["2024", "d"]]
    assert catalog.partitions(Expression="year > 2024 AND city = 'a'") == [["2025", "a"]]


def test_index_deleted_is_deleting_and_then_gone(catalog: Any, indexes: Indexes, error_of: Any) -> None:
    catalog.add_partitions(["2024", "a"])
    indexes.create("i", "year")
    assert error_of(indexes.delete, "i") == ("ConflictException", "Index i is CREATING")
    indexes.run_work()
    indexes.delete("i")
    assert indexes.statuses() == [("i", "DELETING")]
    assert error_of(indexes.delete, "i") == ("ConflictException", "Index i is DELETING")
    assert catalog.partitions(Expression="year = 2024") == [["2024", "a"]]
    indexes.run_work()
    assert indexes.statuses() == []
    assert error_of(indexes.delete, "i") == ("EntityNotFoundException", "Index i not found.")


def test_index_that_cannot_be_is_refused(catalog: Any, indexes: Indexes, error_of: Any) -> None:
    for name in ("a", "b", "c"):
        indexes.create(name, "year")
    for arguments, code in [
        (("a", "city"), "AlreadyExistsException"),
        (("d", "city"), "ResourceNumberLimitExceededException"),
        (("d", "nope"), "InvalidInputException"),
        (("d", "year", "year"), "InvalidInputException"),
    ]:
        assert error_of(indexes.create, *arguments)[0] == code
    for operation, arguments in [
        ("create_partition_index", {"PartitionIndex": {"IndexName": "i", "Keys": ["year"]}}),
        ("delete_partition_index", {"IndexName": "i"}),
        ("get_partition_indexes", {}),
    ]:
        call = getattr(catalog.glue, operation)
        answer = error_of(call, DatabaseName="sales", TableName="nope", **arguments)
        assert answer == ("EntityNotFoundException", "Table nope not found.")


def test_index_that_failed_tells_of_partitions_and_may_be_tried_again(catalog: Any, indexes: Indexes) -> None:
    catalog.add_partitions(["bad", "a"])
    indexes.create("i", "year")
    indexes.run_work()
    [failed] = indexes.list()
    assert (failed["IndexStatus"], failed["BackfillErrors"]) == (
        "FAILED",
        [{"Code": "INVALID_PARTITION_TYPE_DATA_ERROR", "Partitions": [{"Values": ["bad", "a"]}]}],
    )
    for _ in range(11):
        indexes.create("i", "year")
        indexes.run_work()
    assert indexes.statuses() == [("i", "FAILED")] * 10
    catalog.glue.delete_partition(**catalog.orders, PartitionValues=["bad", "a"])
    indexes.create("i", "year")
    indexes.run_work()
    assert indexes.statuses() == [("i", "FAILED")] * 10 + [("i", "ACTIVE")]
    indexes.delete("i")
    indexes.run_work()
    assert indexes.statuses() == [("i", "FAILED")] * 10


def test_values_that_an_index_cannot_hold_are_refused(catalog: Any, indexes: Indexes, error_of: Any) -> None:
    catalog.add_partitions(["2024", "a"])
    indexes.create("i", "year")
    message = "The value 'x' of index key year is not of type int"
    refused = ("InvalidInputException", message)
    given = {"Values": ["x", "b"]}
    assert error_of(catalog.glue.create_partition, **catalog.orders, PartitionInput=given) == refused
    change = {"PartitionValueList": ["2024", "a"], "PartitionInput": given}
    assert error_of(catalog.glue.update_partition, **catalog.orders, **change) == refused
    [error] = catalog.add_partitions(["x", "b"], ["2025", "b"])
    assert error["ErrorDetail"] == {"ErrorCode": "InvalidInputException", "ErrorMessage": message}
    [error] = catalog.glue.batch_update_partition(**catalog.orders, Entries=[change])["Errors"]
    assert error["ErrorDetail"]["ErrorMessage"] == message
    assert catalog.partitions() == [["2024", "a"], ["2025", "b"]]


def test_partition_keys_that_are_indexed_cannot_change(catalog: Any, indexes: Indexes, error_of: Any) -> None:
    indexes.create("i", "city")
    for keys in ([CITY, YEAR], [YEAR], [{**YEAR, "Type": "string"}, CITY]):
        table = {"Name": "orders", "PartitionKeys": keys}
        answer = error_of(catalog.glue.update_table, DatabaseName="sales", TableInput=table)
        message = "The partition keys of table orders cannot change: they are indexed by i"
        assert answer == ("InvalidInputException", message)
    commented = [{**YEAR, "Comment": "of sale"}, CITY]
    table = {"Name": "orders", "PartitionKeys": commented}
    catalog.glue.update_table(DatabaseName="sales", TableInput=table)


def test_table_created_with_indexes_has_them_active(catalog: Any, error_of: Any) -> None:
    def create(name: str, *indexes: Any) -> None:
        catalog.glue.create_table(
            DatabaseName="sales",
            TableInput={"Name": name, "PartitionKeys": [YEAR, CITY]},
            PartitionIndexes=list(indexes),
        )

    create("t", {"IndexName": "i", "Keys": ["city"]})
    answer = catalog.glue.get_partition_indexes(DatabaseName="sales", TableName="t")
    listed = [{"IndexName": "i", "Keys": [CITY], "IndexStatus": "ACTIVE"}]
    assert answer["PartitionIndexDescriptorList"] == listed
    assert error_of(create, "bad", {"IndexName": "i", "Keys": ["nope"]})[0] == "InvalidInputException"
    missing = error_of(catalog.glue.get_table, DatabaseName="sales", Name="bad")
    assert missing == ("EntityNotFoundException", "Table bad not found.")


def test_table_deleted_takes_its_indexes_along(catalog: Any, indexes: Indexes) -> None:
    catalog.add_partitions(["2024", "a"])
    indexes.create("i", "year")
    catalog.glue.delete_table(DatabaseName="sales", Name="orders")
    indexes.run_work()
    catalog.create_table("orders", PartitionKeys=[YEAR, CITY])
    assert indexes.statuses() == []
