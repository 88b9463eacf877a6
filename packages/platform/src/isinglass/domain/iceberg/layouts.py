"""How an Iceberg table lays out its rows: partition specs and sort orders."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from isinglass.domain.iceberg.schemas import fields_of
from isinglass.model.glue.errors import InvalidInputException

#: Ids of partition fields begin here, so that they are never those of columns.
FIRST_PARTITION_ID = 1000

_WIDTH = re.compile(r"(bucket|truncate)\[([1-9]\d{0,8})\]")
_DATES = {"date", "timestamp", "timestamptz", "timestamp_ns", "timestamptz_ns"}
_TAKES: dict[str, set[str]] = {
    "year": _DATES,
    "month": _DATES,
    "day": _DATES,
    "hour": _DATES - {"date"},
    "bucket": _DATES | {"int", "long", "decimal", "time", "string", "uuid", "fixed", "binary"},
    "truncate": {"int", "long", "decimal", "string", "binary"},
}


def spec_of(
    given: Mapping[str, Any] | None,
    schema: Mapping[str, Any],
    spec_id: int,
    known: Iterable[Any],
    last_id: int,
) -> dict[str, Any]:
    """Build a partition spec; fields that earlier specs had keep their ids, others get new ones."""
    fields: list[dict[str, Any]] = []
    ids = {
        (field["source-id"], field["transform"]): field["field-id"]
        for each in known
        for field in each["fields"]
    }
    for each in (given or {}).get("Fields", []):
        source, transform = each["SourceId"], _transform(each, schema)
        field_id = ids.get((source, transform)) or each.get("FieldId")
        if field_id is None or (field_id <= last_id and (source, transform) not in ids):
            last_id += 1
            field_id = last_id
        last_id = max(last_id, field_id)
        fields.append(
            {"source-id": source, "field-id": field_id, "transform": transform, "name": each["Name"]}
        )
    _check_names(fields, schema)
    return {"spec-id": spec_id, "fields": fields}


def _check_names(fields: list[dict[str, Any]], schema: Mapping[str, Any]) -> None:
    columns = {field["name"]: field["id"] for field in schema["fields"]}
    names = [field["name"] for field in fields]
    for field in fields:
        if names.count(field["name"]) > 1:
            raise InvalidInputException(f"Two partition fields have the name {field['name']}")
        clashes = field["name"] in columns and (
            field["transform"] != "identity" or columns[field["name"]] != field["source-id"]
        )
        if clashes:
            raise InvalidInputException(f"The partition field {field['name']} has the name of another column")


def order_of(given: Mapping[str, Any] | None, schema: Mapping[str, Any], order_id: int) -> dict[str, Any]:
    """Build a sort order; that of no fields is 0, as nothing else may be."""
    fields = [
        {
            "transform": _transform(_sorted_by(each), schema),
            "source-id": each["SourceId"],
            "direction": each["Direction"],
            "null-order": each["NullOrder"],
        }
        for each in (given or {}).get("Fields", [])
    ]
    return {"order-id": max(order_id, 1) if fields else 0, "fields": fields}


def highest_partition_id(specs: Iterable[Mapping[str, Any]]) -> int:
    """Return the highest id that a partition field has had; one less than the first where there are none."""
    ids = [field["field-id"] for spec in specs for field in spec["fields"]]
    return max(ids, default=FIRST_PARTITION_ID - 1)


def check_sources(layout: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    """Refuse a schema that lacks a column which the current spec or order is made of."""
    present = {field.id for field in fields_of(schema)}
    for field in layout["fields"]:
        if field["source-id"] not in present and field["transform"] != "void":
            raise InvalidInputException(
                f"Field {field['source-id']} cannot go from the schema: rows are partitioned or sorted by it"
            )


def _sorted_by(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read `none`, as Glue's clients say that rows are sorted by a column itself."""
    return {**given, "Transform": "identity"} if given["Transform"].strip() == "none" else given


def _transform(given: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """Check a transform against the column that it is of."""
    text: str = given["Transform"].strip()
    source = next((field for field in fields_of(schema) if field.id == given["SourceId"]), None)
    if source is None or not source.free:
        raise InvalidInputException(f"SourceId {given['SourceId']} is no field of the schema")
    if not isinstance(source.type, str):
        raise InvalidInputException(f"Rows cannot be partitioned or sorted by {source.name}, which is nested")
    found = _WIDTH.fullmatch(text)
    name = found[1] if found else text
    if name in {"identity", "void"}:
        return name
    if name not in _TAKES or (name in {"bucket", "truncate"}) != bool(found):
        raise InvalidInputException(
            f"{text!r} is no transform; use identity, void, year, month, day, hour, bucket[N] or truncate[W]"
        )
    if re.split(r"[(\[]", source.type)[0] not in _TAKES[name]:
        raise InvalidInputException(f"The transform {text} does not take {source.name} of type {source.type}")
    return text
