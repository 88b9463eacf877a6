"""SearchTables, as boto3 sees it."""

from typing import Any

import pytest

TABLES: dict[str, dict[str, Any]] = {
    "customer-link": {"Description": "Who buys: people & firms", "Owner": "ana"},
    "xxlinkyy": {"Parameters": {"classification": "parquet", "Team": "north sea"}},
    "link": {
        "TableType": "EXTERNAL_TABLE",
        "StorageDescriptor": {
            "Columns": [{"Name": "Customer_ID", "Type": "int", "Comment": "the buyer's number"}],
            "Location": "s3://lake/raw/link/",
        },
        "PartitionKeys": [{"Name": "year", "Type": "int"}],
    },
    "größe": {"Description": "Maße", "Parameters": {"classification": "csv", "name": "odd"}},
}


class Search:
    """A catalog with the tables above in a database `shop`, and short ways to search it."""

    def __init__(self, catalog: Any) -> None:
        self.glue = catalog.glue
        self.glue.delete_database(Name="sales")
        self.glue.create_database(DatabaseInput={"Name": "shop"})
        for name, members in TABLES.items():
            self.glue.create_table(DatabaseName="shop", TableInput={"Name": name, **members})

    def names(self, *filters: tuple[str, ...], **arguments: Any) -> list[str]:
        members = ("Key", "Value", "Comparator")
        arguments["Filters"] = [dict(zip(members, each, strict=False)) for each in filters]
        names: list[str] = []
        while True:
            answer = self.glue.search_tables(**arguments)
            names += [table["Name"] for table in answer["TableList"]]
            if "NextToken" not in answer:
                return names
            arguments["NextToken"] = answer["NextToken"]


@pytest.fixture
def search(catalog: Any) -> Search:
    return Search(catalog)


EVERYTHING = ["customer-link", "größe", "link", "xxlinkyy"]


def test_search_for_nothing_lists_every_table_whole(search: Search) -> None:
    assert search.names() == EVERYTHING
    [table] = search.glue.search_tables(Filters=[{"Key": "Owner", "Value": "ana"}])["TableList"]
    assert table == search.glue.get_table(DatabaseName="shop", Name="customer-link")["Table"]


FILTERED: list[tuple[list[tuple[str, ...]], list[str]]] = [
    ([("Name", "link")], ["customer-link", "link"]),
    ([("Name", "Customer-LINK")], ["customer-link"]),
    ([("name", "GRÖSSE")], []),
    ([("name", "GRÖßE")], ["größe"]),
    ([("DatabaseName", "shop"), ("Description", "firms people")], ["customer-link"]),
    ([("TableType", "EXTERNAL_TABLE")], ["link"]),
    ([("Location", "lake/raw")], ["link"]),
    ([("columns", "customer_id")], ["link"]),
    ([("column", "year")], ["link"]),
    ([("comment", "number")], ["link"]),
    ([("classification", "parquet")], ["xxlinkyy"]),
    ([("team", "sea")], ["xxlinkyy"]),
    ([("parameters", "classification")], ["größe", "xxlinkyy"]),
    ([("name", "odd")], []),
    ([("parameters.name", "odd")], ["größe"]),
    ([("Name", "link"), ("Owner", "ana")], ["customer-link"]),
    ([("Name", "link"), ("Owner", "bob")], []),
    ([("nothing", "x")], []),
    ([("CreateTime", "0", "GREATER_THAN")], EVERYTHING),
    ([("CreateTime", "2001-01-01T00:00:00Z", "LESS_THAN_EQUALS")], []),
    ([("LastAccessTime", "0", "GREATER_THAN")], []),
]


def test_search_with_filters_finds_what_has_all_of_them(search: Search) -> None:
    for filters, found in FILTERED:
        assert search.names(*filters) == found, filters


TEXTS = [
    ("link", ["customer-link", "link"]),
    ("LINK customer_id", ["link"]),
    ('"link"', ["link"]),
    ('"customer-link"', ["customer-link"]),
    ('"Who buys: people & firms"', ["customer-link"]),
    ('"who buys"', []),
    ("maße", ["größe"]),
    ("north", ["xxlinkyy"]),
    ("nowhere", []),
    ("' OR 1=1 --", []),
]


def test_search_text_finds_its_words_anywhere(search: Search) -> None:
    for text, found in TEXTS:
        assert search.names(SearchText=text) == found, text


SORTED = [
    ("Name", "ASC", EVERYTHING),
    ("name", "DESC", EVERYTHING[::-1]),
    ("CreateTime", "ASC", list(TABLES)),
    ("UpdateTime", "DESC", list(TABLES)[::-1]),
    ("DatabaseName", "ASC", EVERYTHING),
]


def test_search_sorted_lists_pages_in_order(search: Search) -> None:
    for field, order, found in SORTED:
        criteria = [{"FieldName": field, "Sort": order}]
        assert search.names(SortCriteria=criteria, MaxResults=1) == found
        by_word = search.names(("Name", "link"), SortCriteria=criteria, MaxResults=1)
        assert by_word == [name for name in found if name in {"link", "customer-link"}]


def test_search_that_cannot_be_is_refused(search: Search, error_of: Any) -> None:
    for arguments in (
        {"Filters": [{"Key": "Name"}]},
        {"Filters": [{"Key": "Name", "Value": "--"}]},
        {"Filters": [{"Key": "CreateTime", "Value": "soon"}]},
        {"SearchText": '""'},
        {"SortCriteria": [{"FieldName": "Owner", "Sort": "ASC"}]},
    ):
        assert error_of(search.glue.search_tables, **arguments)[0] == "InvalidInputException"


def test_search_follows_changes_of_tables_and_databases(search: Search) -> None:
    glue = search.glue
    search.names()  # the words of what was there are indexed
    changed = {"Name": "link", "Description": "renamed ana"}
    glue.update_table(DatabaseName="shop", TableInput=changed)
    assert search.names(SearchText="ana") == ["customer-link", "link"]
    assert search.names(SearchText="customer_id") == []
    glue.update_database(Name="shop", DatabaseInput={"Name": "market"})
    assert search.names(("DatabaseName", "shop")) == []
    assert search.names(("DatabaseName", "market")) == EVERYTHING
    glue.delete_table(DatabaseName="market", Name="link")
    assert search.names(SearchText="ana") == ["customer-link"]
    glue.delete_database(Name="market")
    assert search.names() == []


def test_search_sees_only_the_callers_tables(search: Search, api: Any) -> None:
    other = api.client("glue", "210987654321")
    assert other.search_tables(SearchText="link")["TableList"] == []
    assert other.search_tables()["TableList"] == []
