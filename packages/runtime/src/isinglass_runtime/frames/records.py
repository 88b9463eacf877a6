"""Records as Python functions see them, and the types of what they return."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from awsglue import gluetypes as glue

_RANGES = {"byte": 7, "short": 15, "int": 31, "long": 63}
#: Beyond this a double no longer holds every integer.
_EXACT_IN_DOUBLE = 2**53

Decoder = Callable[[Any], Any]


class DynamicRecord(dict[str, Any]):
    """A record: a dict whose fields are also attributes; one level of nested structs is wrapped likewise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, value in self.items():
            if type(value) is dict:
                self[name] = _wrap(value)

    def __getattr__(self, name: str) -> Any:
        # Python's own protocols (copy, pickle) probe for dunder names and expect AttributeError.
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __delattr__(self, name: str) -> None:
        del self[name]


def _wrap(value: dict[str, Any]) -> DynamicRecord:
    wrapped = DynamicRecord()
    wrapped.update(value)
    return wrapped


def decoder(data_type: glue.DataType) -> Decoder | None:
    """Build what turns an Arrow value into the Python value of a record; None where it is one already."""
    if isinstance(data_type, glue.ChoiceType):
        return _choice_decoder(data_type)
    if isinstance(data_type, glue.StructType):
        return _struct_decoder(data_type)
    if isinstance(data_type, glue.ArrayType):
        element = decoder(data_type.elementType)
        if element is None:
            return None
        return lambda values: None if values is None else [element(each) for each in values]
    if isinstance(data_type, glue.MapType):
        value_of = decoder(data_type.valueType) or _same
        return lambda pairs: None if pairs is None else {key: value_of(value) for key, value in pairs}
    if isinstance(data_type, glue.TimestampType):
        # Scripts compare with naive datetimes, as on Glue, whose session time zone is UTC.
        return lambda value: None if value is None else value.replace(tzinfo=None)
    return None


def _same(value: Any) -> Any:
    return value


def _choice_decoder(choice: glue.ChoiceType) -> Decoder:
    inner = {name: decoder(each) or _same for name, each in choice.choices.items()}

    def decode(value: dict[str, Any] | None) -> Any:
        if value is not None:
            for name, each in value.items():
                if each is not None:
                    return inner[name](each)
        return None

    return decode


def _struct_decoder(struct: glue.StructType) -> Decoder | None:
    inner = {each.name: found for each in struct.fields if (found := decoder(each.dataType))}
    if not inner:
        return None

    def decode(value: dict[str, Any] | None) -> Any:
        if value is not None:
            for name, each in inner.items():
                value[name] = each(value[name])
        return value

    return decode


def infer(value: Any, hint: glue.DataType | None = None) -> glue.DataType:
    """Find the type of a Python value; it keeps the type its field had (`hint`) when it still fits."""
    if value is None:
        return glue.NullType()
    if isinstance(hint, glue.ChoiceType):
        return next(
            (infer(value, each) for each in hint.choices.values() if _fits(value, each)), infer(value)
        )
    if isinstance(value, dict):
        return _infer_dict(value, hint)
    if isinstance(value, list | tuple | set | frozenset):
        element_hint = hint.elementType if isinstance(hint, glue.ArrayType) else None
        element: glue.DataType = glue.UnknownType() if element_hint is None or value else element_hint
        for each in value:
            element = glue.merge_types(element, infer(each, element_hint))
        return glue.ArrayType(element)
    if hint is not None and _fits(value, hint):
        return hint
    return _infer_scalar(value)


def _infer_dict(value: dict[Any, Any], hint: glue.DataType | None) -> glue.DataType:
    if isinstance(hint, glue.MapType):
        merged: glue.DataType = hint.valueType if not value else glue.UnknownType()
        for each in value.values():
            merged = glue.merge_types(merged, infer(each, hint.valueType))
        return glue.MapType(merged)
    hints = hint.field_map if isinstance(hint, glue.StructType) else {}
    return glue.StructType(
        [
            glue.Field(str(name), infer(each, hints[name].dataType if name in hints else None))
            for name, each in value.items()
        ]
    )


def _infer_scalar(value: Any) -> glue.DataType:
    if isinstance(value, bool):
        return glue.BooleanType()
    if isinstance(value, int):
        if _within(value, "int"):
            return glue.IntegerType()
        return glue.LongType() if _within(value, "long") else glue.DecimalType(38, 0)
    if isinstance(value, Decimal):
        digits, exponent = value.as_tuple().digits, value.as_tuple().exponent
        scale = max(0, -exponent) if isinstance(exponent, int) else 0
        return glue.DecimalType(min(38, max(len(digits), scale + 1, 10)), scale)
    for classes, data_type in _SCALARS:
        if isinstance(value, classes):
            return data_type
    if hasattr(value, "item"):  # numpy's scalars
        return infer(value.item())
    message = f"a record cannot hold a value of the Python type {type(value).__name__}: {value!r:.100}"
    raise TypeError(message)


_SCALARS: tuple[tuple[Any, glue.DataType], ...] = (
    (float, glue.DoubleType()),
    (str, glue.StringType()),
    (datetime, glue.TimestampType()),
    (date, glue.DateType()),
    ((bytes, bytearray), glue.BinaryType()),
)


def _within(value: int, type_name: str) -> bool:
    limit = 1 << _RANGES[type_name]
    return -limit <= value < limit


