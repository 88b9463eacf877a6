"""Our catalog as a job sees it: tables resolved over the Glue API, read as listed files, registered after
writes.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from pyspark.errors import AnalysisException
from pyspark.sql.types import StructField, StructType

from isinglass_runtime.engine.active import ENGINE
from isinglass_runtime.run import current

_QUOTED = re.compile(r"`((?:``|[^`])*)`|([^.`]+)")
#: What a job may call our catalog in names of three parts; others are catalogs of the engine.
OWN_CATALOGS = frozenset({"spark_catalog", "glue_catalog", "awsdatacatalog"})
#: The service's limit on one BatchCreatePartition request.
PARTITIONS_PER_REQUEST = 100
_CLASSES = {
    "parquet": "org.apache.hadoop.hive.ql.io.parquet.",
    "text_input": "org.apache.hadoop.mapred.TextInputFormat",
    "text_output": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
}


@dataclass(frozen=True, slots=True)
class PartitionEntry:
    """One registered partition: its values as text and the folder its files are in."""

    values: tuple[str, ...]
    location: str


@dataclass(frozen=True, slots=True)
class CatalogTable:
    """What reading and writing need to know of a table."""

    database: str
    name: str
    location: str
    format: str
    columns: tuple[tuple[str, str], ...]
    partition_keys: tuple[tuple[str, str], ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    serde: Mapping[str, str] = field(default_factory=dict)
    kind: str = "EXTERNAL_TABLE"
    view_text: str = ""

    @property
    def schema(self) -> StructType:
        return hive_schema(self.columns)

    @property
    def partition_schema(self) -> StructType:
        return hive_schema(self.partition_keys)

    @property
    def exclusions(self) -> tuple[str, ...]:
        """Patterns of files below the location that are not the table's: a crawler's, as a JSON list."""
        text = self.parameters.get("exclusions", "").strip()
        return tuple(json.loads(text)) if text.startswith("[") else ()

    def options(self) -> dict[str, str]:
        """The reader's options, in Spark's words, that the table's SerDe and parameters ask for."""
        if self.format != "csv":
            return {}
        options = {"sep": self.serde.get("field.delim") or self.serde.get("separatorChar") or ","}
        if quote := self.serde.get("quoteChar") or self.parameters.get("quoteChar"):
            options["quote"] = quote
        if escape := self.serde.get("escapeChar") or self.serde.get("escape.delim"):
            options["escape"] = escape
        if int(self.parameters.get("skip.header.line.count") or 0) > 0:
            options["header"] = "true"
        return options


class TableNotFoundError(AnalysisException):  # type: ignore[misc] # pyspark is not followed
    """The catalog has no such table."""

    def __init__(self, database: str, name: str) -> None:
        super().__init__(
            f"[TABLE_OR_VIEW_NOT_FOUND] The table or view `{database}`.`{name}` cannot be found."
        )
        self.database = database
        self.name = name


def is_configured() -> bool:
    """Tell whether this process knows a catalog to ask."""
    return bool(current().glue_endpoint)


@lru_cache(maxsize=1)
def client() -> Any:
    """The API's client, with the run's own keys from the environment."""
    import boto3
    from botocore.config import Config

    settings = current()
    config = Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=5)
    return boto3.client(
        "glue", endpoint_url=settings.glue_endpoint, region_name=settings.region, config=config
    )


def name_parts(name: str) -> list[str]:
    """Split a name at its dots, back-ticks taken off."""
    return [quoted.replace("``", "`") if quoted else plain.strip() for quoted, plain in _QUOTED.findall(name)]


def is_of_another_catalog(name: str) -> bool:
    """Tell whether a name of three parts begins with a catalog that the engine has of its own."""
    parts = name_parts(name)
    return len(parts) > 2 and is_the_engines(parts[0])


def is_the_engines(catalog: str) -> bool:
    """Tell whether a catalog is the engine's own, as the `glue_catalog` of a Spark that has Iceberg there."""
    name = catalog.lower()
    if name not in OWN_CATALOGS:
        return True
    if ENGINE.embedded or ENGINE.session is None or name == "spark_catalog":
        return False
    return ENGINE.session.conf.get(f"spark.sql.catalog.{name}", None) is not None


def split_name(name: str) -> tuple[str, str]:
    """Split `db.table`, back-ticks allowed; the database of a bare name is the current one."""
    parts = name_parts(name)
    if len(parts) == 1:
        return CURRENT.database, parts[0]
    if len(parts) == 3 and parts[0].lower() in OWN_CATALOGS:
        parts = parts[1:]
    if len(parts) != 2:
        raise AnalysisException(f"[INVALID_NAME] {name!r} is not `database.table`.")
    return parts[0], parts[1]


@dataclass(slots=True)
class _Current:
    database: str = "default"


#: What `USE` changed: one process is one session.
CURRENT = _Current()


def table(database: str, name: str) -> CatalogTable:
    """Fetch a table; names are lower case in the catalog.

    Behind a link it keeps the names that it was asked for by: what follows goes through the link again.
    """
    try:
        document = client().get_table(DatabaseName=database.lower(), Name=name.lower())["Table"]
    except client().exceptions.EntityNotFoundException as missing:
        raise TableNotFoundError(database, name) from missing
    return replace(parse_table(document), database=database.lower(), name=name.lower())


