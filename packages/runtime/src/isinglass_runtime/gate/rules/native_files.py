"""The engine's own file reading and writing: missing paths read as empty, failed writes leave files.

Reads that our listing prepared carry a mark; everything else of these formats must go through it.
"""

from typing import Any

from isinglass_runtime.gate.gate import Rule, Scope
from isinglass_runtime.gate.plan import SqlText
from isinglass_runtime.gate.verdicts import PlanRefusedError

#: The option that says: these files were listed by `isinglass_runtime.io`; never sent on.
LISTED = "isinglass.listed"
FILE_FORMATS = frozenset({"csv", "json", "parquet", "orc", "avro", "text", "binaryfile", "xml"})
TABLE_FORMATS = frozenset({"delta", "iceberg"})


def apply_to_read(relation: Any, scope: Scope) -> None:  # noqa: ARG001 - every rule has this form
    """Pass scans of listed files, refuse others of file formats."""
    if relation.read.WhichOneof("read_type") != "data_source":
        return
    source = relation.read.data_source
    if LISTED in source.options:
        del source.options[LISTED]
    elif source.format.lower() in FILE_FORMATS:
        raise PlanRefusedError(
            rule="native_files",
            reason=f"A {source.format} path would be read without knowing which of its files are committed.",
            instead="Read through spark.read of this session, or run the job on Spark.",
        )


def apply_to_write(command: Any, scope: Scope) -> None:  # noqa: ARG001 - every rule has this form
    """Refuse writes that are not atomic, and overwriting partitions where it would empty the table."""
    write = command.write_operation
    source = (write.source or "parquet").lower()
    options = {key.lower(): value.lower() for key, value in write.options.items()}
    if source in TABLE_FORMATS and options.get("partitionoverwritemode") == "dynamic":
        raise PlanRefusedError(
            rule="dynamic_overwrite",
            reason=f"The embedded engine would replace all partitions of the {source} table.",
            instead='Use option("replaceWhere", …) or a MERGE, or run the job on Spark.',
        )
    if source in FILE_FORMATS:
        _refuse_write(source)


def apply_to_text(sql: SqlText, scope: Scope) -> None:  # noqa: ARG001 - every rule has this form
    """Refuse statements that write or name files: INSERT OVERWRITE, CREATE … USING a file format."""
    tokens = sql.tokens
    words = [token.upper for token in tokens]
    if words[:2] == ["INSERT", "OVERWRITE"]:
        _refuse_write("INSERT OVERWRITE")
    if words[:1] == ["CREATE"] and "TABLE" in words[:4] and "AS" in words:
        using = words.index("USING") if "USING" in words else -1
        if using < 0 or tokens[using + 1].text.lower() not in TABLE_FORMATS:
            _refuse_write("CREATE TABLE … AS SELECT")
    if words[:1] == ["CREATE"] and "USING" in words[:-1] and "AS" not in words:
        kind = tokens[words.index("USING") + 1].text.lower()
        if kind in FILE_FORMATS:
            raise PlanRefusedError(
                rule="native_files",
                reason=f"Files of a {kind} table would be used without knowing which are committed.",
                instead="Use spark.read and createOrReplaceTempView, or df.write.saveAsTable, or Spark.",
            )
    for index, token in enumerate(tokens[:-2]):
        if (
            token.text.lower() in FILE_FORMATS
            and words[index + 1] == "."
            and tokens[index + 2].kind == "quoted"
        ):
            raise PlanRefusedError(
                rule="native_files",
                reason=f"{token.text}.{tokens[index + 2].text} would be read without listing its files.",
                instead="Use spark.read and createOrReplaceTempView, or run the job on Spark.",
            )


def _refuse_write(what: str) -> None:
    raise PlanRefusedError(
        rule="native_files",
        reason=f"A failed native write ({what}) leaves finished files visible, and the old ones deleted.",
        instead="Write through df.write or GlueContext of this session, or run the job on Spark.",
    )


READ_RULE = Rule("native_files", "0.7.2", ("relation.read",), apply_to_read)
WRITE_RULE = Rule("native_files", "0.7.2", ("command.write_operation",), apply_to_write)
TEXT_RULE = Rule("native_files", "0.7.2", ("sql",), apply_to_text)
