"""What no engine may run over our catalog: it would fail late, or change only what the engine remembers."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.errors import AnalysisException

from isinglass_runtime.gate.rules.native_files import FILE_FORMATS, TABLE_FORMATS
from isinglass_runtime.gate.tokens import Token
from isinglass_runtime.io import metastore
from isinglass_runtime.io.statement_cursor import Cursor


class StatementRefusedError(AnalysisException):  # type: ignore[misc] # pyspark is not followed
    """A statement that the catalog does not carry out."""

    def __init__(self, statement: str, instead: str) -> None:
        super().__init__(
            f"[UNSUPPORTED_STATEMENT] {statement} is not carried out in the catalog. Instead, {instead}."
        )
        self.statement = statement
        self.instead = instead


@dataclass(frozen=True, slots=True)
class Refusal:
    """The words that a statement begins with, and what to use instead."""

    words: tuple[str, ...]
    instead: str
    #: Parts that the name has at most without one for its catalog.
    parts: int = 2


_TABLES = (
    "write rows with CREATE TABLE … USING parquet, csv or json … AS SELECT or with df.write.saveAsTable, "
    "let a crawler find the files, or call create_table of boto3's Glue client"
)
_VIEWS = (
    "use CREATE TEMPORARY VIEW, or create_table of boto3's Glue client with the TableType VIRTUAL_VIEW for "
    "one that stays"
)
_DATABASES = "call update_database of boto3's Glue client"
_CHANGES = (
    "call update_table of boto3's Glue client, or for partitions batch_create_partition and "
    "batch_delete_partition"
)
_REPAIRS = "run a crawler over the table, or `isinglass partition add`"
_FUNCTIONS = "use spark.udf.register"
_DEFINITION = "call get_table of boto3's Glue client, or run `isinglass table show`"

REFUSALS = (
    Refusal(("CREATE", "TEMPORARY", "TABLE"), "use CREATE TEMPORARY VIEW"),
    Refusal(("CREATE", "TEMP", "TABLE"), "use CREATE TEMPORARY VIEW"),
    Refusal(("CREATE", "EXTERNAL", "TABLE"), _TABLES),
    Refusal(("CREATE", "OR", "REPLACE", "TABLE"), _TABLES),
    Refusal(("REPLACE", "TABLE"), _TABLES),
    Refusal(("CREATE", "TABLE"), _TABLES),
    Refusal(("CREATE", "OR", "REPLACE", "VIEW"), _VIEWS),
    Refusal(("CREATE", "VIEW"), _VIEWS),
    Refusal(("ALTER", "VIEW"), _VIEWS),
    Refusal(("CREATE", "OR", "REPLACE", "FUNCTION"), _FUNCTIONS),
    Refusal(("CREATE", "FUNCTION"), _FUNCTIONS),
    Refusal(("DROP", "FUNCTION"), "call delete_user_defined_function of boto3's Glue client"),
    *(Refusal(("ALTER", kind), _DATABASES, 1) for kind in ("DATABASE", "SCHEMA", "NAMESPACE")),
    *(Refusal(("COMMENT", "ON", kind), _DATABASES, 1) for kind in ("DATABASE", "SCHEMA", "NAMESPACE")),
    Refusal(("COMMENT", "ON", "TABLE"), _CHANGES),
    Refusal(("ALTER", "TABLE"), _CHANGES),
    Refusal(("MSCK", "REPAIR", "TABLE"), _REPAIRS),
    Refusal(("REPAIR", "TABLE"), _REPAIRS),
    Refusal(("TRUNCATE", "TABLE"), "call glueContext.purge_table, which deletes the files"),
    Refusal(("ANALYZE", "TABLE"), "call start_column_statistics_task_run, or `isinglass statistics compute`"),
    Refusal(("LOAD", "DATA"), "read the files and use INSERT INTO"),
    Refusal(("SHOW", "CREATE", "TABLE"), _DEFINITION),
    Refusal(("SHOW", "TBLPROPERTIES"), _DEFINITION),
    Refusal(("SHOW", "TABLE", "EXTENDED"), _DEFINITION),
    Refusal(("SHOW", "VIEWS"), "use SHOW TABLES, which lists views, too"),
    *(
        Refusal((describe, kind), _DEFINITION)
        for describe in ("DESCRIBE", "DESC")
        for kind in ("EXTENDED", "FORMATTED")
    ),
)


def check(tokens: Sequence[Token]) -> None:
    """Refuse a statement that would leave the catalog as it is without saying so."""
    for refusal in REFUSALS:
        cursor = Cursor(tokens)
        if cursor.takes(*refusal.words) and not is_the_engines(cursor, refusal.parts):
            raise StatementRefusedError(" ".join(refusal.words), refusal.instead)


def is_the_engines(cursor: Cursor, parts: int = 2) -> bool:
    """Tell whether the name is in a catalog that the engine has of its own, or is a path to a table."""
    for guard in (("IF", "NOT", "EXISTS"), ("IF", "EXISTS")):
        cursor.takes(*guard)
    if cursor.at >= len(cursor.tokens) or cursor.tokens[cursor.at].kind not in {"word", "quoted"}:
        return False
    name = cursor.name()
    if len(name) == 2 and name[0].lower() in FILE_FORMATS | TABLE_FORMATS and "/" in name[1]:
        return True
    return len(name) > parts and metastore.is_the_engines(name[0])
