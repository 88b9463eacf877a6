"""Members of records that nothing would come of."""

import pytest

from isinglass.transfer.records import Malformed, Record
from isinglass.transfer.unknown_members import check_known

TABLE = {"DatabaseName": "d", "TableName": "t"}


@pytest.mark.parametrize(
    ("record", "path"),
    [
        (Record("Database", {"DatabaseName": "d"}, {"Descripton": "x"}), "Descripton"),
        (Record("Table", TABLE, {"StorageDescriptor": {"Colums": []}}), "StorageDescriptor.Colums"),
        (
            Record("Table", TABLE, {"StorageDescriptor": {"Columns": [{"Name": "a"}, {"Nme": "b"}]}}),
            "StorageDescriptor.Columns.Nme",
        ),
        (Record("TableVersion", {**TABLE, "VersionId": "0"}, {"partitionKeys": []}), "partitionKeys"),
        (Record("Partition", {**TABLE, "Values": ["1"]}, {"Location": "s3://b/"}), "Location"),
        (
            Record("TableStatistics", {**TABLE, "ColumnName": "a"}, {"StatisticsData": {"Typ": "LONG"}}),
            "StatisticsData.Typ",
        ),
    ],
)
def test_member_that_glue_does_not_know_is_named(record: Record, path: str) -> None:
    with pytest.raises(Malformed) as refused:
        check_known(record)
    assert str(refused.value) == f"the Input of a {record.kind} has no member {path}"


@pytest.mark.parametrize(
    "record",
    [
        Record("Table", TABLE, {"Parameters": {"anything": "x"}, "Retention": None}),
        # What is of another type than it must be is refused by who puts it.
        Record("Table", TABLE, {"StorageDescriptor": [{"Columns": "x"}], "PartitionKeys": "p"}),
        Record("Asset", {"Identifier": "x"}, {"Forms": {"own": {"Anything": 1}}}),
        Record("Crawler", {"Name": "x"}, {"Anything": 1}),
    ],
)
def test_record_whose_members_are_known_or_somebody_elses_is_given_back(record: Record) -> None:
    assert check_known(record) is record
