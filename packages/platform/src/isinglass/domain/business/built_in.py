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
    return (column_content(column, is_key=is_key) for column, is_key in declared_columns(document))


def declared_columns(document: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """Yield each column and whether it is a partition key; of one name, case aside, the first counts."""
    seen: set[str] = set()
    for members, is_key in (
        (document.get("StorageDescriptor", {}).get("Columns", ()), False),
        (document.get("PartitionKeys", ()), True),
    ):
        for column in members:
            if column["Name"].lower() in seen:
                continue
            seen.add(column["Name"].lower())
            yield column, is_key


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
