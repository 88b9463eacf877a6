"""Translate between Spark's schemas and Glue's types; a choice is a struct at an annotated path."""

from collections.abc import Collection

from pyspark.sql import types as spark

from awsglue import gluetypes as glue
from isinglass_runtime.frames.paths import ELEMENT, Path

#: Where choices are: paths of the structs that carry one field per alternative.
Choices = frozenset[Path]

NO_CHOICES: Choices = frozenset()

_ATOMIC: tuple[tuple[type[spark.DataType], type[glue.DataType]], ...] = (
    (spark.BinaryType, glue.BinaryType),
    (spark.BooleanType, glue.BooleanType),
    (spark.ByteType, glue.ByteType),
    (spark.DateType, glue.DateType),
    (spark.DoubleType, glue.DoubleType),
    (spark.FloatType, glue.FloatType),
    (spark.IntegerType, glue.IntegerType),
    (spark.LongType, glue.LongType),
    (spark.NullType, glue.NullType),
    (spark.ShortType, glue.ShortType),
    (spark.StringType, glue.StringType),
    (spark.TimestampType, glue.TimestampType),
    (spark.TimestampNTZType, glue.TimestampNTZType),
)


def to_glue(data_type: spark.DataType, choices: Choices = NO_CHOICES, path: Path = ()) -> glue.DataType:
    """Translate a Spark type; structs at a path of `choices` become choices."""
    if isinstance(data_type, spark.StructType):
        members = [
            (each.name, to_glue(each.dataType, choices, (*path, each.name))) for each in data_type.fields
        ]
        if path in choices:
            return glue.ChoiceType([member for _, member in members])
        return glue.StructType([glue.Field(name, member) for name, member in members])
    if isinstance(data_type, spark.ArrayType):
        return glue.ArrayType(to_glue(data_type.elementType, choices, (*path, ELEMENT)))
    if isinstance(data_type, spark.MapType):
        return glue.MapType(to_glue(data_type.valueType, choices, (*path, ELEMENT)))
    if isinstance(data_type, spark.DecimalType):
        return glue.DecimalType(data_type.precision, data_type.scale)
    if isinstance(data_type, spark.CharType | spark.VarcharType):
        return glue.StringType()
    for spark_class, glue_class in _ATOMIC:
        if type(data_type) is spark_class:
            return glue_class()
    return glue.UnknownType()


def to_glue_schema(schema: spark.StructType, choices: Choices = NO_CHOICES) -> glue.StructType:
    """Translate a whole frame's schema."""
    translated = to_glue(schema, choices)
    assert isinstance(translated, glue.StructType)
    return translated


def to_spark(data_type: glue.DataType) -> spark.DataType:
    """Translate a Glue type; a choice becomes a struct with one field per alternative."""
    if isinstance(data_type, glue.StructType):
        return spark.StructType(
            [spark.StructField(each.name, to_spark(each.dataType)) for each in data_type.fields]
        )
    if isinstance(data_type, glue.ChoiceType):
        return spark.StructType(
            [spark.StructField(name, to_spark(each)) for name, each in data_type.choices.items()]
        )
    if isinstance(data_type, glue.ArrayType):
        return spark.ArrayType(to_spark(data_type.elementType))
    if isinstance(data_type, glue.MapType):
        return spark.MapType(spark.StringType(), to_spark(data_type.valueType))
    if isinstance(data_type, glue.DecimalType):
        return spark.DecimalType(data_type.precision, data_type.scale)
    for spark_class, glue_class in _ATOMIC:
        if type(data_type) is glue_class and glue_class is not glue.NullType:
            return spark_class()
    # Enums are text; a column that never held a value has no type of its own, and text can hold none.
    return spark.StringType()


def to_spark_schema(schema: glue.StructType) -> spark.StructType:
    """Translate a whole schema."""
    translated = to_spark(schema)
    assert isinstance(translated, spark.StructType)
    return translated


def choice_paths(data_type: glue.DataType, path: Path = ()) -> Choices:
    """Find the paths of the choices within a Glue type."""
    found: set[Path] = set()
    if isinstance(data_type, glue.StructType):
        for each in data_type.fields:
            found |= choice_paths(each.dataType, (*path, each.name))
    elif isinstance(data_type, glue.ChoiceType):
        found.add(path)
        for name, alternative in data_type.choices.items():
            found |= choice_paths(alternative, (*path, name))
    elif isinstance(data_type, glue.ArrayType):
        found |= choice_paths(data_type.elementType, (*path, ELEMENT))
    elif isinstance(data_type, glue.MapType):
        found |= choice_paths(data_type.valueType, (*path, ELEMENT))
    return frozenset(found)


def choices_below(choices: Collection[Path], prefix: Path, new_prefix: Path) -> Choices:
    """Move the choices at or below a path to where that path went."""
    depth = len(prefix)
    return frozenset((*new_prefix, *path[depth:]) for path in choices if path[:depth] == prefix)
