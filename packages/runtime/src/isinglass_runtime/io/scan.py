"""Decide how listed files are read: which schema, and which files the engine's own reader may have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
from pyspark.sql.types import StructType

from isinglass_connectors.files.fetching import SMALL, Spool
from isinglass_connectors.files.infer import Inferred, find_choices, infer_schema
from isinglass_connectors.files.options import ReadOptions
from isinglass_connectors.files.records import ERROR_SCHEMA
from isinglass_connectors.files.source import FileSource
from isinglass_connectors.files.source_files import SourceFile
from isinglass_connectors.files.types import is_choice
from isinglass_connectors.storage import urls
from isinglass_runtime.engine.active import ENGINE
from isinglass_runtime.engine.shipping import prepare
from isinglass_runtime.io import cleanliness, native, tolerant
from isinglass_runtime.io.frames import FileFrame
from isinglass_runtime.io.listing import InputFile, Listing
from isinglass_runtime.io.read import Style, option_text, storage
from isinglass_runtime.io.spooling import spool_for
from isinglass_runtime.io.types import arrow_schema, ddl, spark_schema
from isinglass_runtime.tally import TALLY

#: Where Spark puts a bad record's text unless told otherwise.
CORRUPT_RECORD = "_corrupt_record"
#: So many small files are not worth the engine's opening them one by one.
_MANY = 16


@dataclass(frozen=True, slots=True)
class Scan:
    """A read that is decided: its schema, and its files by who reads them."""

    format: str
    options: ReadOptions
    #: What the engine's reader is told; the same in its words.
    native_options: Mapping[str, str]
    schema: pa.Schema
    partition_schema: StructType
    clean: Listing
    dirty: Listing
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def plan(
        cls,
        spark: Any,
        listing: Listing,
        *,
        format: str,
        options: Mapping[str, Any] | ReadOptions,
        columns: StructType | None,
        partition_schema: StructType,
        style: Style,
        find_choices: bool,
    ) -> "Scan":
        """Find the schema if none is given, and sort the files by cleanliness."""
        by_spark = not ENGINE.embedded and ENGINE.reads(listing.files[0].info.url)
        if by_spark and isinstance(options, Mapping) and style == "spark" and not find_choices:
            return cls._of_spark(spark, listing, format, options, columns, partition_schema)
        parsed = options if isinstance(options, ReadOptions) else ReadOptions.from_spark(options)
        spoken = _native_options(format, parsed, options)
        schema = None if columns is None else arrow_schema(columns)
        dirty: set[str] | None = None
        if schema is None:
            typed = isinstance(options, Mapping) and _flag(options, "inferSchema")
            schema, dirty = _inferred(
                spark,
                listing,
                format,
                parsed,
                spoken,
                style=style,
                typed=typed,
                merge=isinstance(options, Mapping) and _flag(options, "mergeSchema"),
            )
            inside = {name.lower() for name in partition_schema.names}
            schema = pa.schema([f for f in schema if f.name.lower() not in inside])
        elif find_choices and format != "parquet" and _in_small_pieces(listing):
            schema = _with_choices(listing, format, parsed, schema)
        elif find_choices and format != "parquet":
            schema, dirty = _choices_and_dirt(spark, listing, format, parsed, spoken, schema)
        if parsed.corrupt_column is None and CORRUPT_RECORD in schema.names:
            parsed = replace(parsed, corrupt_column=CORRUPT_RECORD)
        choices = {f.name: tuple(a.name for a in f.type) for f in schema if is_choice(f.type)}
        if dirty is None:
            dirty = _dirty_files(spark, listing, format, parsed, spoken, schema, wants_more=bool(choices))
        return cls(
            format,
            parsed,
            spoken,
            schema,
            partition_schema,
            clean=Listing(listing.keys, tuple(f for f in listing.files if f.info.url not in dirty)),
            dirty=Listing(listing.keys, tuple(f for f in listing.files if f.info.url in dirty)),
            choices=choices,
        )

    @classmethod
    def _of_spark(
        cls,
        spark: Any,
        listing: Listing,
        format: str,
        options: Mapping[str, Any],
        columns: StructType | None,
        partition_schema: StructType,
    ) -> "Scan":
        """Leave everything but the listing to Spark's readers, which are the ones that ours imitate."""
        spoken = {
            key: option_text(value)
            for key, value in options.items()
            if value is not None and key != "basePath"
        }
        if columns is None:
            bare = Listing((), tuple(InputFile(file.info) for file in listing.files))
            found = native.scan(
                spark, bare, format=format, options=spoken, schema=None, partition_schema=StructType([])
            )
            inside = {name.lower() for name in partition_schema.names}
            columns = StructType([f for f in found.schema.fields if f.name.lower() not in inside])
        schema = arrow_schema(columns)
        empty = Listing(listing.keys, ())
        return cls(format, ReadOptions(), spoken, schema, partition_schema, clean=listing, dirty=empty)

    def frame(self, spark: Any) -> FileFrame:
        """Give the frame over all files, and the bad records where there can be any."""
        parts = []
        ENGINE.gate.note_sizes({urls.normalise(f.info.url): f.info.size for f in self.clean.files})
        if self.clean.files:
            scanned = native.scan(
                spark,
                self.clean,
                format=self.format,
                options=self.native_options,
                schema=spark_schema(self.schema),
                partition_schema=self.partition_schema,
            )
            if not self.options.empty_is_null:
                texts = [f.name for f in self.schema if pa.types.is_string(f.type)]
                scanned = scanned.fillna("", subset=texts) if texts else scanned
            parts.append(scanned)
        errors = None
        if self.dirty.files:
            prepare(spark)
            source = file_source(
                self.dirty.files, self.format, self.options, self.schema, self.partition_schema
            )
            text = tolerant.encoded(source)
            columns = StructType([*spark_schema(self.schema).fields, *self.partition_schema.fields])
            parts.append(spark.read.format(tolerant.ROWS).schema(ddl(columns)).option("source", text).load())
            if self.format != "parquet":
                bad = spark_schema(ERROR_SCHEMA)
                errors = spark.read.format(tolerant.ERRORS).schema(ddl(bad)).option("source", text).load()
        frame = parts[0]
        for part in parts[1:]:
            frame = frame.unionAll(part)
        files = len(self.clean.files) + len(self.dirty.files)
        size = self.clean.size + self.dirty.size
        TALLY.read(files=files, size=size)
        return FileFrame(frame, errors, self.choices, files, size)


