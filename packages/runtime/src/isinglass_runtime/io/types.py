"""Schemas between Arrow, where connectors live, and Spark, where frames do."""

from typing import Any

from pyspark.sql.types import ArrayType, DataType, MapType, StringType, StructField, StructType


def spark_schema(schema: Any) -> StructType:
    """Give the Spark schema of an Arrow schema; every column may be null, as files cannot promise
    otherwise.
    """
    from pyspark.sql.pandas.types import from_arrow_schema

    return nullable(from_arrow_schema(_plain(schema)))


def arrow_schema(schema: StructType) -> Any:
    """Give the Arrow schema of a Spark schema, timestamps in UTC."""
    from pyspark.sql.pandas.types import to_arrow_schema

    return to_arrow_schema(schema)


def parse_schema(spark: Any, schema: StructType | str | None) -> StructType | None:
    """Take a schema as `DataFrameReader.schema` does: a StructType, DDL text, or JSON."""
    if schema is None or isinstance(schema, StructType):
        return schema
    if schema.lstrip().startswith("{"):
        import json

        return StructType.fromJson(json.loads(schema))
    return StructType.fromDDL(schema) if spark is None else _parse_ddl(spark, schema)


def _parse_ddl(spark: Any, text: str) -> StructType:
    parsed = spark.client._analyze("ddl_parse", ddl_string=text).parsed  # noqa: SLF001 - no public form
    return parsed if isinstance(parsed, StructType) else StructType([StructField("value", parsed)])


def nullable(kind: Any) -> Any:
    """The same type with every field, element and value nullable."""
    import json

    document: Any = json.loads(kind.json())
    _loosen(document)
    return StructType.fromJson(document)


def _loosen(node: Any) -> None:
    if isinstance(node, dict):
        for key in ("nullable", "containsNull", "valueContainsNull"):
            if key in node:
                node[key] = True
        for value in node.values():
            _loosen(value)
    elif isinstance(node, list):
        for value in node:
            _loosen(value)


def _plain(schema: Any) -> Any:
    """Arrow types that Spark has no word for, as the ones it reads files with."""
    import pyarrow as pa

    return pa.schema([pa.field(field.name, plain_type(field.type)) for field in schema])


def plain_type(kind: Any) -> Any:  # noqa: C901 - one line per family of types
    """Reduce views, dictionaries, unsigned integers and other units to the types Spark knows."""
    import pyarrow as pa

    t = pa.types
    if t.is_dictionary(kind):
        return plain_type(kind.value_type)
    if t.is_struct(kind):
        return pa.struct([pa.field(f.name, plain_type(f.type)) for f in kind])
    if t.is_map(kind):
        return pa.map_(plain_type(kind.key_type), plain_type(kind.item_type))
    if t.is_list(kind) or t.is_large_list(kind) or t.is_fixed_size_list(kind) or t.is_list_view(kind):
        return pa.list_(plain_type(kind.value_type))
    if t.is_timestamp(kind):
        return pa.timestamp("us", kind.tz and "UTC")
    if t.is_unsigned_integer(kind):
        wider = {8: pa.int16(), 16: pa.int32(), 32: pa.int64(), 64: pa.decimal128(20, 0)}
        return wider[kind.bit_width]
    if t.is_string_view(kind) or t.is_large_string(kind):
        return pa.string()
    if t.is_binary_view(kind) or t.is_large_binary(kind) or t.is_fixed_size_binary(kind):
        return pa.binary()
    if t.is_float16(kind):
        return pa.float32()
    if t.is_time(kind):
        return pa.int64()
    return kind


def string_columns(names: tuple[str, ...]) -> StructType:
    """A schema of text columns."""
    return StructType([StructField(name, StringType()) for name in names])


def type_text(kind: DataType) -> str:
    """The type as DDL spells it."""
    return str(kind.simpleString())


def ddl(schema: StructType) -> str:
    """Write a schema as DDL; unlike its JSON this carries no empty metadata, which the engine would compare
    types with.
    """
    return ", ".join(f"{_quoted(field.name)} {_ddl_type(field.dataType)}" for field in schema.fields)


def _ddl_type(kind: DataType) -> str:
    if isinstance(kind, StructType):
        return f"struct<{', '.join(f'{_quoted(f.name)}: {_ddl_type(f.dataType)}' for f in kind.fields)}>"
    if isinstance(kind, ArrayType):
        return f"array<{_ddl_type(kind.elementType)}>"
    if isinstance(kind, MapType):
        return f"map<{_ddl_type(kind.keyType)}, {_ddl_type(kind.valueType)}>"
    return str(kind.simpleString())


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
