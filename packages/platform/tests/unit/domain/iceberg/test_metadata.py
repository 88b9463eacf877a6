"""Metadata of Iceberg tables: what any sequence of updates must keep true."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.domain.iceberg.catalog_tables import next_pointer
from isinglass.domain.iceberg.columns import described
from isinglass.domain.iceberg.layouts import FIRST_PARTITION_ID
from isinglass.domain.iceberg.metadata import current, new_metadata, opened, updated
from isinglass.domain.iceberg.schemas import fields_of
from isinglass.model.glue.errors import InvalidInputException

LOCATION = "s3://b/t/"
_TYPES = st.sampled_from(["int", "long", "string", "date", "timestamptz", "decimal(9, 2)"])
_TRANSFORMS = st.sampled_from(["identity", "bucket[4]", "truncate[2]", "day", "void"])


def _field(number: int, kind: str = "long", *, required: bool = False) -> dict[str, Any]:
    return {"Id": number, "Name": f"f{number}", "Type": kind, "Required": required}


SCHEMAS = st.dictionaries(st.integers(1, 6), _TYPES, min_size=1).map(
    lambda kinds: {"Fields": [_field(number, kind) for number, kind in kinds.items()]}
)
SPECS = st.lists(st.tuples(st.integers(1, 6), _TRANSFORMS), max_size=2).map(
    lambda fields: {
        "Fields": [
            {"SourceId": source, "Transform": transform, "Name": f"p{index}"}
            for index, (source, transform) in enumerate(fields)
        ]
    }
)
ORDERS = st.lists(st.integers(1, 6), max_size=2).map(
    lambda sources: {
        "OrderId": 0,
        "Fields": [
            {"SourceId": each, "Transform": "identity", "Direction": "asc", "NullOrder": "nulls-last"}
            for each in sources
        ],
    }
)
UPDATES = st.builds(
    lambda schema, spec, order, properties: {
        "Schema": schema,
        "PartitionSpec": spec,
        "SortOrder": order,
        "Location": LOCATION,
        "Properties": properties,
    },
    SCHEMAS,
    SPECS,
    ORDERS,
    st.dictionaries(st.sampled_from("abc"), st.text(max_size=3)),
)


def _check(metadata: dict[str, Any]) -> None:
    for members, key in (
        ("schemas", "schema-id"),
        ("partition-specs", "spec-id"),
        ("sort-orders", "order-id"),
    ):
        numbers = [each[key] for each in metadata[members]]
        assert len(set(numbers)) == len(numbers)
    schema, spec, order = (current(metadata, kind) for kind in ("schema", "spec", "order"))
    ids = {field.id for field in fields_of(schema)}
    for field in (*spec["fields"], *order["fields"]):
        assert field["source-id"] in ids or field["transform"] == "void"
    highest = max(field.id for each in metadata["schemas"] for field in fields_of(each))
    assert metadata["last-column-id"] >= highest
    numbers = [field["field-id"] for each in metadata["partition-specs"] for field in each["fields"]]
    assert metadata["last-partition-id"] >= max(numbers, default=FIRST_PARTITION_ID - 1)
    meanings: dict[int, Any] = {}
    for each in metadata["partition-specs"]:
        assert len({field["field-id"] for field in each["fields"]}) == len(each["fields"])
        for field in each["fields"]:
            meaning = (field["source-id"], field["transform"])
            assert meanings.setdefault(field["field-id"], meaning) == meaning
    assert opened(metadata) == metadata


@settings(max_examples=150)
@given(SCHEMAS, st.sampled_from("123"), st.lists(UPDATES, max_size=5))
def test_updates_in_any_order_keep_metadata_sound(schema: Any, version: str, updates: list[Any]) -> None:
    metadata = new_metadata({"Location": LOCATION, "Schema": schema}, version, "uuid", 1.0)
    _check(metadata)
    for number, update in enumerate(updates):
        try:
            after = updated(metadata, [update], f"file{number}", 2.0 + number)
        except InvalidInputException:
            continue
        _check(after)
        assert after["metadata-log"][:-1] == metadata["metadata-log"]
        assert after["metadata-log"][-1]["metadata-file"] == f"file{number}"
        metadata = after


def test_update_leaves_the_metadata_it_came_from_as_it_was() -> None:
    schema = {"Fields": [_field(1)]}
    metadata = new_metadata({"Location": LOCATION, "Schema": schema}, "2", "uuid", 1.0)
    wider = {"Fields": [_field(1), _field(2)]}
    after = updated(metadata, [{"Schema": wider, "Location": LOCATION, "Properties": {"a": "b"}}], "f", 2.0)
    assert (len(metadata["schemas"]), metadata["properties"], metadata["metadata-log"]) == (1, {}, [])
    assert (len(after["schemas"]), after["properties"]) == (2, {"a": "b"})
    again = updated(after, [{"Schema": schema, "Location": LOCATION}], "g", 3.0)
    assert (again["current-schema-id"], len(again["schemas"])) == (0, 2)


def test_log_of_files_is_as_long_as_its_property_says() -> None:
    metadata = new_metadata({"Location": LOCATION, "Schema": {"Fields": [_field(1)]}}, "2", "uuid", 1.0)
    keep_two = {"write.metadata.previous-versions-max": "2"}
    for number in range(5):
        update = {"Action": "set-properties", "Properties": keep_two}
        metadata = updated(metadata, [update], f"file{number}", 2.0)
    assert [entry["metadata-file"] for entry in metadata["metadata-log"]] == ["file3", "file4"]


def test_old_metadata_of_version_1_is_read() -> None:
    schema = {"type": "struct", "fields": [{"id": 1, "name": "a", "required": False, "type": "int"}]}
    old = {
        "format-version": 1,
        "table-uuid": "u",
        "location": "s3://b/t",
        "last-updated-ms": 1,
        "last-column-id": 1,
        "schema": schema,
        "partition-spec": [{"source-id": 1, "field-id": 1000, "transform": "identity", "name": "a"}],
    }
    read = opened(old)
    assert (read["schemas"], read["last-partition-id"]) == ([{"schema-id": 0, **schema}], 1000)
    after = updated(read, [{"Action": "set-location", "Location": "s3://b/u/"}], "f", 2.0)
    assert (after["location"], after["schema"]["schema-id"]) == ("s3://b/u", 0)


@pytest.mark.parametrize("document", [None, [], {}, {"format-version": "2"}, {"format-version": 2}])
def test_what_is_no_metadata_is_refused(document: Any) -> None:
    with pytest.raises(ValueError, match=r"format-version|lacks"):
        opened(document)


@pytest.mark.parametrize(
    ("previous", "properties", "name"),
    [
        (None, {}, "s3://b/t/metadata/00000-id.metadata.json"),
        ("s3://b/t/metadata/00041-x.metadata.json", {}, "s3://b/t/metadata/00042-id.metadata.json"),
        ("s3://b/t/metadata/v7.json", {}, "s3://b/t/metadata/00000-id.metadata.json"),
        (None, {"write.metadata.path": "s3://m/"}, "s3://m/00000-id.metadata.json"),
    ],
)
def test_files_are_counted_where_they_belong(previous: str | None, properties: Any, name: str) -> None:
    assert next_pointer({"location": "s3://b/t", "properties": properties}, previous, "id") == name


@pytest.mark.parametrize("kind", ["uniontype<int,string>", "map<int>", "interval", "decimal(5,2,1)"])
def test_columns_that_iceberg_has_no_type_for_are_refused(kind: str) -> None:
    document = {"StorageDescriptor": {"Location": LOCATION, "Columns": [{"Name": "a", "Type": kind}]}}
    with pytest.raises(InvalidInputException):
        new_metadata(described(document), "2", "uuid", 1.0)
