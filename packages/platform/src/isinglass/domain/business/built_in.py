"""The types that every account has: what a table of the catalog, and each of its columns, is as an asset."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

#: The asset type of tables, its one form, and the form type of both.
TABLE_TYPE = TABLE_FORM_TYPE = "GlueTable"
TABLE_FORM = "table"
#: The iterable form of tables, and the form type and form of its items.
COLUMNS, COLUMN_FORM_TYPE, COLUMN_FORM = "columns", "GlueColumn", "column"

FORM_TYPES: Mapping[str, str] = {
    COLUMN_FORM_TYPE: """\
$version: "2.0"

/// A column of a table, or a key that partitions it.
structure GlueColumn {
    @required
    name: String
    type: String
    comment: String
    @required
    partitionKey: Boolean
}
""",
    TABLE_FORM_TYPE: """\
$version: "2.0"

/// What the catalog knows of a table.
structure GlueTable {
    @required
    databaseName: String
    @required
    tableName: String
    owner: String
    tableType: String
    location: String
    parameters: Parameters
}

map Parameters {
    key: String
    value: String
}
""",
}
ASSET_TYPES: Mapping[str, Mapping[str, str]] = {TABLE_TYPE: {TABLE_FORM: TABLE_FORM_TYPE}}


def table_content(database: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """Build the content of a table's form."""
    location = document.get("StorageDescriptor", {}).get("Location")
    content = {
        "databaseName": database,
        "tableName": document["Name"],
        "owner": document.get("Owner"),
        "tableType": document.get("TableType"),
        "location": location,
        "parameters": document.get("Parameters") or None,
    }
    return {name: value for name, value in content.items() if value is not None}


def columns(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Build the content of each column's form."""
    declared, first_key = declared_columns(document)
    return (column_content(column, is_key=at >= first_key) for at, column in enumerate(declared))


def declared_columns(document: Mapping[str, Any]) -> tuple[list[Mapping[str, Any]], int]:
    """List the columns, of those of one name, case aside, the first, and count those before the keys.

    No object is made for each of tens of thousands: now and then the interpreter looks through all there are.
    """
    seen: set[str] = set()
    declared: list[Mapping[str, Any]] = []
    first_key = 0
    for members in (
        document.get("StorageDescriptor", {}).get("Columns", ()),
        document.get("PartitionKeys", ()),
    ):
        first_key = len(declared)
        for column in members:
            name = column["Name"].lower()
            if name not in seen:
                seen.add(name)
                declared.append(column)
    return declared, first_key


def column_content(column: Mapping[str, Any], *, is_key: bool) -> dict[str, Any]:
    """Build the content of a column's form."""
    content = {
        "name": column["Name"],
        "type": column.get("Type"),
        "comment": column.get("Comment"),
        "partitionKey": is_key,
    }
    return {name: value for name, value in content.items() if value is not None}


def written(content: Mapping[str, Any]) -> str:
    """Write a content as the text that a form carries."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
