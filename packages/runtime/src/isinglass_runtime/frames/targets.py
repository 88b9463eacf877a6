"""Write frames: files, then the catalog's entry for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from isinglass_runtime.frames.frame import Frame
from isinglass_runtime.frames.glue_options import FileRequest, flag
from isinglass_runtime.frames.sources import text_of_choices


@dataclass(frozen=True, slots=True)
class CatalogTarget:
    """The table that a write keeps up to date."""

    database: str
    table: str
    #: Whether the table's columns may change, or only partitions be added (`updateBehavior: LOG`).
    update_schema: bool = True
    parameters: Mapping[str, str] = field(default_factory=dict)


def catalog_target(
    options: Mapping[str, Any], database: str | None, table: str | None, format: str
) -> CatalogTarget | None:
    """Decide whether a write updates the catalog, from its options and `setCatalogInfo`."""
    if not database or not table or not flag(options.get("enableUpdateCatalog", False)):
        return None
    behavior = str(options.get("updateBehavior", "UPDATE_IN_DATABASE"))
    if behavior not in ("UPDATE_IN_DATABASE", "LOG"):
        message = f"updateBehavior must be UPDATE_IN_DATABASE or LOG, not {behavior!r}"
        raise ValueError(message)
    return CatalogTarget(database, table, behavior == "UPDATE_IN_DATABASE", {"classification": format})


def write_request(
    frame: Frame,
    request: FileRequest,
    *,
    partition_keys: tuple[str, ...] = (),
    mode: str = "append",
    catalog: CatalogTarget | None = None,
) -> Any:
    """Write files below the request's path; when they are committed, tell the catalog."""
    from isinglass_connectors.sink.options import WriteOptions
    from isinglass_runtime.io.write import next_write_id, write_files

    if request.format == "csv":
        frame = text_of_choices(frame)
    df = frame.df
    missing = [key for key in partition_keys if key not in df.columns]
    if missing:
        message = f"partitionKeys {missing} are not fields of the frame; it has {df.columns}"
        raise ValueError(message)
    options = WriteOptions.from_glue(request.format, request.options)
    result = write_files(
        df,
        url=request.urls[0],
        format=request.format,
        options=options,
        partition_keys=partition_keys,
        mode=mode,
        write_id=next_write_id(),
    )
    if catalog is not None:
        _register(df, request, partition_keys, result, catalog)
    return result


def _register(
    df: Any,
    request: FileRequest,
    keys: tuple[str, ...],
    result: Any,
    catalog: CatalogTarget,
) -> None:
    from isinglass_runtime.io.catalog import register_write

    if not result.files:
        # Glue's writers leave the catalog alone when there was nothing to write.
        return
    register_write(
        catalog.database,
        catalog.table,
        schema=df.schema,
        location=request.urls[0],
        format=request.format,
        options=_spark_words(request),
        partition_keys=keys,
        partitions=[partition.values for partition in result.partitions],
        update_schema=catalog.update_schema,
        parameters=catalog.parameters,
    )


def _spark_words(request: FileRequest) -> dict[str, str]:
    """Say how the files were written in the words that describe a table."""
    if request.format != "csv":
        return {}
    header = flag(request.options.get("writeHeader", True))
    return {"header": str(header).lower(), "sep": str(request.options.get("separator", ","))}
