"""Which statistics a column may have, and the text they are stored as."""

import base64
import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from isinglass.model.glue.errors import InvalidInputException

#: The member of StatisticsData that each type of statistics is in.
_MEMBERS = {
    "BOOLEAN": "BooleanColumnStatisticsData",
    "DATE": "DateColumnStatisticsData",
    "DECIMAL": "DecimalColumnStatisticsData",
    "DOUBLE": "DoubleColumnStatisticsData",
    "LONG": "LongColumnStatisticsData",
    "STRING": "StringColumnStatisticsData",
    "BINARY": "BinaryColumnStatisticsData",
}
_BYTES = "$bytes"


def check_statistics(statistics: Mapping[str, Any]) -> None:
    """Refuse statistics whose data are not exactly those of the type they name."""
    data = statistics["StatisticsData"]
    wanted = _MEMBERS[data["Type"]]
    given = [member for member in _MEMBERS.values() if member in data]
    if given != [wanted]:
        raise InvalidInputException(
            f"Statistics of column {statistics['ColumnName']} are of type {data['Type']} and need {wanted} "
            f"alone; given: {', '.join(given) or 'none'}"
        )
    if not all(math.isfinite(value) for value in data[wanted].values() if isinstance(value, float)):
        raise InvalidInputException(
            f"Statistics of column {statistics['ColumnName']} must be finite; leave a bound out that is not"
        )


def columns_of(document: Mapping[str, Any]) -> frozenset[str]:
    """List the columns of a table or partition and the keys that partition it, folded."""
    descriptor = document.get("StorageDescriptor", {})
    columns: Iterable[Any] = (*descriptor.get("Columns", ()), *document.get("PartitionKeys", ()))
    return frozenset(column["Name"].lower() for column in columns)


def to_text(statistics: Mapping[str, Any]) -> str:
    """Write statistics as JSON that keeps bytes."""
    return json.dumps(statistics, default=_encode_bytes)


def from_text(text: str) -> Any:
    """Read what to_text wrote."""
    return json.loads(text, object_hook=_decode_bytes)


def _encode_bytes(value: Any) -> dict[str, str]:
    assert isinstance(value, bytes)
    return {_BYTES: base64.b64encode(value).decode()}


def _decode_bytes(value: dict[str, Any]) -> Any:
    return base64.b64decode(value[_BYTES]) if _BYTES in value else value