def file_source(
    files: Sequence[InputFile],
    format: str,
    options: ReadOptions,
    schema: pa.Schema,
    partition_schema: StructType,
) -> FileSource:
    """Give the tolerant reader of files."""
    found = tuple(SourceFile(f.info.url, f.info.size, f.values, f.info.etag) for f in files)
    return FileSource(
        storage().options,
        format,
        found,
        schema,
        options,
        arrow_schema(partition_schema),
        split_size=_split_size(found),
        spool=spool_for(found),
    )


def _in_small_pieces(listing: Listing) -> bool:
    """Tell whether our reader is the quicker one, which opens many files at once and reads each only once."""
    return len(listing.files) >= _MANY and listing.size <= len(listing.files) * SMALL


def _split_size(files: Sequence[SourceFile]) -> int:
    """Aim at a few tasks per core, none too small to be worth one."""
    total = sum(file.size for file in files)
    return min(max(total // 8, 4 << 20), 64 << 20)


def _flag(options: Mapping[str, Any], name: str) -> bool:
    for key, value in options.items():
        if key.lower() == name.lower():
            return option_text(value).lower() == "true"
    return False


def _inferred(
    spark: Any,
    listing: Listing,
    format: str,
    options: ReadOptions,
    spoken: Mapping[str, str],
    *,
    style: Style,
    typed: bool,
    merge: bool,
) -> tuple[pa.Schema, set[str] | None]:
    """Give the schema, and the dirty files where finding it has shown them."""
    files = [SourceFile(f.info.url, f.info.size, f.values, f.info.etag) for f in listing.files]
    if format == "parquet" and not merge and style == "spark":
        files = files[:1]
    if format == "csv" and typed and style == "spark" and not _in_small_pieces(listing):
        quick = cleanliness.quick_inference(spark, listing, options, spoken)
        if quick is not None:
            return quick, set()
    folder = spool_for(files)
    spool = Spool(folder) if folder else None
    found: Inferred = infer_schema(storage(), files, format, options, style=style, typed=typed, spool=spool)
    return found.schema, None


def _choices_and_dirt(
    spark: Any,
    listing: Listing,
    format: str,
    options: ReadOptions,
    spoken: Mapping[str, str],
    schema: pa.Schema,
) -> tuple[pa.Schema, set[str] | None]:
    """Give the schema with its choices or, without any, the dirty files.

    What the engine's reader takes without complaint cannot hold a value of another type. Once a column is a
    choice the engine gets no file, so that the rest need not be told apart.
    """
    if format != "json" or not _may_be_clean(listing, options, schema):
        dirty = _dirty_files(spark, listing, format, options, spoken, schema, wants_more=False)
        return (_with_choices(listing, format, options, schema), None) if dirty else (schema, dirty)
    for index, file in enumerate(listing.files):
        if cleanliness.is_clean_json(file, options, schema):
            continue
        found = _with_choices(Listing(listing.keys, listing.files[index:]), format, options, schema)
        if found != schema:
            return found, None
        rest = Listing(listing.keys, listing.files[index + 1 :])
        return schema, {file.info.url} | cleanliness.dirty_files(spark, rest, format, options, spoken, schema)
    return schema, set()


def _with_choices(listing: Listing, format: str, options: ReadOptions, schema: pa.Schema) -> pa.Schema:
    source = file_source(listing.files, format, options, schema, StructType([]))
    bare = tuple(replace(file, partition=()) for file in source.files)
    return find_choices(replace(source, files=bare)).schema


def _dirty_files(
    spark: Any,
    listing: Listing,
    format: str,
    options: ReadOptions,
    spoken: Mapping[str, str],
    schema: pa.Schema,
    *,
    wants_more: bool,
) -> set[str]:
    """Name the files that the engine's reader must not have."""
    everything = {file.info.url for file in listing.files}
    if format == "parquet":
        return set() if ENGINE.reads(listing.files[0].info.url) and native.can_scan(listing) else everything
    if wants_more or not _may_be_clean(listing, options, schema):
        return everything
    return cleanliness.dirty_files(spark, listing, format, options, spoken, schema)


def _may_be_clean(listing: Listing, options: ReadOptions, schema: pa.Schema) -> bool:
    """Tell whether it is worth looking for files of text that the engine's reader may have."""
    if not ENGINE.reads(listing.files[0].info.url) or not native.can_scan(listing):
        return False
    return not (options.corrupt_column or CORRUPT_RECORD in schema.names or _in_small_pieces(listing))


def _native_options(
    format: str, options: ReadOptions, given: Mapping[str, Any] | ReadOptions
) -> dict[str, str]:
    """Say the options in the engine's words; what it has no word for makes a file dirty, in `cleanliness`."""
    if format == "csv":
        return {
            "header": option_text(options.header),
            "sep": options.separator,
            "quote": options.quote or "\0",
            "escape": options.escape or "\0",
        }
    if format == "parquet" and isinstance(given, Mapping):
        return {"mergeSchema": "true"} if _flag(given, "mergeSchema") else {}
    return {}
