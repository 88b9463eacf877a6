"""Say what a file is by its content: format, compression and schema, from its first records."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.parquet as pq

from isinglass_connectors.files.csv_detect import CsvHints, detect_csv
from isinglass_connectors.files.inference import settle_schema, widen
from isinglass_connectors.files.json_documents import Document, documents, parse_line
from isinglass_connectors.files.json_path import parse_path, select
from isinglass_connectors.files.parquet_reader import read_schema
from isinglass_connectors.files.sample import MAX_RECORDS, STEP, Sample, sample
from isinglass_connectors.files.seen import Seen
from isinglass_connectors.storage.errors import StorageError
from isinglass_connectors.storage.objects import ObjectInfo
from isinglass_connectors.storage.storage import Storage

#: How far to look for a first complete JSON record.
_JSON_LIMIT = 10 << 20


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known beforehand: a format that was chosen, and the settings of custom classifiers."""

    format: str | None = None
    csv: CsvHints = field(default_factory=CsvHints)
    json_path: str | None = None


@dataclass(frozen=True, slots=True)
class Detected:
    """A readable file. `details`: csv `delimiter`, `quote`, `header` (true/false); json `jsonPath`, `paths`
    (top-level names in their own case, comma-separated), `multiLine`. `average_record_size` is in bytes.
    """

    format: str
    compression: str
    schema: pa.Schema
    details: Mapping[str, str]
    sampled_records: int
    average_record_size: int
    #: Columns that no sampled record has a value for: their type is a guess that any other file outvotes.
    empty: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that no format claims, and why."""

    reason: str


def detect(storage: Storage, info: ObjectInfo, hints: Hints | None = None) -> Detected | Unreadable:
    """Detect by content: Parquet by its magic, then JSON, then CSV; reads the first MB or 1,000 records."""
    known = hints or Hints()
    try:
        head = sample(storage, info.url, STEP)
        if head.data[:4] == b"PAR1" and known.format in {None, "parquet"}:
            return _parquet(storage, info)
        if known.format == "parquet":
            return Unreadable("not a Parquet file: it does not begin with PAR1")
        if known.format in {None, "json"} and (found := _json(storage, info, head, known)):
            return found
        if known.format == "json":
            return Unreadable("no JSON record in the first 10 MB")
        return _csv(head, known)
    except (StorageError, pa.ArrowInvalid, OSError, EOFError) as error:
        return Unreadable(str(error).split("\n")[0])


def _parquet(storage: Storage, info: ObjectInfo) -> Detected:
    with storage.open(info.url) as file:
        rows = pq.ParquetFile(file).metadata.num_rows
    schema = read_schema(storage, info.url)
    # Compression is inside the file: the file itself is not compressed.
    return Detected("parquet", "none", schema, {}, rows, info.size // max(rows, 1))


def _json(storage: Storage, info: ObjectInfo, head: Sample, hints: Hints) -> Detected | None:
    if head.data.lstrip()[:1] not in {b"{", b"["}:
        return None
    size = STEP
    while not (found := _json_records(head)) and not head.complete and size < _JSON_LIMIT:
        size += STEP
        head = sample(storage, info.url, size)
    if not found:
        return None
    documents_found, multi_line = found
    seen = Seen()
    path = parse_path(hints.json_path) if hints.json_path else ()
    records = 0
    for document in documents_found:
        for value in select(document.value, path):
            records += 1
            seen.add(
                value
                if isinstance(value, dict)
                else {"array" if isinstance(value, list) else "record": value}
            )
    details = {"paths": ",".join(seen.fields), "multiLine": str(multi_line).lower()}
    if hints.json_path:
        details["jsonPath"] = hints.json_path
    loose = seen.schema(widen)
    empty = frozenset(field.name for field in loose if pa.types.is_null(field.type))
    schema = settle_schema(loose)
    length = sum(len(document.raw.encode()) + 1 for document in documents_found)
    return Detected("json", head.compression, schema, details, records, length // max(records, 1), empty)


def _json_records(head: Sample) -> tuple[list[Document], bool] | None:
    """The sample's complete records, and whether they span lines; None when its text is not JSON."""
    lines = [line for line in head.whole_lines().split(b"\n") if line and not line.isspace()]
    first = parse_line(lines[0], 1) if lines else None
    if first is not None and not first.error and isinstance(first.value, dict):
        parsed = (parse_line(line, i) for i, line in enumerate(lines[:MAX_RECORDS], 1))
        # A bad line is the reader's business: what matters is that the file is JSON.
        return [document for document in parsed if not document.error], False
    spanning: list[Document] = []
    for document in documents(head.stream(), elements=False):
        if document.error or len(spanning) == MAX_RECORDS:
            break
        spanning.append(document)
    return (spanning, True) if spanning else None


def _csv(head: Sample, hints: Hints) -> Detected | Unreadable:
    if b"\0" in head.data[:4096]:
        return Unreadable("binary data of no known format")
    found = detect_csv(head.whole_lines().decode("utf-8", "replace"), hints.csv)
    if isinstance(found, str):
        return Unreadable(found)
    details = {
        "delimiter": found.delimiter,
        "quote": found.quote,
        "header": str(found.header).lower(),
    }
    average = found.bytes // max(found.records, 1)
    return Detected("csv", head.compression, found.schema, details, found.records, average, found.empty)
