"""Reads a dump of a Hive metastore as the records of a catalog."""

import io
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from isinglass.store.hive_metastore import TABLES, HiveMetastore
from isinglass.transfer import records
from isinglass.transfer.files import UnreadableFile, open_reading, unbroken
from isinglass.transfer.hive.column_statistics import statistics_input
from isinglass.transfer.hive.dump import DumpReader
from isinglass.transfer.records import Record
from isinglass.transfer.report import Entry

_RESOURCES = {"1": "JAR", "2": "FILE", "3": "ARCHIVE"}
_TRUE = frozenset({"1", "t", "true", "y", "\x01"})
_MOST_SHAPES = 1024
_LONGEST_COMMENT = 255


def hive_entries(path: str, catalog: str, note: Callable[[str], None]) -> Iterator[Entry]:
    """Yield the records of a dump; `note` is told what is left out.

    Raises DumpUnreadable, and UnreadableFile for a file without a metastore's tables.
    """
    with tempfile.TemporaryDirectory(prefix="isinglass-hive-") as folder:
        metastore = HiveMetastore(Path(folder))
        try:
            if not _read(path, metastore):
                raise UnreadableFile(path, "it has no rows of a metastore's tables, such as DBS and TBLS")
            metastore.complete()
            for name, number in metastore.catalogs().items():
                if name != catalog:
                    note(
                        f"{number} databases of catalog {name} are left out; --hive-catalog {name} takes them"
                    )
            reading = _Reading(metastore, catalog)
            for record in reading.records():
                yield Entry(path, record, _size(record))
            if reading.skewed:
                note(f"{reading.skewed} tables say by which values they are skewed: that is left out")
            if reading.transactional:
                note(f"{reading.transactional} tables are transactional: jobs here do not read such files")
            if reading.shortened:
                note(f"{reading.shortened} comments of columns are cut to one line of 255 characters")
        finally:
            metastore.close()


def _read(path: str, metastore: HiveMetastore) -> int:
    """Read a dump's rows into the metastore; returns how many there were."""
    number = 0
    with (
        unbroken(path),
        io.TextIOWrapper(
            open_reading(path), encoding="utf-8", errors="surrogateescape", newline=""
        ) as stream,
    ):
        for row in DumpReader(stream, TABLES).rows():
            metastore.add(row.table, row.columns, [_text(value) for value in row.values])
            number += 1
    return number


def _text(value: str | None) -> str | None:
    """Replace bytes that are no UTF-8, which no catalog can keep."""
    if value is None or value.isascii():
        return value
    return value.encode(errors="surrogateescape").decode(errors="replace")


def _size(record: Record) -> int:
    descriptor = record.input.get("StorageDescriptor") or {}
    return 500 + 100 * len(descriptor.get("Columns", ()))


