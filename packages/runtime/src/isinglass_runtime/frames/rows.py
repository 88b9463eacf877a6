"""map and filter: run a script's Python function over every record, inside the engine.

The result type of `map` is that of all its results together. The function runs once per record: each batch of
results is kept, pickled, beside its type in a checkpoint; then the types are merged and the batches laid out.
"""

import json
import pickle
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import to_arrow_schema

from awsglue import gluetypes as glue
from isinglass_runtime.engine.shipping import prepare
from isinglass_runtime.frames.frame import ERROR_SCHEMA, Frame
from isinglass_runtime.frames.records import (
    DynamicRecord,
    checker,
    decoder,
    encoder,
    fill_unknown,
    infer,
    widen,
)
from isinglass_runtime.frames.schemas import choice_paths, to_spark_schema
from isinglass_runtime.io.engine_batches import for_engine

Batches = Iterator[pa.RecordBatch]
BatchFunction = Callable[[Batches], Batches]

#: A filter function that trips over a missing or odd field means "not this record", as on Glue.
_MEANS_FALSE = (KeyError, ValueError, TypeError)
_NESTED = (dict, list, tuple, set, frozenset)
_NO_RESULT = "User-specified function returned None instead of DynamicRecord"

_STAGED_SCHEMA = f"results binary, type string, {ERROR_SCHEMA}"
_ERROR_FIELDS = (
    pa.field("callsite", pa.struct([("site", pa.string()), ("info", pa.string())])),
    *(pa.field(name, pa.string()) for name in ("msg", "stackTrace", "input")),
    pa.field("bytesread", pa.int64()),
    *(pa.field(name, pa.string()) for name in ("source", "dynamicRecord")),
)
_ERROR_ARROW = pa.schema(_ERROR_FIELDS)
_STAGED_ARROW = pa.schema([pa.field("results", pa.binary()), pa.field("type", pa.string()), *_ERROR_FIELDS])


def filter_records(frame: Frame, function: Callable[[DynamicRecord], Any], *, site: str, info: str) -> Frame:
    """Keep the records for which the function is true; those it fails on become error records."""
    prepare(frame.df.sparkSession)
    schema = frame.schema()
    kept = frame.df.mapInArrow(_kept(function, schema), frame.df.schema)
    failed = frame.df.mapInArrow(_failed(function, schema, site, info), ERROR_SCHEMA)
    return Frame(kept, frame.choices, (*frame.errors, failed))


def map_records(frame: Frame, function: Callable[[DynamicRecord], Any], *, site: str, info: str) -> Frame:
    """Replace each record by the function's result; those it fails on become error records."""
    prepare(frame.df.sparkSession)
    staged = frame.df.mapInArrow(
        _staged(function, frame.schema(), site, info), _STAGED_SCHEMA
    ).localCheckpoint()
    result_type = _merged_type(staged, fallback=frame.schema())
    schema = to_spark_schema(result_type)
    laid_out = staged.filter(F.col("results").isNotNull()).select("results")
    df = laid_out.mapInArrow(_laid_out(result_type, to_arrow_schema(schema)), schema)
    failed = staged.filter(F.col("results").isNull()).drop("results", "type")
    return Frame(df, choice_paths(result_type), (*frame.errors, failed))


def _merged_type(staged: DataFrame, *, fallback: glue.StructType) -> glue.StructType:
    types = staged.select("type").filter(F.col("type").isNotNull()).distinct().collect()
    if not types:
        return fallback
    merged: glue.DataType = glue.UnknownType()
    # Sorted: the order of batches is the engine's, and the order of new fields should not be chance.
    for each in sorted(types, key=lambda row: str(row["type"])):
        merged = merge_results(merged, glue.deserialize(each["type"]))
    merged = fill_unknown(widen(merged), fallback)
    assert isinstance(merged, glue.StructType)
    return merged


def merge_results(left: glue.DataType, right: glue.DataType) -> glue.DataType:
    """Merge result types; decimals grow to hold both, so that no digit of a computed value is lost."""
    if isinstance(left, glue.DecimalType) and isinstance(right, glue.DecimalType):
        scale = max(left.scale, right.scale)
        whole = max(left.precision - left.scale, right.precision - right.scale)
        return glue.DecimalType(min(38, whole + scale), scale)
    if isinstance(left, glue.StructType) and isinstance(right, glue.StructType):
        others = right.field_map
        fields = [
            glue.Field(each.name, merge_results(each.dataType, others[each.name].dataType))
            if each.name in others
            else each
            for each in left.fields
        ]
        known = left.field_map
        return glue.StructType([*fields, *(each for name, each in others.items() if name not in known)])
    if isinstance(left, glue.ArrayType) and isinstance(right, glue.ArrayType):
        return glue.ArrayType(merge_results(left.elementType, right.elementType))
    return glue.merge_types(left, right)


