"""What the catalog makes of an input: two inputs that it keeps alike are equal."""

from collections.abc import Mapping
from typing import Any

from isinglass.domain.catalog_objects import (
    database_document,
    function_document,
    partition_document,
    table_document,
)
from isinglass.transfer import inputs, records


def stored(kind: str, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the stored form of a database's, function's, table's or partition's input."""
    document = {key: value for key, value in given.items() if value is not None}
    match kind:
        case records.DATABASE:
            made = database_document({**document, "Name": name})
        case records.FUNCTION:
            made = function_document({**document, "FunctionName": name})
        case records.TABLE | records.TABLE_VERSION:
            made = table_document({**document, "Name": name})
        case records.PARTITION:
            made = partition_document(document)
        case _:
            made = document
    plain: dict[str, Any] = inputs.plain(_without_empty_parameters(made))
    return plain


def _without_empty_parameters(document: dict[str, Any]) -> dict[str, Any]:
    """Hold no parameters and an empty map of them to be the same, as every client does."""
    return {key: value for key, value in document.items() if not (key == "Parameters" and not value)}