@dataclass(slots=True)
class _Reading:
    """Goes through one metastore."""

    metastore: HiveMetastore
    catalog: str
    skewed: int = 0
    transactional: int = 0
    shortened: int = 0
    _columns: dict[int, list[dict[str, Any]]] = field(default_factory=dict)

    def records(self) -> Iterator[Record]:
        for database in self.metastore.databases(self.catalog):
            name = str(database["NAME"]).lower()
            made = _present(
                Description=database["DESC"],
                LocationUri=database["DB_LOCATION_URI"],
                Parameters=self.metastore.parameters("DATABASE_PARAMS", database["DB_ID"]),
            )
            yield Record(records.DATABASE, {"DatabaseName": name}, made)
            for function in self.metastore.functions(database["DB_ID"]):
                yield self._function(name, function)
            for table in self.metastore.tables(database["DB_ID"]):
                yield from self._table(name, table)

    def _function(self, database: str, function: Mapping[str, Any]) -> Record:
        resources = [
            {"ResourceType": _RESOURCES.get(str(each["RESOURCE_TYPE"]), "JAR"), "Uri": each["RESOURCE_URI"]}
            for each in self.metastore.of("FUNC_RU", function["FUNC_ID"])
        ]
        made = _present(
            ClassName=function["CLASS_NAME"],
            OwnerName=function["OWNER_NAME"],
            OwnerType=function["OWNER_TYPE"],
            ResourceUris=resources,
        )
        names = {"DatabaseName": database, "FunctionName": str(function["FUNC_NAME"]).lower()}
        return Record(records.FUNCTION, names, made)

    def _table(self, database: str, table: Mapping[str, Any]) -> Iterator[Record]:
        names = {"DatabaseName": database, "TableName": str(table["TBL_NAME"]).lower()}
        keys = [
            _present(Name=key["PKEY_NAME"], Type=key["PKEY_TYPE"], Comment=self._comment(key["PKEY_COMMENT"]))
            for key in self.metastore.of("PARTITION_KEYS", table["TBL_ID"])
        ]
        self.skewed += bool(self.metastore.of("SKEWED_COL_NAMES", table["SD_ID"]))
        parameters = self.metastore.parameters("TABLE_PARAMS", table["TBL_ID"])
        self.transactional += parameters.get("transactional", "").lower() == "true"
        made = _present(
            Owner=table["OWNER"],
            Retention=_number(table["RETENTION"]),
            LastAccessTime=_number(table["LAST_ACCESS_TIME"]),
            TableType=table["TBL_TYPE"],
            ViewOriginalText=table["VIEW_ORIGINAL_TEXT"],
            ViewExpandedText=table["VIEW_EXPANDED_TEXT"],
            Parameters=parameters,
            StorageDescriptor=self._descriptor(table["SD_ID"]),
        )
        yield Record(records.TABLE, names, {**made, "PartitionKeys": keys})
        yield from self._statistics(records.TABLE_STATISTICS, "TAB_COL_STATS", names, table["TBL_ID"])
        for partition in self.metastore.partitions(table["TBL_ID"]):
            of_partition = {**names, "Values": self._values(partition["PART_ID"])}
            made = _present(
                LastAccessTime=_number(partition["LAST_ACCESS_TIME"]),
                Parameters=self.metastore.parameters("PARTITION_PARAMS", partition["PART_ID"]),
                StorageDescriptor=self._descriptor(partition["SD_ID"]),
            )
            yield Record(records.PARTITION, of_partition, made)
        # After all partitions, which are put many at once.
        for partition in self.metastore.analyzed_partitions(table["TBL_ID"]):
            of_partition = {**names, "Values": self._values(partition["PART_ID"])}
            yield from self._statistics(
                records.PARTITION_STATISTICS, "PART_COL_STATS", of_partition, partition["PART_ID"]
            )

    def _values(self, partition_id: int) -> list[str]:
        values = self.metastore.of("PARTITION_KEY_VALS", partition_id)
        return [str(value["PART_KEY_VAL"] or "") for value in values]

    def _statistics(self, kind: str, table: str, names: Mapping[str, Any], owner_id: int) -> Iterator[Record]:
        for row in self.metastore.of(table, owner_id):
            made = statistics_input(row)
            if made is not None:
                yield Record(kind, {**names, "ColumnName": row["COLUMN_NAME"]}, made)

    def _descriptor(self, descriptor_id: int | None) -> dict[str, Any]:
        found = self.metastore.of("SDS", descriptor_id)
        if not found:
            return {}
        [row, *_] = found
        sorted_by = [
            {"Column": each["COLUMN_NAME"], "SortOrder": _number(each["ORDER"], lowest=None)}
            for each in self.metastore.of("SORT_COLS", descriptor_id)
        ]
        return {
            "Columns": self._columns_of(row["CD_ID"]),
            "Compressed": _true(row["IS_COMPRESSED"]),
            "StoredAsSubDirectories": _true(row["IS_STOREDASSUBDIRECTORIES"]),
            **_present(
                Location=row["LOCATION"],
                InputFormat=row["INPUT_FORMAT"],
                OutputFormat=row["OUTPUT_FORMAT"],
                NumberOfBuckets=_number(row["NUM_BUCKETS"], lowest=None),
                BucketColumns=[
                    each["BUCKET_COL_NAME"] for each in self.metastore.of("BUCKETING_COLS", descriptor_id)
                ],
                SortColumns=sorted_by,
                Parameters=self.metastore.parameters("SD_PARAMS", descriptor_id),
                SerdeInfo=self._serde(row["SERDE_ID"]),
            ),
        }

    def _columns_of(self, columns_id: int | None) -> list[dict[str, Any]]:
        """Read a list of columns, which most partitions of a table share."""
        if columns_id is None:
            return []
        if columns_id not in self._columns:
            if len(self._columns) >= _MOST_SHAPES:
                self._columns.clear()
            self._columns[columns_id] = [
                _present(
                    Name=each["COLUMN_NAME"], Type=each["TYPE_NAME"], Comment=self._comment(each["COMMENT"])
                )
                for each in self.metastore.of("COLUMNS_V2", columns_id)
            ]
        return self._columns[columns_id]

    def _comment(self, comment: str | None) -> str | None:
        """Fit a column's comment into the one line of 255 characters that Glue has for it."""
        if comment is None:
            return None
        fitting = "".join(each if each.isprintable() else " " for each in comment[:_LONGEST_COMMENT])
        self.shortened += fitting != comment
        return fitting

    def _serde(self, serde_id: int | None) -> dict[str, Any]:
        found = self.metastore.of("SERDES", serde_id)
        name, library = (found[0]["NAME"], found[0]["SLIB"]) if found else (None, None)
        parameters = self.metastore.parameters("SERDE_PARAMS", serde_id)
        return _present(Name=name, SerializationLibrary=library, Parameters=parameters)


def _present(**members: Any) -> dict[str, Any]:
    """Keep the members that say something."""
    return {name: value for name, value in members.items() if value is not None and value not in ("", {}, [])}


def _true(value: str | None) -> bool:
    return value is not None and value.lower() in _TRUE


def _number(value: str | None, lowest: int | None = 1) -> int | None:
    """Read a number; zero is how Hive writes that it does not know."""
    if value is None:
        return None
    number = int(value)
    return number if lowest is None or number >= lowest else None