def records_of(batch: pa.RecordBatch, schema: glue.StructType) -> list[dict[str, Any]]:
    """Turn a batch into plain dicts of Python values, choices unwrapped."""
    decode = decoder(schema)
    rows: list[dict[str, Any]] = batch.to_pylist()
    return rows if decode is None else [decode(row) for row in rows]


def _kept(function: Callable[[DynamicRecord], Any], schema: glue.StructType) -> BatchFunction:
    def run(batches: Batches) -> Batches:
        for batch in batches:
            mask = [_accepts(function, record)[0] for record in records_of(batch, schema)]
            yield batch.filter(pa.array(mask, pa.bool_()))

    return run


def _failed(
    function: Callable[[DynamicRecord], Any], schema: glue.StructType, site: str, info: str
) -> BatchFunction:
    def run(batches: Batches) -> Batches:
        for batch in batches:
            errors = []
            for record in records_of(batch, schema):
                failure = _accepts(function, record)[1]
                if failure is not None:
                    errors.append(error_row(record, failure, site=site, info=info))
            yield pa.RecordBatch.from_pylist(errors, schema=_ERROR_ARROW)

    return run


def _accepts(
    function: Callable[[DynamicRecord], Any], record: dict[str, Any]
) -> tuple[bool, Exception | None]:
    try:
        return bool(function(DynamicRecord(record))), None
    except _MEANS_FALSE:
        return False, None
    except Exception as failure:
        return False, failure


def _staged(
    function: Callable[[DynamicRecord], Any], schema: glue.StructType, site: str, info: str
) -> BatchFunction:
    def run(batches: Batches) -> Batches:
        for batch in batches:
            results, rows = [], []
            merged: glue.DataType = glue.StructType()
            is_known = checker(merged)
            for record in records_of(batch, schema):
                try:
                    result = _call(function, record)
                    if not is_known(result):
                        merged = merge_results(merged, infer(result, schema))
                        is_known = checker(merged)
                    results.append(result)
                except Exception as failure:
                    rows.append(error_row(record, failure, site=site, info=info))
            if results:
                rows.append({"results": pickle.dumps(results), "type": glue.serialize(merged)})
            yield pa.RecordBatch.from_pylist(rows, schema=_STAGED_ARROW)

    return run


def _call(function: Callable[[DynamicRecord], Any], record: dict[str, Any]) -> dict[str, Any]:
    # A copy: an error record must show what came in, not what the function made of it before it failed.
    result = function(DynamicRecord(_plain(record)))
    if not result:
        raise ValueError(_NO_RESULT)
    if not isinstance(result, dict):
        message = f"User-specified function returned {type(result).__name__} instead of DynamicRecord"
        raise TypeError(message)
    plain: dict[str, Any] = _plain(result)
    return plain


def _plain(value: Any) -> Any:
    """Copy dicts and lists; strips record wrappers, so that pickled results need no class of ours."""
    if isinstance(value, dict):
        return {
            str(name): _plain(each) if isinstance(each, _NESTED) else each for name, each in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    return value


def _laid_out(result_type: glue.StructType, arrow: pa.Schema) -> BatchFunction:
    encode = encoder(result_type)

    def run(batches: Batches) -> Batches:
        for batch in batches:
            for pickled in batch.column(0):
                # Written by the stage before, in this run's own checkpoint.
                records: Iterable[Any] = pickle.loads(pickled.as_py())  # noqa: S301
                rows = [encode(record) for record in records] if encode else list(records)
                built = pa.RecordBatch.from_pylist(rows, schema=arrow)
                yield for_engine(built)

    return run


def error_row(record: dict[str, Any], failure: Exception, *, site: str, info: str) -> dict[str, Any]:
    """Describe a record that a function failed on."""
    text = json.dumps(record, default=str)
    return {
        "callsite": {"site": site, "info": info},
        "msg": str(failure) or type(failure).__name__,
        "stackTrace": "".join(traceback.format_exception(failure)),
        "input": text,
        "bytesread": len(text.encode()),
        "source": "",
        "dynamicRecord": text,
    }
