"""Print frames as Glue does: the schema as a tree, records as JSON lines."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from awsglue import gluetypes as glue
from isinglass_runtime.frames.frame import Frame
from isinglass_runtime.frames.records import decoder


def schema_tree(schema: glue.StructType) -> str:
    """Draw the schema."""
    return "\n".join(["root", *_members(schema, "")])


def _members(data_type: glue.DataType, indent: str) -> Iterator[str]:
    """Draw what is inside a type; nothing for an atomic one."""
    deeper = f"{indent}|    "
    if isinstance(data_type, glue.StructType):
        for each in data_type.fields:
            yield f"{indent}|-- {each.name}: {each.dataType.typeName()}"
            yield from _members(each.dataType, deeper)
    elif isinstance(data_type, glue.ChoiceType):
        for name, alternative in data_type.choices.items():
            yield f"{indent}|-- {name}"
            yield from _members(alternative, deeper)
    elif isinstance(data_type, glue.ArrayType):
        yield f"{indent}|-- element: {data_type.elementType.typeName()}"
        yield from _members(data_type.elementType, deeper)
    elif isinstance(data_type, glue.MapType):
        yield f"{indent}|-- keyType: string"
        yield f"{indent}|-- valueType: {data_type.valueType.typeName()}"
        yield from _members(data_type.valueType, deeper)


def collect_records(frame: Frame, limit: int) -> list[dict[str, Any]]:
    """Fetch the first records as Python values, choices unwrapped."""
    schema = frame.schema()
    rows: list[dict[str, Any]] = frame.df.limit(limit).toArrow().to_pylist()
    decode = decoder(schema)
    return rows if decode is None else [decode(row) for row in rows]


def json_lines(records: list[dict[str, Any]]) -> list[str]:
    """Write records as JSON, one a line."""
    return [json.dumps(record, default=_as_json, ensure_ascii=False) for record in records]


def _as_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)
