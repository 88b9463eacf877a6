"""Write tables of our catalog: insert, save as, create as select; the catalog learns of it after the data's
commit.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pyspark.errors import AnalysisException

from isinglass_connectors.storage import urls
from isinglass_runtime.io.database_statements import find as find_database
from isinglass_runtime.io.metastore import CatalogTable, TableNotFoundError, split_name, table
from isinglass_runtime.io.registration import register_write
from isinglass_runtime.io.write import next_write_id, write_files


class ColumnCountError(AnalysisException):  # type: ignore[misc] # pyspark is not followed
    """The rows to insert have another number of columns than the table."""

    def __init__(self, found: CatalogTable, given: Sequence[str], wanted: Sequence[str]) -> None:
        super().__init__(
            f"[INSERT_COLUMN_ARITY_MISMATCH] Cannot write to {found.database}.{found.name}: "
            f"it has the columns {', '.join(wanted)}, the rows have {', '.join(given)}."
        )


def insert_into(
    df: Any,
    name: str,
    *,
    overwrite: bool,
    options: Mapping[str, Any] | None = None,
    static: Mapping[str, str | None] | None = None,
    columns: Sequence[str] | None = None,
) -> None:
    """Insert rows by position (or into named columns), with constants for the partition values that a
    statement fixes.
    """
    from pyspark.sql import functions as F

    found = table(*split_name(name))
    fixed = {key.lower(): value for key, value in (static or {}).items()}
    wanted = [n for n, _ in (*found.columns, *found.partition_keys) if n.lower() not in fixed]
    if columns is not None:
        df = _placed(df, found, wanted, columns)
    if len(df.columns) != len(wanted):
        raise ColumnCountError(found, df.columns, wanted)
    df = df.toDF(*wanted)
    kinds = dict((*found.columns, *found.partition_keys))
    cast = [F.col(f"`{n}`").cast(kinds[n]).alias(n) for n in wanted]
    for key, _ in found.partition_keys:
        if key.lower() in fixed:
            cast.append(F.lit(fixed[key.lower()]).cast(kinds[key]).alias(key))
    ordered = df.select(*cast).select(*(f"`{n}`" for n, _ in (*found.columns, *found.partition_keys)))
    mode = "append"
    if overwrite:
        # As in Hive and Glue: fixed partitions replace themselves, and nothing else of the table.
        mode = "overwrite_partitions" if fixed else "overwrite"
    _write(ordered, found, mode, {**found.options(), **(options or {})})


def _placed(df: Any, found: CatalogTable, wanted: Sequence[str], columns: Sequence[str]) -> Any:
    from pyspark.sql import functions as F

    if len(columns) != len(df.columns):
        raise ColumnCountError(found, df.columns, columns)
    named = df.toDF(*columns)
    by_name = {column.lower(): column for column in columns}
    return named.select(
        *(
            (F.col(f"`{by_name[n.lower()]}`") if n.lower() in by_name else F.lit(None)).alias(n)
            for n in wanted
        )
    )


def _write(df: Any, found: CatalogTable, mode: str, options: Mapping[str, Any]) -> None:
    keys = [key for key, _ in found.partition_keys]
    result = write_files(
        df,
        url=found.location,
        format=found.format,
        options=options,
        partition_keys=keys,
        mode=mode,
        write_id=next_write_id(),
    )
    register_write(
        found.database,
        found.name,
        schema=df.schema,
        location=found.location,
        format=found.format,
        options=options,
        partition_keys=keys,
        partitions=[written.values for written in result.partitions],
        update_schema=False,
    )


def save_as_table(
    df: Any,
    name: str,
    *,
    format: str,
    mode: str,
    partition_keys: Sequence[str] = (),
    options: Mapping[str, Any],
    parameters: Mapping[str, str] | None = None,
) -> None:
    """Create a table with these rows, or append to, replace or leave the one there is."""
    database, table_name = split_name(name)
    try:
        found: CatalogTable | None = table(database, table_name)
    except TableNotFoundError:
        found = None
    if found is not None and mode in {"error", "errorifexists", "default"}:
        raise TableExistsError(database, table_name)
    if found is not None and mode == "ignore":
        return
    if found is not None and mode == "append":
        names = [n for n, _ in (*found.columns, *found.partition_keys)]
        insert_into(df.select(*(f"`{n}`" for n in names)), name, overwrite=False, options=options)
        return
    location = str(options.get("path") or (found.location if found else ""))
    if found is None:
        # Before the data is written: without its database the table could not be registered.
        location = _location(find_database(database), table_name, location)
    else:
        _check_shape(found, format, partition_keys, location)
    rest = {key: value for key, value in options.items() if key != "path"}
    result = write_files(
        df,
        url=location,
        format=format,
        options=rest,
        partition_keys=partition_keys,
        mode="overwrite" if mode == "overwrite" else "append",
        write_id=next_write_id(),
    )
    register_write(
        database,
        table_name,
        schema=df.schema,
        location=location,
        format=format,
        options=rest,
        partition_keys=partition_keys,
        partitions=[written.values for written in result.partitions],
        parameters=parameters,
    )


class TableExistsError(AnalysisException):  # type: ignore[misc] # pyspark is not followed
    """There is a table where one should be created."""

    def __init__(self, database: str, name: str) -> None:
        super().__init__(
            f"[TABLE_OR_VIEW_ALREADY_EXISTS] Cannot create table `{database}`.`{name}`: it exists."
        )


class NoLocationError(AnalysisException):  # type: ignore[misc] # pyspark is not followed
    """Nobody said where a new table's files go."""

    def __init__(self, database: str, name: str) -> None:
        super().__init__(
            f'[NO_LOCATION] Table {database}.{name} needs a place: give the option "path" (or LOCATION), '
            "or the database a "
            "LocationUri."
        )


class TableShapeError(AnalysisException):  # type: ignore[misc] # pyspark is not followed
    """A table should be overwritten as something that its definition is not."""

    def __init__(self, found: CatalogTable, what: str, kept: object, given: object) -> None:
        super().__init__(
            f"[TABLE_DEFINITION_DIFFERS] The {what} of `{found.database}`.`{found.name}` is {kept}, "
            f"not {given}: overwrite it as it is, or drop it and create it at another place."
        )


def _check_shape(found: CatalogTable, format: str, keys: Sequence[str], location: str) -> None:
    """Refuse to write what the table's definition, which stays, would not read."""
    known = [key.lower() for key, _ in found.partition_keys]
    given = [key.lower() for key in keys]
    for what, kept, new in (
        ("format", found.format, format),
        ("partitioning", known, given),
        ("location", urls.folder(found.location), urls.folder(location)),
    ):
        if kept != new:
            raise TableShapeError(found, what, kept or "none", new or "none")


def _location(database: Mapping[str, Any], name: str, chosen: str) -> str:
    if chosen:
        return chosen
    if not database.get("LocationUri"):
        raise NoLocationError(database["Name"], name)
    return urls.join(database["LocationUri"], name.lower()) + "/"
