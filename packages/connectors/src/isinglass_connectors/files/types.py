"""Hive's type names and Arrow's types, one to the other; and the choice type of dynamic frames."""

import re

import pyarrow as pa

#: Spark's `timestamp` is an instant; without a zone Arrow would mean `timestamp_ntz`.
TIMESTAMP = pa.timestamp("us", tz="UTC")

_SIMPLE: dict[str, pa.DataType] = {
    "tinyint": pa.int8(),
    "byte": pa.int8(),
    "smallint": pa.int16(),
    "short": pa.int16(),
    "int": pa.int32(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "long": pa.int64(),
    "float": pa.float32(),
    "real": pa.float32(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "string": pa.string(),
    "varchar": pa.string(),
    "char": pa.string(),
    "binary": pa.binary(),
    "date": pa.date32(),
    "timestamp": TIMESTAMP,
    "timestamp_ntz": pa.timestamp("us"),
    "decimal": pa.decimal128(10, 0),
    "void": pa.null(),
    "null": pa.null(),
}
_PARAMETERS = re.compile(r"(decimal|varchar|char)\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)")
#: Marks the alternatives of a choice, which Arrow has no type of its own for.
_CHOICE = {b"isinglass.choice": b"1"}


class UnknownType(ValueError):
    """A Hive type that cannot be read."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"type {text!r}: {reason}")
        self.text = text


def arrow_type(hive: str) -> pa.DataType:
    """Parse a Hive type as the catalog spells it."""
    parser = _Parser(hive)
    parsed = parser.type()
    if parser.rest():
        raise UnknownType(hive, f"unexpected {parser.rest()!r}")
    return parsed


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def rest(self) -> str:
        return self._text[self._at :].strip()

    def type(self) -> pa.DataType:
        word = self._match(r"\s*([A-Za-z_]+)").lower()
        if word in {"array", "map", "struct"}:
            return self._container(word)
        parameters = _PARAMETERS.match(self._text.lower(), self._at - len(word))
        if parameters:
            self._at = parameters.end()
            if word == "decimal":
                precision, scale = int(parameters[2]), int(parameters[3] or 0)
                if not 0 <= scale <= precision <= 38 or not precision:
                    raise UnknownType(self._text, "a decimal has at most 38 digits, and no larger scale")
                return pa.decimal128(precision, scale)
        if word not in _SIMPLE:
            raise UnknownType(self._text, f"{word!r} is no type")
        return _SIMPLE[word]

    def _container(self, word: str) -> pa.DataType:
        self._match(r"\s*<")
        if word == "array":
            made: pa.DataType = pa.list_(self.type())
        elif word == "map":
            key = self.type()
            self._match(r"\s*,")
            made = pa.map_(key, self.type())
        else:
            made = pa.struct(self._fields())
        self._match(r"\s*>")
        return made

    def _fields(self) -> list[pa.Field]:
        fields: list[pa.Field] = []
        if re.compile(r"\s*>").match(self._text, self._at):
            return fields
        while True:
            name = self._match(r"\s*(`(?:[^`]|``)+`|[^:<>,]+?)\s*:")
            if name.startswith("`"):
                name = name[1:-1].replace("``", "`")
            fields.append(pa.field(name, self.type()))
            if not re.compile(r"\s*,").match(self._text, self._at):
                return fields
            self._match(r"\s*,")

    def _match(self, pattern: str) -> str:
        found = re.compile(pattern).match(self._text, self._at)
        if not found:
            raise UnknownType(self._text, f"cannot read it at {self._text[self._at :]!r}")
        self._at = found.end()
        return found[1] if found.re.groups else found[0]


def hive_type(arrow: pa.DataType) -> str:  # noqa: C901 - one branch per family of types
    """Name an Arrow type as the catalog does; what Hive lacks becomes the nearest type that holds it."""
    t = pa.types
    if t.is_dictionary(arrow):
        return hive_type(arrow.value_type)
    if t.is_boolean(arrow):
        return "boolean"
    if t.is_integer(arrow):
        return _integer_name(arrow)
    if t.is_float16(arrow) or t.is_float32(arrow):
        return "float"
    if t.is_float64(arrow):
        return "double"
    if t.is_decimal(arrow):
        return f"decimal({min(arrow.precision, 38)},{max(arrow.scale, 0)})"
    if t.is_date(arrow):
        return "date"
    if t.is_timestamp(arrow):
        return "timestamp"
    if t.is_binary(arrow) or t.is_large_binary(arrow) or t.is_fixed_size_binary(arrow):
        return "binary"
    if t.is_list(arrow) or t.is_large_list(arrow) or t.is_fixed_size_list(arrow):
        return f"array<{hive_type(arrow.value_type)}>"
    if t.is_map(arrow):
        return f"map<{hive_type(arrow.key_type)},{hive_type(arrow.item_type)}>"
    if t.is_struct(arrow):
        return f"struct<{','.join(f'{_field_name(f.name)}:{hive_type(f.type)}' for f in arrow)}>"
    # Strings, times, durations and columns of nulls only: text holds them all.
    return "string"


def _field_name(name: str) -> str:
    if re.search(r"[:<>,`]|^\s|\s$", name):
        return "`" + name.replace("`", "``") + "`"
    return name


def _integer_name(arrow: pa.DataType) -> str:
    if arrow == pa.uint64():
        return "decimal(20,0)"
    bits = arrow.bit_width * (1 if pa.types.is_signed_integer(arrow) else 2)
    return {8: "tinyint", 16: "smallint", 32: "int", 64: "bigint"}[bits]


def glue_name(arrow: pa.DataType) -> str:
    """Name a type as dynamic frames do (`long`, `int`, `struct`, …); a choice names its fields so."""
    hive = hive_type(arrow).split("<")[0].split("(")[0]
    return {"bigint": "long", "smallint": "short", "tinyint": "byte"}.get(hive, hive)


def choice(*alternatives: pa.DataType) -> pa.DataType:
    """Make the choice of several types: a struct with one field per alternative, as `make_struct` gives."""
    return pa.struct([pa.field(glue_name(t), t, metadata=_CHOICE) for t in alternatives])


def is_choice(arrow: pa.DataType) -> bool:
    return pa.types.is_struct(arrow) and any(
        b"isinglass.choice" in (arrow.field(i).metadata or {}) for i in range(arrow.num_fields)
    )
