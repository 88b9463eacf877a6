"""How files are to be read: Spark's and Glue's option maps as one checked value."""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from isinglass_connectors.files.casting import ISO, TextFormats
from isinglass_connectors.files.java_formats import strptime_formats

Mode = Literal["PERMISSIVE", "DROPMALFORMED", "FAILFAST"]
MODES: tuple[Mode, ...] = ("PERMISSIVE", "DROPMALFORMED", "FAILFAST")
_ESCAPES = {"\\t": "\t", "\\n": "\n", "\\0": "\0", "\\\\": "\\", "tab": "\t"}


class OptionError(ValueError):
    """An option whose value cannot be used: which, what, and what would do."""

    def __init__(self, option: str, value: object, expected: str) -> None:
        super().__init__(f"option {option}={value!r}: expected {expected}")
        self.option = option


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Everything a text reader may be told; the defaults are Spark's. Parquet uses none of it."""

    mode: Mode = "PERMISSIVE"
    #: Where a bad record's raw text goes; None keeps it in the errors only.
    corrupt_column: str | None = None
    encoding: str = "utf-8"
    multi_line: bool = False
    formats: TextFormats = ISO
    # CSV
    separator: str = ","
    quote: str | None = '"'
    escape: str | None = "\\"
    comment: str | None = None
    header: bool = False
    #: Glue's skipFirst: drop the first record that is not the header.
    skip_first: bool = False
    null_value: str = ""
    #: Glue reads an empty field as an empty string, Spark as null.
    empty_is_null: bool = True
    trim_left: bool = False
    trim_right: bool = False
    #: Catalog tables and Glue: a short or long row is filled or cut, and is no bad record.
    ragged_ok: bool = False
    # JSON
    json_path: str | None = None

    @classmethod
    def from_spark(cls, options: Mapping[str, Any]) -> "ReadOptions":
        """Read `spark.read` options; names match whatever their case, as in Spark."""
        given = _Given(options)
        mode = given.text("mode", "PERMISSIVE").upper()
        escape = given.char("escape", "\\")
        return cls(
            mode=next((known for known in MODES if known == mode), "PERMISSIVE"),
            corrupt_column=given.optional("columnNameOfCorruptRecord"),
            encoding=given.encoding(),
            multi_line=given.flag("multiLine", default=False),
            formats=given.formats(),
            separator=given.char("sep", given.char("delimiter", ",") or ",") or ",",
            quote=given.char("quote", '"'),
            escape=escape,
            comment=given.char("comment", None),
            header=given.flag("header", default=False),
            null_value=given.text("nullValue", ""),
            trim_left=given.flag("ignoreLeadingWhiteSpace", default=False),
            trim_right=given.flag("ignoreTrailingWhiteSpace", default=False),
        )

    @classmethod
    def from_glue(cls, options: Mapping[str, Any]) -> "ReadOptions":
        """Read Glue's `format_options` for csv and json."""
        given = _Given(options)
        quote = options.get("quoteChar", '"')
        return cls(
            encoding=given.encoding(),
            multi_line=given.flag("multiLine", default=False),
            separator=given.char("separator", ",") or ",",
            quote=None if str(quote) == "-1" else given.char("quoteChar", '"'),
            escape=given.char("escaper", None),
            header=given.flag("withHeader", default=False),
            skip_first=given.flag("skipFirst", default=False),
            empty_is_null=False,
            ragged_ok=True,
            json_path=given.optional("jsonPath"),
        )


class _Given:
    """An option map looked up without regard to case; Spark passes values as text, Glue as anything."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = {str(name).lower(): value for name, value in options.items() if value is not None}

    def optional(self, name: str) -> str | None:
        value = self._options.get(name.lower())
        return None if value is None or value == "" else str(value)

    def text(self, name: str, default: str) -> str:
        return str(self._options.get(name.lower(), default))

    def flag(self, name: str, *, default: bool) -> bool:
        value = self._options.get(name.lower(), default)
        if isinstance(value, bool):
            return value
        if str(value).lower() not in {"true", "false"}:
            raise OptionError(name, value, "true or false")
        return str(value).lower() == "true"

    def char(self, name: str, default: str | None) -> str | None:
        """One character; an empty value switches the feature off."""
        if name.lower() not in self._options:
            return default
        value = str(self._options[name.lower()])
        value = _ESCAPES.get(value, value)
        if value in {"", "\0"} and name != "separator":
            return None
        if len(value) != 1:
            raise OptionError(name, value, "one character")
        return value

    def encoding(self) -> str:
        name = self.text("encoding", self.text("charset", "utf-8"))
        try:
            return codecs.lookup(name).name
        except LookupError:
            raise OptionError("encoding", name, "a known character set such as UTF-8 or ISO-8859-1") from None

    def formats(self) -> TextFormats:
        formats = TextFormats(self.optional("dateFormat"), self.optional("timestampFormat"))
        for name, pattern in (("dateFormat", formats.date), ("timestampFormat", formats.timestamp)):
            try:
                strptime_formats(pattern or "")
            except ValueError as error:
                raise OptionError(name, pattern, f"a date pattern ({error})") from error
        return formats
