"""The columns of a PostgreSQL table: what they are as fields, and how their values are asked for."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from isinglass.domain import json_documents
from isinglass.domain.entities.names import matching
from isinglass.operations.connections.sources import BadQuery, Document

if TYPE_CHECKING:
    from psycopg import sql

_TYPES = {
    "int2": "SMALLINT", "int4": "INT", "int8": "BIGINT", "float4": "FLOAT", "float8": "DOUBLE",
    "numeric": "DECIMAL", "bool": "BOOLEAN", "date": "DATE", "timestamp": "TIMESTAMP",
    "timestamptz": "TIMESTAMP", "bytea": "BINARY",
}  # fmt: skip
_COMPARED = (
    "EQUAL_TO", "NOT_EQUAL_TO", "LESS_THAN", "LESS_THAN_OR_EQUAL_TO", "GREATER_THAN",
    "GREATER_THAN_OR_EQUAL_TO", "BETWEEN", "ORDER_BY",
)  # fmt: skip
_TEXTS = frozenset({"text", "varchar", "bpchar", "name", "citext"})
#: Types that PostgreSQL does not compare.
_INCOMPARABLE = frozenset({"json", "xml", "point", "line", "lseg", "box", "path", "polygon", "circle"})
#: Types that arrive as JSON has them.
_AS_IS = frozenset({"int2", "int4", "int8", "float4", "float8", "bool"})


#: What statements call the table.
ALIAS = "entity"


@dataclass(frozen=True, slots=True)
class Column:
    """One column, as PostgreSQL's catalog has it."""

    name: str
    position: int
    #: The type as SQL writes it, its own name, and its kind: b base, e enum, c composite …
    native: str
    type_name: str
    type_kind: str
    nullable: bool
    defaulted: bool
    comment: str | None
    #: Its place in the primary key.
    key_place: int | None = None
    labels: Sequence[str] = ()

    @property
    def field_type(self) -> str:
        """Glue's word for the type."""
        if self.native.endswith("[]"):
            return "ARRAY"
        return "STRUCT" if self.type_kind == "c" else _TYPES.get(self.type_name, "STRING")

    @property
    def operators(self) -> tuple[str, ...]:
        """What filters may do with the column."""
        if self.field_type in ("ARRAY", "STRUCT", "BINARY") or self.type_name in _INCOMPARABLE:
            return ()
        if self.field_type == "BOOLEAN":
            return ("EQUAL_TO", "NOT_EQUAL_TO", "ORDER_BY")
        return (*_COMPARED, "CONTAINS") if self.type_name in _TEXTS else _COMPARED

    def field(self) -> Document:
        """Describe the column as a Field."""
        shown: Document = {
            "FieldName": self.name,
            "Label": self.name,
            "FieldType": self.field_type,
            "NativeDataType": self.native,
            "IsPrimaryKey": self.key_place is not None,
            "IsNullable": self.nullable,
            "IsDefaultOnCreate": self.defaulted,
            "IsRetrievable": True,
            "IsFilterable": bool(self.operators),
            # Nothing here reads in parts or writes.
            "IsPartitionable": False, "IsCreateable": False, "IsUpdateable": False, "IsUpsertable": False,
            "SupportedFilterOperators": list(self.operators),
        }  # fmt: skip
        if self.comment:
            shown["Description"] = self.comment
        if self.labels:
            shown["SupportedValues"] = list(self.labels)
        return shown

    def value(self) -> "sql.Composed":
        """Ask for the value so that it arrives as JSON has it, or as text that loses nothing."""
        from psycopg import sql

        if self.field_type in ("ARRAY", "STRUCT"):
            form = "to_json({})::text"
        elif self.field_type == "BINARY":
            form = "translate(encode({}, 'base64'), E'\\n', '')"
        else:
            form = "{}" if self.type_name in _AS_IS else "{}::text"
        return sql.SQL(form).format(self.identifier())

    def identifier(self) -> "sql.Identifier":
        """Name the column so that it is never taken for an output column of the same name."""
        from psycopg import sql

        return sql.Identifier(ALIAS, self.name)


def named(columns: Sequence[Column], name: str) -> Column:
    """Find a column by its name, or by the only one that differs in case alone."""
    by_name = {column.name: column for column in columns}
    found = matching(by_name, name)
    if found is None:
        raise BadQuery(f"There is no field {name}; there are {', '.join(by_name)}")
    return by_name[found]


def record(columns: Sequence[Column], row: Sequence[Any]) -> Mapping[str, Any]:
    """Make a document of a row's values."""
    return {column.name: _plain(column, value) for column, value in zip(columns, row, strict=True)}


def _plain(column: Column, value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # JSON has no such numbers
    if value is not None and column.field_type in ("ARRAY", "STRUCT"):
        return json_documents.read(value)
    return value
