"""Schemas of Iceberg tables: what a request says, checked and in the words of metadata files."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from isinglass.domain.iceberg.types import Nested, can_become, check_type, hive_type, inside
from isinglass.model.glue.errors import InvalidInputException

_DEFAULTS = {"InitialDefault": "initial-default", "WriteDefault": "write-default"}


def schema_of(given: Mapping[str, Any], version: int) -> dict[str, Any]:
    """Build a schema from the request's, with the id it has there or 0."""
    schema: dict[str, Any] = {
        "type": "struct",
        "schema-id": given.get("SchemaId", 0),
        "fields": [_field(each, version) for each in given["Fields"]],
    }
    fields = list(fields_of(schema))
    if not fields:
        raise InvalidInputException("An Iceberg schema must have fields")
    _check_unique("id", [field.id for field in fields])
    _check_unique("name", [field["name"].lower() for field in schema["fields"]])
    if any(field.id < 1 for field in fields):
        raise InvalidInputException("Ids of fields must be 1 or more")
    if identifiers := given.get("IdentifierFieldIds"):
        _check_identifiers(identifiers, {field.id: field for field in fields})
        schema["identifier-field-ids"] = sorted(set(identifiers))
    return schema


def _field(given: Mapping[str, Any], version: int) -> dict[str, Any]:
    name = given["Name"]
    field = {
        "id": given["Id"],
        "name": name,
        "required": given["Required"],
        "type": check_type(given["Type"], version, name),
    }
    if "Doc" in given:
        field["doc"] = given["Doc"]
    for member, key in _DEFAULTS.items():
        if given.get(member) is not None:
            if version < 3:
                raise InvalidInputException(f"{member} of {name} needs version 3 of the format")
            field[key] = given[member]
    return field


def _check_unique(what: str, values: Sequence[Any]) -> None:
    seen = set()
    for value in values:
        if value in seen:
            raise InvalidInputException(f"Two fields of the schema have the {what} {value!r}")
        seen.add(value)


def _check_identifiers(ids: Sequence[int], fields: Mapping[int, Nested]) -> None:
    for each in ids:
        field = fields.get(each)
        if field is None or not field.free:
            raise InvalidInputException(f"IdentifierFieldIds names {each}, which is no field of its own")
        if not field.required or not isinstance(field.type, str) or field.type in {"float", "double"}:
            raise InvalidInputException(
                f"Field {field.name} identifies rows, so it must be required and neither nested nor floating"
            )


def fields_of(schema: Mapping[str, Any]) -> Iterator[Nested]:
    """List the fields of a schema at any depth."""
    yield from inside({"type": "struct", "fields": schema["fields"]})


def highest_id(schema: Mapping[str, Any]) -> int:
    """Return the highest id of a schema's fields."""
    return max(field.id for field in fields_of(schema))


def same_shape(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two schemas differ in nothing but their ids."""
    return {**one, "schema-id": 0} == {**other, "schema-id": 0}


def check_evolution(old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Refuse a schema that files written with the old one could not be read with."""
    before = {field.id: field for field in fields_of(old)}
    defaults = {field["id"] for field in new["fields"] if "initial-default" in field}
    for field in fields_of(new):
        was = before.get(field.id)
        if was is None:
            if field.required and field.free and field.id not in defaults:
                raise InvalidInputException(
                    f"The new field {field.name} is required, which the rows that are there could not meet"
                )
        elif not can_become(was.type, field.type):
            raise InvalidInputException(f"Field {field.name} cannot change from {was.type} to {field.type}")
        elif field.required and not was.required:
            raise InvalidInputException(f"Field {field.name} cannot become required: rows may lack it")


def columns_of(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Describe a schema as columns of a catalog's table, as Iceberg's own libraries do."""
    return [
        {
            "Name": field["name"],
            "Type": hive_type(field["type"]),
            **({"Comment": field["doc"]} if "doc" in field else {}),
            "Parameters": {
                "iceberg.field.id": str(field["id"]),
                "iceberg.field.optional": str(not field["required"]).lower(),
                "iceberg.field.current": "true",
            },
        }
        for field in schema["fields"]
    ]
