"""unbox: parse a text field of each record into a struct of the same name."""

import csv
import json
from collections.abc import Callable, Mapping
from typing import Any

from awsglue import gluetypes as glue
from isinglass_runtime.frames.frame import Frame
from isinglass_runtime.frames.paths import parse_path
from isinglass_runtime.frames.records import DynamicRecord
from isinglass_runtime.frames.rows import map_records

Parser = Callable[[str], Any]


def unbox(frame: Frame, path: str, format_name: str, options: Mapping[str, Any]) -> Frame:
    """Parse the field at a path; a record whose text cannot be parsed becomes an error record."""
    steps = parse_path(path)
    parse = _parser(format_name.lower(), options)

    def parsed(record: DynamicRecord) -> DynamicRecord:
        holder: Any = record
        for step in steps[:-1]:
            holder = holder[step]
        text = holder[steps[-1]]
        if text is not None:
            holder[steps[-1]] = parse(text.decode() if isinstance(text, bytes) else text)
        return record

    return map_records(frame, parsed, site=f"unbox({path})", info=format_name)


def _parser(format_name: str, options: Mapping[str, Any]) -> Parser:
    if format_name == "json":
        return json.loads
    if format_name == "csv":
        return _csv_parser(options)
    message = f"unbox cannot parse {format_name!r}; it parses json and csv"
    raise ValueError(message)


def _csv_parser(options: Mapping[str, Any]) -> Parser:
    names: list[str] | None = None
    if options.get("withSchema"):
        schema = glue.deserialize(options["withSchema"])
        if not isinstance(schema, glue.StructType):
            message = f"withSchema must describe a struct, not {schema.typeName()}"
            raise ValueError(message)
        names = [each.name for each in schema.fields]
    separator = str(options.get("separator", ","))
    escaper = options.get("escaper") or None

    def parse(text: str) -> dict[str, str | None]:
        values = next(csv.reader([text], delimiter=separator, escapechar=escaper), [])
        keys = names or [f"col{index}" for index in range(len(values))]
        return {key: values[index] if index < len(values) else None for index, key in enumerate(keys)}

    return parse
