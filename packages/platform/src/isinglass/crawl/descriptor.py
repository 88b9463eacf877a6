"""What a Glue crawler writes into a table or partition of each format: SerDe, formats, parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from isinglass.crawl.shape import Shape

_TEXT_INPUT = "org.apache.hadoop.mapred.TextInputFormat"
_TEXT_OUTPUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
_PARQUET = "org.apache.hadoop.hive.ql.io.parquet"


@dataclass(frozen=True, slots=True)
class _Format:
    serde: str
    input_format: str
    output_format: str


_FORMATS = {
    "csv": _Format("org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", _TEXT_INPUT, _TEXT_OUTPUT),
    "json": _Format("org.openx.data.jsonserde.JsonSerDe", _TEXT_INPUT, _TEXT_OUTPUT),
    "parquet": _Format(
        f"{_PARQUET}.serde.ParquetHiveSerDe",
        f"{_PARQUET}.MapredParquetInputFormat",
        f"{_PARQUET}.MapredParquetOutputFormat",
    ),
}
_OPEN_CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts that a table or partition carries as parameters."""

    files: int
    size: int
    records: float

    def parameters(self) -> dict[str, str]:
        """Write the counts the way Glue does: as strings."""
        records = max(round(self.records), 1) if self.records else 0
        average = round(self.size / self.records) if self.records else 0
        return {
            "averageRecordSize": str(average),
            "objectCount": str(self.files),
            "recordCount": str(records),
            "sizeKey": str(self.size),
        }


#: Parameters that change with the data and are no change of the table.
STATISTICS = frozenset(Statistics(0, 0, 0).parameters())


def parameters(shape: Shape, statistics: Statistics, crawler: str) -> dict[str, str]:
    """List the parameters of a table or partition."""
    found = {
        "CrawlerSchemaDeserializerVersion": "1.0",
        "CrawlerSchemaSerializerVersion": "1.0",
        "UPDATED_BY_CRAWLER": crawler,
        "classification": shape.kind.format,
        "compressionType": shape.kind.compression,
        "typeOfData": "file",
        **statistics.parameters(),
    }
    if shape.kind.format == "csv":
        details = dict(shape.details)
        found |= {
            "areColumnsQuoted": "true" if details.get("quote") else "false",
            "columnsOrdered": "true",
            "delimiter": shape.kind.delimiter,
        }
        if details.get("header") == "true":
            found["skip.header.line.count"] = "1"
    return found


def descriptor(
    shape: Shape,
    columns: Sequence[tuple[str, str]],
    location: str,
    table_parameters: Mapping[str, str],
) -> dict[str, Any]:
    """Build the StorageDescriptor."""
    chosen = _FORMATS.get(shape.kind.format)
    built: dict[str, Any] = {
        "BucketColumns": [],
        "Columns": [{"Name": name, "Type": hive} for name, hive in columns],
        "Compressed": shape.kind.compression != "none",
        "Location": location,
        "NumberOfBuckets": -1,
        "Parameters": dict(table_parameters),
        "SortColumns": [],
        "StoredAsSubDirectories": False,
    }
    if chosen is not None:
        built["InputFormat"] = chosen.input_format
        built["OutputFormat"] = chosen.output_format
        built["SerdeInfo"] = _serde(shape, chosen)
    return built


def _serde(shape: Shape, chosen: _Format) -> dict[str, Any]:
    details = dict(shape.details)
    if shape.kind.format == "json":
        paths = ",".join(sorted(shape.spellings))
        return {"SerializationLibrary": chosen.serde, "Parameters": {"paths": paths}}
    if shape.kind.format == "parquet":
        return {"SerializationLibrary": chosen.serde, "Parameters": {"serialization.format": "1"}}
    if details.get("quote"):
        given = {
            "escapeChar": details.get("escape") or "\\",
            "quoteChar": details["quote"],
            "separatorChar": shape.kind.delimiter,
        }
        return {"SerializationLibrary": _OPEN_CSV, "Parameters": given}
    return {"SerializationLibrary": chosen.serde, "Parameters": {"field.delim": shape.kind.delimiter}}
