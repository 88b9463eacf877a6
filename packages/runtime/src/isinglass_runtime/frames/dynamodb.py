"""Take the type tags off records that a DynamoDB export wrote (`{"Item": {"id": {"S": "a"}}}`)."""

from collections.abc import Callable

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, DataType, StructType

from isinglass_runtime.frames.frame import Frame, column, member

_TAGS = {"S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"}


def strip_tags(frame: Frame, *, deep: bool) -> Frame:
    """Replace each attribute by its value; `deep` goes on inside maps and lists."""
    schema = frame.df.schema
    fields: StructType = schema
    value_of: Callable[[str], Column] = column
    if schema.fieldNames() == ["Item"] and isinstance(schema["Item"].dataType, StructType):
        fields = schema["Item"].dataType

        def value_of(name: str) -> Column:
            return member(column("Item"), name)

    selected = [
        _value(value_of(each.name), each.dataType, deep=deep).alias(each.name) for each in fields.fields
    ]
    return frame.with_df(frame.df.select(*selected), frozenset())


def _is_tagged(data_type: DataType) -> bool:
    return (
        isinstance(data_type, StructType) and bool(data_type.fields) and set(data_type.fieldNames()) <= _TAGS
    )


def _value(value: Column, data_type: DataType, *, deep: bool) -> Column:
    if not isinstance(data_type, StructType) or not _is_tagged(data_type):
        return value
    tags = [each for each in data_type.fields if each.name != "NULL"]
    if not tags:
        return F.lit(None).cast("string")
    values = [_untagged(member(value, each.name), each.name, each.dataType, deep=deep) for each in tags]
    if len(values) == 1:
        return values[0]
    # An attribute of several types over the export: text holds them all.
    texts = [
        F.to_json(each) if isinstance(tag.dataType, StructType | ArrayType) else each.cast("string")
        for each, tag in zip(values, tags, strict=True)
    ]
    return F.coalesce(*texts)


def _untagged(value: Column, tag: str, data_type: DataType, *, deep: bool) -> Column:
    if not deep:
        return value
    if tag == "M" and isinstance(data_type, StructType):
        members = [
            _value(member(value, each.name), each.dataType, deep=True).alias(each.name)
            for each in data_type.fields
        ]
        return F.when(value.isNotNull(), F.struct(*members))
    if tag == "L" and isinstance(data_type, ArrayType) and isinstance(data_type.elementType, StructType):
        element = data_type.elementType
        # A list of several types has no one element type to become; it stays as it is.
        if _is_tagged(element) and len(element.fields) == 1:
            return F.transform(value, lambda item: _value(item, element, deep=True))
    return value
