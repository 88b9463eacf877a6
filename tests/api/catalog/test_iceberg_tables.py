"""Iceberg tables that the catalog creates and changes: the metadata files, and the rows that point to them."""

from pathlib import Path
from typing import Any

import pytest
from lake_fixtures import FIELDS, SCHEMA, Lake

#: What is tried here depends on no database.
DATABASES = ["sqlite"]

BY_DAY = {"Fields": [{"SourceId": 2, "Transform": "day", "Name": "at_day"}]}
BY_ID = {
    "OrderId": 1,
    "Fields": [{"SourceId": 1, "Transform": "identity", "Direction": "asc", "NullOrder": "nulls-first"}],
}


def test_created_table_points_to_its_first_metadata(lake: Lake) -> None:
    lake.create(PartitionSpec=BY_DAY, WriteOrder=BY_ID, Properties={"owner": "me"})
    table = lake.table()
    location = lake.location("orders").rstrip("/")
    pointer = table["Parameters"]["metadata_location"]
    assert pointer.startswith(f"{location}/metadata/00000-")
    assert table["Parameters"] == {"table_type": "ICEBERG", "metadata_location": pointer}
    assert (table["TableType"], table["VersionId"], table["PartitionKeys"]) == ("EXTERNAL_TABLE", "0", [])
    columns = [(each["Name"], each["Type"]) for each in table["StorageDescriptor"]["Columns"]]
    assert columns == [("id", "bigint"), ("at", "timestamp"), ("lines", "array<struct<price:decimal(10,2)>>")]
    metadata = lake.metadata()
    assert metadata.pop("last-updated-ms") == int(table["CreateTime"].timestamp() * 1000)
    assert len(metadata.pop("table-uuid")) == 36
    schema = metadata.pop("schemas")[0]
    assert [field["name"] for field in schema["fields"]] == ["id", "at", "lines"]
    assert (schema["schema-id"], schema["identifier-field-ids"]) == (0, [1])
    assert metadata == {
        "format-version": 2,
        "location": location,
        "last-column-id": 5,
        "current-schema-id": 0,
        "partition-specs": [
            {
                "spec-id": 0,
                "fields": [{"source-id": 2, "field-id": 1000, "transform": "day", "name": "at_day"}],
            }
        ],
        "default-spec-id": 0,
        "last-partition-id": 1000,
        "sort-orders": [
            {
                "order-id": 1,
                "fields": [
                    {"transform": "identity", "source-id": 1, "direction": "asc", "null-order": "nulls-first"}
                ],
            }
        ],
        "default-sort-order-id": 1,
        "properties": {"owner": "me"},
        "snapshots": [],
        "snapshot-log": [],
        "metadata-log": [],
        "last-sequence-number": 0,
    }


def test_rows_sorted_by_no_transform_are_sorted_by_the_column(lake: Lake) -> None:
    lake.create(WriteOrder={"OrderId": 1, "Fields": [{**BY_ID["Fields"][0], "Transform": "none"}]})
    assert lake.metadata()["sort-orders"][0]["fields"][0]["transform"] == "identity"


@pytest.mark.parametrize(
    ("version", "needs"), [("1", "schema"), ("2", "last-sequence-number"), ("3", "next-row-id")]
)
def test_metadata_has_what_its_version_wants(lake: Lake, version: str, needs: str) -> None:
    lake.create(version=version)
    metadata = lake.metadata()
    assert (metadata["format-version"], needs in metadata) == (int(version), True)


def test_table_of_columns_alone_becomes_iceberg(lake: Lake) -> None:
    columns = [
        {"Name": "id", "Type": "bigint", "Comment": "the order"},
        {"Name": "tags", "Type": "map<string,array<int>>"},
        {"Name": "day", "Type": "date"},
    ]
    descriptor = {"Columns": columns, "Location": lake.location("plain")}
    lake.glue.create_table(
        DatabaseName="lake",
        TableInput={"Name": "plain", "Description": "words", "StorageDescriptor": descriptor},
        OpenTableFormatInput={"IcebergInput": {"MetadataOperation": "CREATE", "Version": "2"}},
    )
    fields = lake.metadata("plain")["schemas"][0]["fields"]
    assert [(field["id"], field["name"], field["required"]) for field in fields] == [
        (1, "id", False),
        (2, "tags", False),
        (3, "day", False),
    ]
    assert fields[1]["type"] == {
        "type": "map",
        "key-id": 4,
        "key": "string",
        "value-id": 5,
        "value-required": False,
        "value": {"type": "list", "element-id": 6, "element-required": False, "element": "int"},
    }
    table = lake.table("plain")
    assert (table["Description"], table["StorageDescriptor"]["Columns"]) == ("words", columns)
    assert table["StorageDescriptor"]["Location"] == lake.location("plain")


