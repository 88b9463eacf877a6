"""Text for the SparkContext stand-in: files as lines, and JSON or CSV text held by an RDD as a DataFrame."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from awsglue import gluetypes as glue
from isinglass_runtime.frames.records import infer
from isinglass_runtime.frames.schemas import to_spark


def read_text_lines(names: str) -> Iterator[str]:
    """Read the lines of files or folders, several divided by commas."""
    for _, text in read_whole_files(names):
        yield from text.splitlines()


def read_whole_files(names: str) -> Iterator[tuple[str, str]]:
    """Read files or folders as pairs of address and text."""
    from isinglass_connectors.storage.listing import data_files
    from isinglass_runtime.io.read import storage

    opened = storage()
    for name in (each.strip() for each in names.split(",")):
        found = opened.stat(name)
        objects = [found] if found is not None else list(data_files(opened, name))
        if not objects:
            message = f"Input path does not exist: {name}"
            raise FileNotFoundError(message)
        for each in objects:
            yield each.url, opened.read(each.url).decode("utf-8")


def local_copy(url: str) -> str:
    """Give a local file for an address, downloading it into the run's scratch folder where needed."""
    import tempfile

    from isinglass_runtime.io.read import storage
    from isinglass_runtime.run import current

    if "://" not in url:
        return url
    folder = Path(current().scratch_dir or tempfile.mkdtemp(prefix="isinglass-"))
    target = folder / url.rpartition("/")[2]
    target.write_bytes(storage().read(url))
    return str(target)


def frame_of_json(session: Any, texts: list[Any], schema: Any = None) -> Any:
    """Make a DataFrame of JSON texts as `spark.read.json` of an RDD does: numbers widen, a mix is text."""
    records: list[dict[str, Any]] = []
    broken: list[str] = []
    for text in texts:
        document = _parsed(text)
        if isinstance(document, dict):
            records.append(document)
        elif isinstance(document, list) and all(isinstance(each, dict) for each in document):
            records += document
        else:
            broken.append(text if isinstance(text, str) else str(text))
    if schema is not None:
        return _laid_out(session, records, _as_struct(session, schema))
    merged: glue.DataType = glue.StructType()
    for record in records:
        merged = glue.merge_types(merged, infer(record))
    settled = _settle(merged)
    assert isinstance(settled, glue.StructType)
    settled.fields.sort(key=lambda each: each.name)
    if broken:
        settled.fields.insert(0, glue.Field("_corrupt_record", glue.StringType()))
        records += [{"_corrupt_record": text} for text in broken]
    return _laid_out(session, records, to_spark(settled))


def _parsed(text: Any) -> Any:
    if isinstance(text, dict | list):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return None


def _as_struct(session: Any, schema: Any) -> Any:
    return session.createDataFrame([], schema).schema if isinstance(schema, str) else schema


def _laid_out(session: Any, records: list[dict[str, Any]], schema: Any) -> Any:
    return session.createDataFrame([_shaped(record, schema) for record in records], schema)


def _shaped(value: Any, data_type: Any) -> Any:
    """Fit a JSON value to a Spark type; what does not fit is null, as with Spark's PERMISSIVE mode."""
    kind = data_type.typeName()
    if value is None:
        return None
    if kind == "struct":
        if not isinstance(value, dict):
            return None
        return tuple(_shaped(value.get(each.name), each.dataType) for each in data_type.fields)
    if kind == "array":
        return [_shaped(each, data_type.elementType) for each in value] if isinstance(value, list) else None
    if kind == "map":
        return {key: _shaped(each, data_type.valueType) for key, each in value.items()}
    if kind == "string":
        return value if isinstance(value, str) else json.dumps(value)
    if kind in ("double", "float"):
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    if kind == "boolean":
        return value if isinstance(value, bool) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _settle(data_type: glue.DataType) -> glue.DataType:
    """Do what Spark's own JSON inference does with a mix: integers are long, numbers double, others text."""
    if isinstance(data_type, glue.StructType):
        return glue.StructType([glue.Field(each.name, _settle(each.dataType)) for each in data_type.fields])
    if isinstance(data_type, glue.ArrayType):
        return glue.ArrayType(_settle(data_type.elementType))
    if isinstance(data_type, glue.ChoiceType):
        names = set(data_type.choices)
        if names <= {"int", "long"}:
            return glue.LongType()
        return glue.DoubleType() if names <= {"int", "long", "double"} else glue.StringType()
    return glue.LongType() if isinstance(data_type, glue.IntegerType) else data_type