def parse_table(document: Mapping[str, Any]) -> CatalogTable:
    """Read a GetTable document."""
    storage = document.get("StorageDescriptor") or {}
    serde = storage.get("SerdeInfo") or {}
    parameters = {**(storage.get("Parameters") or {}), **(document.get("Parameters") or {})}
    return CatalogTable(
        database=document["DatabaseName"],
        name=document["Name"],
        location=storage.get("Location") or "",
        format=_format(parameters, storage, serde),
        columns=tuple((c["Name"], c.get("Type") or "string") for c in storage.get("Columns") or ()),
        partition_keys=tuple(
            (c["Name"], c.get("Type") or "string") for c in document.get("PartitionKeys") or ()
        ),
        parameters=parameters,
        serde=serde.get("Parameters") or {},
        kind=document.get("TableType") or "",
        view_text=_view_text(document),
    )


def _view_text(document: Mapping[str, Any]) -> str:
    """Find a view's text for Spark: its SPARK dialect, or the plain text where it names no dialects."""
    shown = document.get("ViewDefinition", {}).get("Representations")
    if shown is None:
        return document.get("ViewExpandedText") or document.get("ViewOriginalText") or ""
    spark = (each for each in shown if each.get("Dialect") == "SPARK")
    return next((each.get("ViewExpandedText") or each["ViewOriginalText"] for each in spark), "")


def _format(parameters: Mapping[str, str], storage: Mapping[str, Any], serde: Mapping[str, Any]) -> str:
    if parameters.get("table_type", "").upper() == "ICEBERG":
        return "iceberg"
    named = (parameters.get("classification") or parameters.get("spark.sql.sources.provider") or "").lower()
    if named:
        return "parquet" if named == "glueparquet" else named
    text = f"{serde.get('SerializationLibrary', '')} {storage.get('InputFormat', '')}".lower()
    return next((word for word in ("parquet", "json", "orc", "avro") if word in text), "csv")


def hive_schema(columns: Sequence[tuple[str, str]]) -> StructType:
    """Give the Spark schema of columns with Hive types."""
    import pyarrow as pa

    from isinglass_connectors.files.types import arrow_type
    from isinglass_runtime.io.types import spark_schema

    return spark_schema(pa.schema([pa.field(name, arrow_type(kind)) for name, kind in columns]))


def partitions(found: CatalogTable, expression: str = "") -> list[PartitionEntry]:
    """Fetch the registered partitions, those that the catalog's expression selects."""
    request = {"DatabaseName": found.database, "TableName": found.name, "ExcludeColumnSchema": True}
    if expression.strip():
        request["Expression"] = expression
    pages = client().get_paginator("get_partitions").paginate(**request)
    return [
        PartitionEntry(
            tuple(entry["Values"]), (entry.get("StorageDescriptor") or {}).get("Location") or found.location
        )
        for page in pages
        for entry in page["Partitions"]
    ]


def databases_exist(name: str) -> bool:
    """Tell whether the catalog has this database."""
    try:
        client().get_database(Name=name.lower())
    except client().exceptions.EntityNotFoundException:
        return False
    return True


def hive_columns(schema: StructType) -> list[dict[str, str]]:
    """Give the catalog's columns of a Spark schema."""
    from isinglass_connectors.files.types import hive_type
    from isinglass_runtime.io.types import arrow_schema

    return [{"Name": f.name.lower(), "Type": hive_type(f.type)} for f in arrow_schema(schema)]


def storage_descriptor(
    columns: list[dict[str, str]], location: str, format: str, options: Mapping[str, Any]
) -> dict[str, Any]:
    """Describe how files of a format are stored, as Hive readers expect it."""
    if format == "parquet":
        prefix = _CLASSES["parquet"]
        classes = (f"{prefix}MapredParquetInputFormat", f"{prefix}MapredParquetOutputFormat")
        serde: dict[str, Any] = {"SerializationLibrary": f"{prefix}serde.ParquetHiveSerDe", "Parameters": {}}
    elif format == "json":
        classes = (_CLASSES["text_input"], _CLASSES["text_output"])
        serde = {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe", "Parameters": {}}
    else:
        classes = (_CLASSES["text_input"], _CLASSES["text_output"])
        separator = str(options.get("sep") or ",")
        serde = {
            "SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
            "Parameters": {"field.delim": separator},
        }
    return {
        "Columns": columns,
        "Location": location,
        "InputFormat": classes[0],
        "OutputFormat": classes[1],
        "Compressed": False,
        "NumberOfBuckets": 0,
        "SerdeInfo": serde,
        "StoredAsSubDirectories": False,
    }


def table_fields(schema: StructType, keys: Sequence[str]) -> tuple[StructType, StructType]:
    """Split a schema into data columns and partition columns, the latter in the order of the keys."""
    by_name = {field.name.lower(): field for field in schema.fields}
    chosen = [key.lower() for key in keys]
    data = [f for f in schema.fields if f.name.lower() not in chosen]
    return StructType(data), StructType([StructField(by_name[k].name, by_name[k].dataType) for k in chosen])