def test_update_writes_the_next_metadata_and_keeps_the_old(lake: Lake) -> None:
    lake.create()
    first = lake.table()["Parameters"]["metadata_location"]
    wider = {**SCHEMA, "Fields": [*FIELDS, {"Id": 6, "Name": "note", "Type": "string", "Required": False}]}
    lake.update(
        {"Action": "add-schema", "Schema": wider},
        {"Action": "set-current-schema", "Schema": {**wider, "SchemaId": -1}},
        {"Action": "add-spec", "PartitionSpec": BY_DAY},
        {"Action": "set-default-spec", "PartitionSpec": {**BY_DAY, "SpecId": 1}},
        {"Action": "add-sort-order", "SortOrder": BY_ID},
        {"Action": "set-default-sort-order", "SortOrder": {**BY_ID, "OrderId": 1}},
        {"Action": "set-properties", "Properties": {"a": "1", "b": "2"}},
        {"Action": "remove-properties", "Properties": {"b": ""}},
    )
    table, metadata = lake.table(), lake.metadata()
    assert table["VersionId"] == "1"
    assert table["Parameters"]["previous_metadata_location"] == first
    assert [each["Name"] for each in table["StorageDescriptor"]["Columns"]] == ["id", "at", "lines", "note"]
    assert (metadata["current-schema-id"], metadata["last-column-id"]) == (1, 6)
    assert (metadata["default-spec-id"], metadata["last-partition-id"]) == (1, 1000)
    assert (metadata["default-sort-order-id"], metadata["properties"]) == (1, {"a": "1"})
    assert [entry["metadata-file"] for entry in metadata["metadata-log"]] == [first]
    assert lake.files() == ["00000", "00001"]


def test_update_without_action_makes_what_it_has_current(lake: Lake) -> None:
    lake.create()
    wider = {**SCHEMA, "Fields": [*FIELDS, {"Id": 6, "Name": "note", "Type": "string", "Required": False}]}
    lake.update({"Schema": wider, "PartitionSpec": BY_DAY, "Properties": {"a": "1"}}, SkipArchive=True)
    metadata = lake.metadata()
    assert (metadata["current-schema-id"], metadata["default-spec-id"]) == (1, 1)
    assert metadata["properties"] == {"a": "1"}


def test_latest_metadata_is_shown_on_request(lake: Lake) -> None:
    lake.create(PartitionSpec=BY_DAY)
    shown = lake.table(AttributesToGet=["DEFAULT", "LATEST_ICEBERG_METADATA"])["IcebergTableMetadata"]
    assert (shown["FormatVersion"], shown["LastColumnId"], shown["DefaultSpecId"]) == ("2", 5, 0)
    assert shown["PartitionSpecs"] == [
        {
            "SpecId": 0,
            "Fields": [{"SourceId": 2, "Transform": "day", "Name": "at_day", "FieldId": 1000}],
        }
    ]
    assert shown["Schemas"][0]["Fields"][2]["Type"] == FIELDS[2]["Type"] | {
        "element": {
            "type": "struct",
            "fields": [{"id": 5, "name": "price", "required": False, "type": "decimal(10, 2)"}],
        }
    }


def test_create_of_a_taken_name_writes_no_file(lake: Lake, error_of: Any) -> None:
    lake.create()
    assert error_of(lake.create) == ("AlreadyExistsException", "Table already exists.")
    assert lake.files() == ["00000"]


