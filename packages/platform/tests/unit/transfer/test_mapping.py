"""Locations and accounts told anew."""

import pytest

from isinglass.transfer.mapping import InvalidMapping, UnreachedPlaces, parse_remap
from isinglass.transfer.records import Record

TABLE = Record(
    "Table",
    {"DatabaseName": "d", "TableName": "t"},
    {
        "Description": "s3://old/ is where it was",
        "StorageDescriptor": {
            "Location": "s3://old/deep/t/",
            "AdditionalLocations": ["s3://old/x/", "s3://other/"],
            "SerdeInfo": {"Parameters": {"path": "s3://old/t/"}},
            "Columns": [{"Name": "s3://old/", "Comment": "s3://old/"}],
        },
        "TargetTable": {"CatalogId": "111111111111:nested", "DatabaseName": "d", "Name": "t"},
        "Parameters": {"definer": "arn:aws:iam::111111111111:role/r", "account": "111111111111"},
    },
)


def test_places_and_accounts_are_told_anew_wherever_they_stand():
    remap = parse_remap(["s3://old/=s3://new/", "s3://old/deep/=s3://deep/"], ["111111111111=222222222222"])
    assert remap.apply(TABLE).input == {
        "Description": "s3://old/ is where it was",
        "StorageDescriptor": {
            "Location": "s3://deep/t/",
            "AdditionalLocations": ["s3://new/x/", "s3://other/"],
            "SerdeInfo": {"Parameters": {"path": "s3://new/t/"}},
            "Columns": [{"Name": "s3://old/", "Comment": "s3://old/"}],
        },
        "TargetTable": {"CatalogId": "222222222222:nested", "DatabaseName": "d", "Name": "t"},
        "Parameters": {"definer": "arn:aws:iam::222222222222:role/r", "account": "111111111111"},
    }


def test_nothing_to_tell_anew_leaves_the_record():
    assert parse_remap([], []).apply(TABLE) is TABLE


@pytest.mark.parametrize("text", ["s3://a/", "=s3://a/", "s3://a/=", ""])
def test_mapping_without_both_sides_refused(text):
    with pytest.raises(InvalidMapping, match="is not a mapping: write OLD=NEW"):
        parse_remap([text], [])


@pytest.mark.parametrize(
    ("location", "address"),
    [
        ("hdfs://nn:8020/warehouse/t", {"hdfs://nn:8020/": 1}),
        ("gs://bucket/t", {"gs://bucket/": 1}),
        ("s3://bucket/t", {}),
        ("s3a://bucket/t", {}),
        ("/data/t", {}),
        ("hdfs://[broken", {}),
    ],
)
def test_places_out_of_reach_are_counted_by_their_address(location, address):
    places = UnreachedPlaces()
    places.look(Record("Database", {"DatabaseName": "d"}, {"LocationUri": location}))
    assert dict(places.counts) == address
