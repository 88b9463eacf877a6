"""Remember which kinds of values a JSON column has held, cheaply, and turn that into a type at the end."""

from functools import reduce
from typing import Any

import pyarrow as pa

from isinglass_connectors.files.inference import Conflict, merge_types

_ATOMS = {
    "null": pa.null(),
    "boolean": pa.bool_(),
    "int": pa.int32(),
    "long": pa.int64(),
    "double": pa.float64(),
    "string": pa.string(),
}


def kind_name(value: Any) -> str:
    """The dynamic-frame name of one JSON value's type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        if -(2**31) <= value < 2**31:
            return "int"
        return "long" if -(2**63) <= value < 2**63 else "double"
    if isinstance(value, float):
        return "double"
    if isinstance(value, str):
        return "string"
    return "struct" if isinstance(value, dict) else "array"


class Seen:
    """What one place in the documents has held; its kinds keep the order they came in."""

    __slots__ = ("element", "fields", "kinds")

    def __init__(self) -> None:
        self.kinds: dict[str, None] = {}
        self.fields: dict[str, Seen] = {}
        self.element: Seen | None = None

    def add(self, value: Any) -> None:
        kind = kind_name(value)
        self.kinds[kind] = None
        if kind == "struct":
            for name, inner in value.items():
                field = self.fields.get(name)
                if field is None:
                    field = self.fields[name] = Seen()
                field.add(inner)
        elif kind == "array":
            if self.element is None:
                self.element = Seen()
            for item in value:
                self.element.add(item)

    def type(self, conflict: Conflict, *, long_only: bool = False) -> pa.DataType:
        """Merge the kinds; with `long_only` whole numbers are long, as in Spark's JSON reader."""
        kinds: list[pa.DataType] = [pa.null()]
        for kind in self.kinds:
            if kind == "struct":
                kinds.append(pa.struct(self.schema(conflict, long_only=long_only)))
            elif kind == "array":
                element = self.element or Seen()
                kinds.append(pa.list_(element.type(conflict, long_only=long_only)))
            else:
                kinds.append(_ATOMS["long" if long_only and kind == "int" else kind])
        return reduce(lambda left, right: merge_types(left, right, conflict), kinds)

    def schema(self, conflict: Conflict, *, long_only: bool = False) -> pa.Schema:
        """The fields of the objects seen here; Spark sorts them by name, others keep their order."""
        names = sorted(self.fields) if long_only else self.fields
        return pa.schema([pa.field(n, self.fields[n].type(conflict, long_only=long_only)) for n in names])
