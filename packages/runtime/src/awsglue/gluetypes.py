"""The type system of DynamicFrames: what `schema()` returns, its JSON, and how two schemas merge."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, Self


class DataType:
    """A type of Glue; `typeName` is the word used in mappings, choices and JSON."""

    name: ClassVar[str] = ""

    def __init__(self, properties: dict[str, Any] | None = None) -> None:
        self.properties: dict[str, Any] = dict(properties or {})

    @classmethod
    def typeName(cls) -> str:
        """Name the type as mappings and choices do."""
        return cls.name

    def jsonValue(self) -> dict[str, Any]:
        """Describe the type as Glue's schema JSON does."""
        return {"dataType": self.typeName(), "properties": dict(self.properties)}

    @classmethod
    def fromJsonValue(cls, document: dict[str, Any]) -> Self:
        """Read the type back from `jsonValue`."""
        return cls(properties=document.get("properties"))

    def identity(self) -> tuple[Any, ...]:
        """What makes two types equal; properties do not."""
        return (self.typeName(),)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DataType) and self.identity() == other.identity()

    def __hash__(self) -> int:
        return hash(self.identity())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(repr(part) for part in self.identity()[1:])})"


class AtomicType(DataType):
    """A type without parts."""


class BinaryType(AtomicType):
    name = "binary"


class BooleanType(AtomicType):
    name = "boolean"


class ByteType(AtomicType):
    name = "byte"


class DateType(AtomicType):
    name = "date"


class DoubleType(AtomicType):
    name = "double"


class FloatType(AtomicType):
    name = "float"


class IntegerType(AtomicType):
    name = "int"


class LongType(AtomicType):
    name = "long"


class NullType(AtomicType):
    name = "null"


class ShortType(AtomicType):
    name = "short"


class StringType(AtomicType):
    name = "string"


class TimestampType(AtomicType):
    name = "timestamp"


class TimestampNTZType(AtomicType):
    name = "timestampntz"


class UnknownType(AtomicType):
    name = "unknown"


class DecimalType(AtomicType):
    name = "decimal"

    def __init__(self, precision: int = 10, scale: int = 2, properties: dict[str, Any] | None = None) -> None:
        super().__init__(properties)
        self.precision = precision
        self.scale = scale

    def jsonValue(self) -> dict[str, Any]:
        return {**super().jsonValue(), "precision": self.precision, "scale": self.scale}

    @classmethod
    def fromJsonValue(cls, document: dict[str, Any]) -> Self:
        # Documents written by hand carry the numbers as text.
        return cls(
            int(document.get("precision", 10)), int(document.get("scale", 2)), document.get("properties")
        )

    def identity(self) -> tuple[Any, ...]:
        return (self.typeName(), self.precision, self.scale)


class EnumType(AtomicType):
    name = "enum"

    def __init__(self, options: Iterable[str], properties: dict[str, Any] | None = None) -> None:
        super().__init__(properties)
        self.options = list(options)

    def jsonValue(self) -> dict[str, Any]:
        return {**super().jsonValue(), "options": list(self.options)}

    @classmethod
    def fromJsonValue(cls, document: dict[str, Any]) -> Self:
        return cls(document["options"], document.get("properties"))

    def identity(self) -> tuple[Any, ...]:
        return (self.typeName(), *self.options)


class ArrayType(DataType):
    name = "array"

    def __init__(self, elementType: DataType | None = None, properties: dict[str, Any] | None = None) -> None:
        super().__init__(properties)
        self.elementType: DataType = elementType if elementType is not None else UnknownType()

    def jsonValue(self) -> dict[str, Any]:
        return {**super().jsonValue(), "elementType": self.elementType.jsonValue()}

    @classmethod
    def fromJsonValue(cls, document: dict[str, Any]) -> Self:
        return cls(deserialize(document["elementType"]), document.get("properties"))

    def identity(self) -> tuple[Any, ...]:
        return (self.typeName(), self.elementType)


class SetType(ArrayType):
    name = "set"


class MapType(DataType):
    """A map; keys are always strings."""

    name = "map"

    def __init__(self, valueType: DataType | None = None, properties: dict[str, Any] | None = None) -> None:
        super().__init__(properties)
        self.valueType: DataType = valueType if valueType is not None else UnknownType()

    def jsonValue(self) -> dict[str, Any]:
        return {**super().jsonValue(), "valueType": self.valueType.jsonValue()}

    @classmethod
    def fromJsonValue(cls, document: dict[str, Any]) -> Self:
        return cls(deserialize(document["valueType"]), document.get("properties"))

    def identity(self) -> tuple[Any, ...]:
        return (self.typeName(), self.valueType)


