"""How files are to be written: Spark's and Glue's option maps as one checked value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from isinglass_connectors.files.options import OptionError

WriteMode = Literal["append", "overwrite", "overwrite_partitions"]
MODES: tuple[WriteMode, ...] = ("append", "overwrite", "overwrite_partitions")
_NONE = {"", "none", "uncompressed"}
_TEXT_CODECS = {"gzip": "gzip", "gz": "gzip", "bzip2": "bzip2", "bz2": "bzip2", "zstd": "zstd", "lz4": "lz4"}
_PARQUET_CODECS = {"snappy", "gzip", "zstd", "lz4", "brotli"}
_EXTENSIONS = {"gzip": ".gz", "bzip2": ".bz2", "zstd": ".zst", "lz4": ".lz4"}
FORMATS = ("parquet", "csv", "json")


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """The format and its details; the defaults are Spark's."""

    format: str = "parquet"
    #: `none` or a codec of the format.
    compression: str = "snappy"
    #: Begin another file after so many rows; 0 is no limit.
    max_rows_per_file: int = 0
    # CSV
    separator: str = ","
    quote: str | None = '"'
    escape: str = "\\"
    header: bool = False
    quote_all: bool = False
    null_value: str = ""
    empty_value: str = '""'
    trim: bool = False
    # JSON
    ignore_null_fields: bool = True

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise OptionError("format", self.format, "parquet, csv or json")

    @property
    def extension(self) -> str:
        """What a file's name ends in, as Spark writes it."""
        if self.format == "parquet":
            return ".parquet" if self.compression == "none" else f".{self.compression}.parquet"
        return f".{self.format}{_EXTENSIONS.get(self.compression, '')}"

    @classmethod
    def from_spark(cls, format: str, options: Mapping[str, Any]) -> "WriteOptions":
        """Read `df.write` options."""
        given = {str(k).lower(): v for k, v in options.items() if v is not None}
        return cls(
            format=format,
            compression=_codec(format, given.get("compression", given.get("codec"))),
            max_rows_per_file=_count(given.get("maxrecordsperfile", 0)),
            separator=_char(given.get("sep", given.get("delimiter", ",")), "sep"),
            quote=_char(given.get("quote", '"'), "quote", optional=True) or None,
            escape=_char(given.get("escape", "\\"), "escape"),
            header=_flag(given.get("header", False), "header"),
            quote_all=_flag(given.get("quoteall", False), "quoteAll"),
            null_value=str(given.get("nullvalue", "")),
            empty_value=str(given.get("emptyvalue", '""')),
            # Spark trims what it writes to CSV unless told not to.
            trim=_flag(given.get("ignoreleadingwhitespace", True), "ignoreLeadingWhiteSpace"),
            ignore_null_fields=_flag(given.get("ignorenullfields", True), "ignoreNullFields"),
        )

    @classmethod
    def from_glue(cls, format: str, options: Mapping[str, Any]) -> "WriteOptions":
        """Read Glue's `format_options` and the `compression` of its connection options."""
        given = {str(k).lower(): v for k, v in options.items() if v is not None}
        known = "parquet" if format == "glueparquet" else format
        quote = str(given.get("quotechar", '"'))
        return cls(
            format=known,
            compression=_codec(known, given.get("compression")),
            separator=_char(given.get("separator", ","), "separator"),
            quote=None if quote == "-1" else _char(quote, "quoteChar"),
            escape="" if quote == "-1" else _char(quote, "quoteChar"),
            header=_flag(given.get("writeheader", True), "writeHeader"),
            empty_value="",
        )


def _codec(format: str, value: object) -> str:
    if value is None:
        return "snappy" if format == "parquet" else "none"
    name = str(value).lower()
    if name in _NONE:
        return "none"
    if format == "parquet" and name in _PARQUET_CODECS:
        return name
    if format != "parquet" and name in _TEXT_CODECS:
        return _TEXT_CODECS[name]
    known = sorted(_PARQUET_CODECS if format == "parquet" else set(_TEXT_CODECS.values()))
    raise OptionError("compression", value, f"none, {', '.join(known)}")


def _char(value: object, option: str, *, optional: bool = False) -> str:
    text = {"\\t": "\t"}.get(str(value), str(value))
    if len(text) == 1 or (optional and text in {"", "\0"}):
        return "" if text == "\0" else text
    raise OptionError(option, value, "one character")


def _flag(value: object, option: str) -> bool:
    if str(value).lower() not in {"true", "false"}:
        raise OptionError(option, value, "true or false")
    return str(value).lower() == "true"


def _count(value: object) -> int:
    try:
        return max(0, int(str(value)))
    except ValueError:
        raise OptionError("maxRecordsPerFile", value, "a whole number") from None
