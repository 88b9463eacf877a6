"""Cast as Glue does: a value that cannot be converted becomes null, whatever the engine would do."""

import re

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as spark

#: Glue's and Hive's spellings to the engine's.
_SPELLINGS = {
    "int": "int", "integer": "int", "long": "bigint", "bigint": "bigint", "short": "smallint",
    "smallint": "smallint", "byte": "tinyint", "tinyint": "tinyint", "double": "double", "float": "float",
    "real": "float", "decimal": "decimal(10,2)", "numeric": "decimal(10,2)", "string": "string",
    "varchar": "string", "char": "string", "boolean": "boolean", "bool": "boolean", "date": "date",
    "timestamp": "timestamp", "timestampntz": "timestamp_ntz", "timestamp_ntz": "timestamp_ntz",
    "binary": "binary", "null": "void",
}  # fmt: skip
_COMPLEX = ("array", "struct", "map", "set")
_DECIMAL = re.compile(r"(?:decimal|numeric)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)\Z", re.IGNORECASE)
_SIZED_TEXT = re.compile(r"(?:varchar|char)\s*\(\s*\d+\s*\)\Z", re.IGNORECASE)
#: Complex types written out are handed to the engine's parser; nothing but type syntax may pass.
_WRITTEN_OUT = re.compile(r"(?:array|struct|map)\s*<[\w\s<>(),:`.\-]*>\Z", re.IGNORECASE)

_NUMBERS = ("tinyint", "smallint", "int", "bigint", "float", "double", "decimal")
#: What each kind of value may become; any other pair gives null instead of the engine's type error.
_CONVERTIBLE: dict[str, frozenset[str]] = {
    "string": frozenset(_SPELLINGS.values()) | {"decimal"},
    "number": frozenset((*_NUMBERS, "string", "boolean", "timestamp")),
    "boolean": frozenset((*_NUMBERS, "string", "boolean")),
    "date": frozenset(("string", "date", "timestamp", "timestamp_ntz")),
    "timestamp": frozenset((*_NUMBERS, "string", "date", "timestamp", "timestamp_ntz")),
    "timestamp_ntz": frozenset(("string", "date", "timestamp", "timestamp_ntz")),
    "binary": frozenset(("string", "binary")),
    "void": frozenset(),
}


def engine_type(name: str) -> str:
    """Translate a type as written in a script to the engine's spelling; a bare complex word stays as it is.

    >>> engine_type("Long"), engine_type("decimal(12, 3)"), engine_type("array")
    ('bigint', 'decimal(12,3)', 'array')
    """
    word = name.strip().lower()
    if word in _SPELLINGS:
        return _SPELLINGS[word]
    if word in _COMPLEX:
        return word
    decimal = _DECIMAL.match(word)
    if decimal:
        return f"decimal({decimal[1]},{decimal[2] or 0})"
    if _SIZED_TEXT.match(word):
        return "string"
    if _WRITTEN_OUT.match(name.strip()):
        return name.strip()
    known = ", ".join(sorted({*_SPELLINGS, *_COMPLEX}))
    message = f"unknown type {name!r}; known are {known}, decimal(p,s) and types written out like array<int>"
    raise ValueError(message)


def cast(value: Column, source: spark.DataType, target: str) -> Column:
    """Cast a value of the source type to an engine type (from `engine_type`), null where impossible."""
    kind = target.split("(", maxsplit=1)[0].split("<", maxsplit=1)[0].strip().lower()
    if kind in _COMPLEX:
        return _to_complex(value, source, kind, target)
    if isinstance(source, spark.StructType | spark.ArrayType | spark.MapType):
        return F.to_json(value) if kind == "string" else F.lit(None).cast(target)
    if source.simpleString() == target:
        return value
    if kind == "void" or kind not in _CONVERTIBLE.get(_kind(source), frozenset()):
        return F.lit(None).cast(target)
    return value.try_cast(target)


def _kind(source: spark.DataType) -> str:
    if isinstance(source, spark.NumericType):
        return "number"
    if isinstance(source, spark.CharType | spark.VarcharType):
        return "string"
    return str(source.simpleString())


def _to_complex(value: Column, source: spark.DataType, kind: str, target: str) -> Column:
    """Keep a value of the asked kind; convert its parts where the type is written out."""
    same = source.typeName() == kind
    if "<" not in target:
        # A bare `array` says nothing about elements: a value of another kind has no shape to become.
        return value if same else F.lit(None)
    return value.try_cast(target) if same else F.lit(None).cast(target)
