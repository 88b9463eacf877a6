"""Rewrite fields of a frame at any depth as column expressions: the base of drop, resolve and rename."""

from collections.abc import Callable, Mapping, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, DataType, StructField, StructType

from isinglass_runtime.frames.frame import column, member
from isinglass_runtime.frames.paths import ELEMENT, Path

#: What takes a field's place: its replacement fields, in order; none drops it.
Replacement = list[tuple[str, Column]]
#: Gets the field's name, type and column.
Edit = Callable[[str, DataType, Column], Replacement]
Edits = Mapping[Path, Edit]


def rewrite(df: DataFrame, edits: Edits) -> DataFrame:
    """Apply edits to the fields at their paths; paths that do not exist are ignored."""
    if not edits:
        return df
    fields = _fields(df.schema.fields, (), column, edits)
    return df.select(*(value.alias(name) for name, value in fields))


def drop(_name: str, _type: DataType, _value: Column) -> Replacement:
    """Remove the field."""
    return []


def _fields(
    fields: Sequence[StructField], parent: Path, value_of: Callable[[str], Column], edits: Edits
) -> Replacement:
    result: Replacement = []
    for each in fields:
        path = (*parent, each.name)
        value = value_of(each.name)
        if path in edits:
            result += edits[path](each.name, each.dataType, value)
        elif _touched(path, edits):
            result += [(each.name, inner) for inner in _inside(each.dataType, path, value, edits)]
        else:
            result.append((each.name, value))
    return result


def _touched(path: Path, edits: Edits) -> bool:
    return any(each[: len(path)] == path for each in edits)


def _inside(data_type: DataType, path: Path, value: Column, edits: Edits) -> list[Column]:
    """Rewrite within a value; an empty list when nothing of it remains."""
    if isinstance(data_type, StructType):
        fields = _fields(data_type.fields, path, lambda name: member(value, name), edits)
        if not fields:
            return []
        rebuilt = F.struct(*(each.alias(name) for name, each in fields))
        return [F.when(value.isNotNull(), rebuilt)]
    if isinstance(data_type, ArrayType):
        return _inside_array(data_type, path, value, edits)
    return [value]


def _inside_array(data_type: ArrayType, path: Path, value: Column, edits: Edits) -> list[Column]:
    element_path = (*path, ELEMENT)
    survives = True

    def element(item: Column) -> Column:
        nonlocal survives
        if element_path in edits:
            replaced = edits[element_path]("element", data_type.elementType, item)
            # An element is one value: several would have no names to go by, so it stays as it is.
            return replaced[0][1] if len(replaced) == 1 else item
        rebuilt = _inside(data_type.elementType, element_path, item, edits)
        survives = bool(rebuilt)
        return rebuilt[0] if rebuilt else item

    transformed = F.transform(value, element)
    return [transformed] if survives else []
