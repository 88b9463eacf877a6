"""Open one file and say what it is, in the words of a crawl."""

from typing import TYPE_CHECKING

from isinglass.crawl import types
from isinglass.crawl.naming import column_names
from isinglass.crawl.one_object import OneObject
from isinglass.crawl.shape import Kind, Shape
from isinglass.crawl.survey import Opened
from isinglass_connectors.storage.objects import ObjectInfo
from isinglass_connectors.storage.storage import Storage

if TYPE_CHECKING:
    from isinglass_connectors.files.detect import Detected

#: The quote that readers take for granted; only another one needs to be told.
_USUAL_QUOTE = '"'
#: A detector stops after so many records, or so many bytes.
_MOST_SAMPLED = 1000
_SAMPLE_BYTES = 1 << 20


def open_file(storage: Storage, info: ObjectInfo) -> Opened:
    """Detect a file's format and schema from as little of it as tells."""
    from isinglass_connectors.files.detect import Unreadable, detect

    one = OneObject(storage, info)
    found = detect(one, info)
    if one.failure is not None:
        raise one.failure
    if isinstance(found, Unreadable):
        return Opened(None, reason=found.reason)
    if found.format not in ("csv", "json", "parquet"):
        return Opened(None, reason=f"{found.format} files are not crawled yet")
    return Opened(_shape(found), _records(found, info.size))


def _records(found: "Detected", size: int) -> float:
    """Count the records of a small file, estimate those of others; of Parquet the footer tells."""
    whole = found.sampled_records < _MOST_SAMPLED and size <= _SAMPLE_BYTES
    if whole or found.format == "parquet" or not found.average_record_size:
        return found.sampled_records
    return max(found.sampled_records, size / found.average_record_size)


def _shape(found: "Detected") -> Shape:
    from isinglass_connectors.files.types import hive_type

    details = found.details
    kind = Kind(found.format, found.compression or "none", str(details.get("delimiter", "")))
    spellings = list(found.schema.names)
    hive = [types.VOID if field.name in found.empty else hive_type(field.type) for field in found.schema]
    columns = tuple(zip(column_names(spellings), hive, strict=True))
    if found.format != "csv":
        return Shape(kind, columns, spellings=tuple(spellings))
    header = details.get("header") == "true"
    described = {"header": "true" if header else "false"}
    if details.get("quote") not in (None, "", _USUAL_QUOTE):
        described["quote"] = str(details["quote"])
    return Shape(kind, columns, named=header, details=tuple(sorted(described.items())))