class Field:
    """A named member of a struct."""

    def __init__(self, name: str, dataType: DataType, properties: dict[str, Any] | None = None) -> None:
        self.name = name
        self.dataType = dataType
        self.properties: dict[str, Any] = dict(properties or {})

    def jsonValue(self) -> dict[str, Any]:
        """Describe the field; Glue's key for its type is `container`."""
        return {
            "name": self.name,
            "container": self.dataType.jsonValue(),
            "properties": dict(self.properties),
        }

    @classmethod
    def fromJsonValue(cls, document: dict[str, Any]) -> Self:
        """Read the field back from `jsonValue`."""
        return cls(document["name"], deserialize(document["container"]), document.get("properties"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Field) and (self.name, self.dataType) == (other.name, other.dataType)

    def __hash__(self) -> int:
        return hash((self.name, self.dataType))

    def __repr__(self) -> str:
        return f"Field({self.name!r}, {self.dataType!r})"


class StructType(DataType):
    name = "struct"

    def __init__(self, fields: Iterable[Field] = (), properties: dict[str, Any] | None = None) -> None:
        super().__init__(properties)
        self.fields: list[Field] = list(fields)

    @property
    def field_map(self) -> dict[str, Field]:
        """The fields by name, in order."""
        return {field.name: field for field in self.fields}

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def jsonValue(self) -> dict[str, Any]:
        return {**super().jsonValue(), "fields": [field.jsonValue() for field in self.fields]}

    @classmethod
    def fromJsonValue(cls, document: dict[str, Any]) -> Self:
        return cls([Field.fromJsonValue(field) for field in document["fields"]], document.get("properties"))

    def identity(self) -> tuple[Any, ...]:
        return (self.typeName(), *self.fields)


class ChoiceType(DataType):
    """A value of one of several types, at most one alternative per type name."""

    name = "choice"

    def __init__(self, choices: Iterable[DataType] = (), properties: dict[str, Any] | None = None) -> None:
        super().__init__(properties)
        self.choices: dict[str, DataType] = {}
        for choice in choices:
            self.add(choice)

    def add(self, alternative: DataType) -> None:
        """Add an alternative; one of a name already there merges with it."""
        name = alternative.typeName()
        known = self.choices.get(name)
        self.choices[name] = alternative if known is None else merge_types(known, alternative)

    def jsonValue(self) -> dict[str, Any]:
        return {**super().jsonValue(), "choices": [each.jsonValue() for each in self.choices.values()]}

    @classmethod
    def fromJsonValue(cls, document: dict[str, Any]) -> Self:
        return cls([deserialize(each) for each in document["choices"]], document.get("properties"))

    def identity(self) -> tuple[Any, ...]:
        # The order of alternatives is the order of discovery, not part of what the type is.
        return (self.typeName(), frozenset(self.choices.values()))


_TYPES: dict[str, type[DataType]] = {
    each.name: each
    for each in (
        BinaryType, BooleanType, ByteType, DateType, DecimalType, DoubleType, EnumType, FloatType,
        IntegerType, LongType, NullType, ShortType, StringType, TimestampType, TimestampNTZType,
        UnknownType, ArrayType, SetType, ChoiceType, MapType, StructType,
    )
}  # fmt: skip


def deserialize(document: dict[str, Any] | str) -> DataType:
    """Read a type from Glue's schema JSON, as a document or as text."""
    parsed: dict[str, Any] = json.loads(document) if isinstance(document, str) else document
    name = str(parsed["dataType"]).lower()
    if name not in _TYPES:
        msg = f"unknown type {name!r} in schema JSON; known types: {', '.join(sorted(_TYPES))}"
        raise ValueError(msg)
    return _TYPES[name].fromJsonValue(parsed)


def serialize(data_type: DataType) -> str:
    """Write a type as Glue's schema JSON text."""
    return json.dumps(data_type.jsonValue())


def merge_types(left: DataType, right: DataType) -> DataType:
    """Merge the types of two values of one field, as schema inference does.

    Numbers are not widened: int and long make a choice. Decimals keep the left precision.
    """
    if isinstance(left, UnknownType | NullType):
        return right if not isinstance(right, UnknownType) else left
    if isinstance(right, UnknownType | NullType):
        return left
    if isinstance(left, ChoiceType) or isinstance(right, ChoiceType):
        return _merge_choices(left, right)
    merge = _MERGES.get(left.typeName())
    if left.typeName() != right.typeName():
        return ChoiceType([left, right])
    return merge(left, right) if merge else left


def _merge_choices(left: DataType, right: DataType) -> ChoiceType:
    merged = ChoiceType()
    for side in (left, right):
        for alternative in side.choices.values() if isinstance(side, ChoiceType) else [side]:
            merged.add(alternative)
    return merged


def _merge_structs(left: Any, right: Any) -> StructType:
    others = right.field_map
    fields = []
    for field in left.fields:
        other = others.pop(field.name, None)
        if other is None:
            fields.append(field)
        else:
            fields.append(Field(field.name, merge_types(field.dataType, other.dataType), field.properties))
    return StructType([*fields, *others.values()], left.properties)


_MERGES: dict[str, Callable[[Any, Any], DataType]] = {
    "struct": _merge_structs,
    "array": lambda left, right: ArrayType(merge_types(left.elementType, right.elementType)),
    "set": lambda left, right: SetType(merge_types(left.elementType, right.elementType)),
    "map": lambda left, right: MapType(merge_types(left.valueType, right.valueType)),
    "enum": lambda left, right: EnumType(dict.fromkeys([*left.options, *right.options])),
}