@pytest.mark.parametrize(
    ("members", "word"),
    [
        ({"Schema": {"Fields": []}}, "must have fields"),
        ({"Schema": {"Fields": [FIELDS[0], FIELDS[0]]}}, "Two fields"),
        ({"Schema": {"Fields": [{**FIELDS[0], "Type": "money"}]}}, "no Iceberg type 'money'"),
        ({"Schema": {"Fields": [{**FIELDS[0], "Type": "decimal(99,2)"}]}}, "out of range"),
        ({"Schema": {"Fields": [{**FIELDS[0], "Type": "variant"}]}}, "version 3"),
        ({"Schema": {"Fields": [{**FIELDS[0], "Type": {"type": "list"}}]}}, "element"),
        ({"Schema": {"Fields": [{**FIELDS[0], "Id": 0}]}}, "1 or more"),
        ({"Schema": {"Fields": FIELDS, "IdentifierFieldIds": [2]}}, "must be required"),
        ({"PartitionSpec": {"Fields": [{**BY_DAY["Fields"][0], "SourceId": 9}]}}, "no field of the schema"),
        ({"PartitionSpec": {"Fields": [{**BY_DAY["Fields"][0], "SourceId": 1}]}}, "does not take id"),
        ({"PartitionSpec": {"Fields": [{**BY_DAY["Fields"][0], "SourceId": 3}]}}, "nested"),
        ({"PartitionSpec": {"Fields": [{**BY_DAY["Fields"][0], "Transform": "bucket"}]}}, "no transform"),
        ({"PartitionSpec": {"Fields": [{**BY_DAY["Fields"][0], "Name": "id"}]}}, "name of another column"),
        ({"Properties": {"format-version": "3"}}, "not a property"),
        ({"Location": "http://somewhere/x"}, "unknown scheme"),
        ({"Location": "file:///etc/../x"}, ".."),
    ],
)
def test_create_of_a_bad_definition_is_refused(lake: Lake, error_of: Any, members: Any, word: str) -> None:
    code, message = error_of(lake.create, **members)
    assert (code, word in message) == ("InvalidInputException", True), message
    assert lake.glue.get_tables(DatabaseName="lake")["TableList"] == []


@pytest.mark.parametrize(
    ("field", "word"),
    [
        ({"Id": 1, "Name": "id", "Type": "int", "Required": True}, "cannot change from long to int"),
        ({"Id": 2, "Name": "at", "Type": "timestamptz", "Required": True}, "cannot become required"),
        ({"Id": 9, "Name": "new", "Type": "int", "Required": True}, "could not meet"),
    ],
)
def test_update_that_rows_could_not_be_read_with_is_refused(
    lake: Lake, error_of: Any, field: Any, word: str
) -> None:
    lake.create()
    fields = [*(each for each in FIELDS if each["Id"] != field["Id"]), field]
    code, message = error_of(lake.update, {"Schema": {"Fields": fields}})
    assert (code, word in message) == ("InvalidInputException", True), message
    assert (lake.table()["VersionId"], lake.files()) == ("0", ["00000"])


def test_column_that_rows_are_partitioned_by_cannot_go(lake: Lake, error_of: Any) -> None:
    lake.create(PartitionSpec=BY_DAY)
    code, message = error_of(lake.update, {"Schema": {"Fields": [FIELDS[0]]}})
    assert (code, "partitioned or sorted" in message) == ("InvalidInputException", True)


def test_update_of_what_is_no_iceberg_table_is_refused(lake: Lake, error_of: Any, tmp_path: Path) -> None:
    lake.glue.create_table(DatabaseName="lake", TableInput={"Name": "plain"})
    code, message = error_of(lake.update, {}, name="plain")
    assert (code, "no Iceberg table" in message) == ("InvalidInputException", True)
    bad = tmp_path / "bad.metadata.json"
    for text, word in (
        ("{", "no metadata file"),
        ('{"format-version": 9}', "format-version"),
        (None, "read"),
    ):
        if text is None:
            bad.unlink()
        else:
            bad.write_text(text)
        parameters = {"table_type": "ICEBERG", "metadata_location": f"file://{bad}"}
        given = {"Name": "plain", "Parameters": parameters}
        lake.glue.update_table(DatabaseName="lake", TableInput=given)
        code, message = error_of(lake.update, {}, name="plain")
        assert (code, word in message) == ("InvalidInputException", True), message


def test_local_files_are_for_the_root_account_only(lake: Lake, api: Any, error_of: Any) -> None:
    stranger = Lake(api.client("glue", "210987654321"), lake.folder)
    code, _ = error_of(stranger.create)
    assert code == "AccessDeniedException"
    assert not lake.folder.exists()
