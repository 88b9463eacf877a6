"""unnest and relationalize: flatten structs into dotted names, and pivot arrays into frames of their own."""

from collections.abc import Callable
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, DataType, StructField, StructType

from isinglass_runtime.frames.frame import Frame, column, member

_KEY = "isinglass record key"


@dataclass(frozen=True, slots=True)
class _Flat:
    """A field after its structs were flattened."""

    name: str
    value: Column
    data_type: DataType


def unnest(frame: Frame) -> Frame:
    """Turn members of structs into top-level fields with dotted names; structs within arrays likewise."""
    flat = _flatten(frame.df.schema.fields, "", column)
    selected = [_flat_elements(each).alias(each.name) for each in flat]
    return frame.with_df(frame.df.select(*selected), frozenset())


def _flatten(fields: list[StructField], prefix: str, value_of: Callable[[str], Column]) -> list[_Flat]:
    result: list[_Flat] = []
    for each in fields:
        name, value = prefix + each.name, value_of(each.name)
        if isinstance(each.dataType, StructType):
            result += _flatten(each.dataType.fields, f"{name}.", _member_of(value))
        else:
            result.append(_Flat(name, value, each.dataType))
    return result


def _member_of(value: Column) -> Callable[[str], Column]:
    return lambda name: member(value, name)


def _flat_elements(field: _Flat) -> Column:
    """Flatten the structs that an array holds into structs of dotted names, below the array's own name."""
    element = field.data_type.elementType if isinstance(field.data_type, ArrayType) else None
    if not isinstance(element, StructType):
        return field.value
    prefix = f"{field.name}.val."

    def flat(item: Column) -> Column:
        inner = _flatten(element.fields, prefix, _member_of(item))
        return F.when(item.isNotNull(), F.struct(*(_flat_elements(each).alias(each.name) for each in inner)))

    return F.transform(field.value, flat)


def relationalize(frame: Frame, root_name: str) -> dict[str, Frame]:
    """Flatten a frame into a root and one frame per array, joined by keys.

    In the parent an array's column holds the key that its rows carry as `id`; `index` counts from 0. A null
    or empty array has a null key and no rows.
    """
    frames: dict[str, Frame] = {}
    df, arrays = _level(frame.df, _flatten(frame.df.schema.fields, "", column))
    frames[root_name] = Frame(df, errors=frame.errors)
    _pivot(frames, root_name, arrays)
    return frames


@dataclass(frozen=True, slots=True)
class _Pivot:
    """An array waiting to become a frame: rows of key and value."""

    path: str
    rows: DataFrame
    element: DataType


def _level(df: DataFrame, flat: list[_Flat]) -> tuple[DataFrame, list[_Pivot]]:
    """Select a level's flat columns, arrays replaced by keys; the arrays come back to be pivoted."""
    arrays = [each for each in flat if isinstance(each.data_type, ArrayType)]
    if not arrays:
        return df.select(*(each.value.alias(each.name) for each in flat)), []
    plain = df.select(*(each.value.alias(each.name) for each in flat))
    # The keys are fixed by the checkpoint: parent and children are computed apart and must agree.
    keyed = plain.withColumn(_KEY, F.monotonically_increasing_id() + F.lit(1)).localCheckpoint()
    names = {each.name for each in arrays}
    columns = [
        F.when(F.size(column(each.name)) > 0, column(_KEY)).alias(each.name)
        if each.name in names
        else column(each.name)
        for each in flat
    ]
    pivots = []
    for each in arrays:
        assert isinstance(each.data_type, ArrayType)
        rows = keyed.filter(F.size(column(each.name)) > 0)
        exploded = rows.select(
            column(_KEY).alias("id"), F.posexplode(column(each.name)).alias("index", "val")
        )
        pivots.append(_Pivot(each.name, exploded, each.data_type.elementType))
    return keyed.select(*columns), pivots


def _pivot(frames: dict[str, Frame], root_name: str, arrays: list[_Pivot]) -> None:
    for each in arrays:
        keys = [_Flat(name, column(name), each.rows.schema[name].dataType) for name in ("id", "index")]
        if isinstance(each.element, StructType):
            prefix = f"{each.path}.val."
            values = _flatten(each.element.fields, prefix, _member_of(column("val")))
        elif isinstance(each.element, ArrayType):
            values = [_Flat(f"{each.path}.val", column("val"), each.element)]
        else:
            values = [_Flat("val", column("val"), each.element)]
        df, inner = _level(each.rows, [*keys, *values])
        frames[f"{root_name}_{each.path}"] = Frame(df)
        _pivot(frames, root_name, inner)