def _fits(value: Any, data_type: glue.DataType) -> bool:
    """Tell whether a type holds a value without loss."""
    name = data_type.typeName()
    if isinstance(value, bool):
        return name == "boolean"
    if isinstance(value, int):
        if name in _RANGES:
            return _within(value, name)
        if isinstance(data_type, glue.DecimalType):
            return len(str(abs(value))) <= data_type.precision - data_type.scale
        return name in ("double", "float") and abs(value) <= _EXACT_IN_DOUBLE
    if isinstance(value, Decimal) and isinstance(data_type, glue.DecimalType):
        found = _infer_scalar(value)
        assert isinstance(found, glue.DecimalType)
        whole = len(value.as_tuple().digits) - found.scale
        return found.scale <= data_type.scale and whole <= data_type.precision - data_type.scale
    return name in _FITTING.get(_kind(value), ())


def _kind(value: Any) -> str:
    kinds = ((float, "float"), (str, "str"), (datetime, "datetime"), (date, "date"))
    others = ((bytes | bytearray, "bytes"), (dict, "dict"), (list | tuple | set | frozenset, "list"))
    return next((name for cls, name in (*kinds, *others) if isinstance(value, cls)), "")


_FITTING = {
    "float": ("double", "float"), "str": ("string", "enum"), "datetime": ("timestamp", "timestampntz"),
    "date": ("date",), "bytes": ("binary",), "dict": ("struct", "map"), "list": ("array", "set"),
}  # fmt: skip


def widen(data_type: glue.DataType) -> glue.DataType:
    """Join the integer alternatives of a merged result: Python has one integer type, which is no choice."""
    if isinstance(data_type, glue.StructType):
        return glue.StructType([glue.Field(each.name, widen(each.dataType)) for each in data_type.fields])
    if isinstance(data_type, glue.ArrayType):
        return glue.ArrayType(widen(data_type.elementType))
    if isinstance(data_type, glue.MapType):
        return glue.MapType(widen(data_type.valueType))
    if isinstance(data_type, glue.ChoiceType):
        names = data_type.choices
        left = [widen(each) for name, each in names.items() if not (name == "int" and "long" in names)]
        return left[0] if len(left) == 1 else glue.ChoiceType(left)
    return data_type


def fill_unknown(data_type: glue.DataType, hint: glue.DataType | None) -> glue.DataType:
    """Give the parts that never held a value the type that their field had before."""
    if isinstance(data_type, glue.NullType | glue.UnknownType):
        return hint if hint is not None else data_type
    if isinstance(data_type, glue.StructType):
        hints = hint.field_map if isinstance(hint, glue.StructType) else {}
        return glue.StructType(
            [
                glue.Field(
                    each.name,
                    fill_unknown(each.dataType, hints[each.name].dataType if each.name in hints else None),
                )
                for each in data_type.fields
            ]
        )
    if isinstance(data_type, glue.ArrayType):
        element_hint = hint.elementType if isinstance(hint, glue.ArrayType) else None
        return glue.ArrayType(fill_unknown(data_type.elementType, element_hint))
    if isinstance(data_type, glue.MapType):
        value_hint = hint.valueType if isinstance(hint, glue.MapType) else None
        return glue.MapType(fill_unknown(data_type.valueType, value_hint))
    return data_type


def checker(data_type: glue.DataType) -> Callable[[Any], bool]:
    """Build a quick test "this value changes nothing about the type"; False may also mean "look closer"."""
    if isinstance(data_type, glue.StructType):
        return _struct_checker(data_type)
    if isinstance(data_type, glue.ArrayType):
        element = checker(data_type.elementType)
        return lambda value: type(value) is list and all(each is None or element(each) for each in value)
    if isinstance(data_type, glue.ChoiceType):
        alternatives = [checker(each) for each in data_type.choices.values()]
        return lambda value: any(check(value) for check in alternatives)
    name = data_type.typeName()
    if name in _RANGES:
        limit = 1 << _RANGES[name]
        return lambda value: type(value) is int and -limit <= value < limit
    if isinstance(data_type, glue.DecimalType):
        return lambda value: _fits(value, data_type)
    expected = _EXACT_CLASSES.get(name)
    return lambda value: type(value) is expected


def _struct_checker(struct: glue.StructType) -> Callable[[Any], bool]:
    members = {each.name: checker(each.dataType) for each in struct.fields}

    def check(value: Any) -> bool:
        if not isinstance(value, dict) or not value.keys() <= members.keys():
            return False
        return all(each is None or members[name](each) for name, each in value.items())

    return check


_EXACT_CLASSES: dict[str, type] = {
    "double": float, "float": float, "string": str, "boolean": bool, "timestamp": datetime,
    "timestampntz": datetime, "date": date, "binary": bytes,
}  # fmt: skip


def encoder(data_type: glue.DataType) -> Decoder | None:
    """Build what turns a record's Python value into what Arrow takes; None where it is that already."""
    if isinstance(data_type, glue.ChoiceType):
        return _choice_encoder(data_type)
    if isinstance(data_type, glue.StructType):
        return _struct_encoder(data_type)
    if isinstance(data_type, glue.ArrayType):
        element = encoder(data_type.elementType)
        if element is None:
            return None
        return lambda value: None if value is None else [element(each) for each in value]
    if isinstance(data_type, glue.MapType):
        value_of = encoder(data_type.valueType) or _same
        return lambda value: (
            None if value is None else [(str(key), value_of(each)) for key, each in value.items()]
        )
    return None


def _choice_encoder(choice: glue.ChoiceType) -> Decoder:
    inner = {name: encoder(each) or _same for name, each in choice.choices.items()}

    def encode(value: Any) -> Any:
        if value is None:
            return None
        name = infer(value, choice).typeName()
        return {name: inner[name](value)}

    return encode


def _struct_encoder(struct: glue.StructType) -> Decoder | None:
    members = {each.name: found for each in struct.fields if (found := encoder(each.dataType))}
    if not members:
        return None

    def encode(value: Any) -> Any:
        if value is None:
            return None
        return {**value, **{name: each(value.get(name)) for name, each in members.items()}}

    return encode
