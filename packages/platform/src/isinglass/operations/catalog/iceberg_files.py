"""Reads and writes metadata files of Iceberg tables, in the storage of the caller's account."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from isinglass.domain.iceberg.catalog_tables import next_pointer, pointer_of, pointing
from isinglass.domain.iceberg.columns import described
from isinglass.domain.iceberg.metadata import new_metadata, opened, updated
from isinglass.model.glue.errors import AccessDeniedException, InvalidInputException
from isinglass.operations.context import Context
from isinglass.store.catalog_tables import CatalogTable

#: Metadata grows with the table's snapshots; what is larger than this is not a metadata file.
_LARGEST = 128 * 1024 * 1024
_DEFAULT_VERSION = "2"


def create(ctx: Context, document: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Write the first metadata file of a table to be made; returns the table's document pointing to it.

    Nothing refers to the file before the table is stored: a crash in between leaves a file and no table.
    """
    wanted = given.get("CreateIcebergTableInput") or described(document)
    metadata = new_metadata(wanted, given.get("Version", _DEFAULT_VERSION), str(uuid4()), ctx.now)
    pointer = next_pointer(metadata, None, str(uuid4()))
    _write(ctx, pointer, metadata)
    return pointing(document, metadata, pointer)


def update(ctx: Context, table: CatalogTable, updates: list[Any]) -> dict[str, Any]:
    """Write the metadata file that follows from a table's current one; returns the table's next document."""
    previous = pointer_of(table.name, table.document)
    metadata = updated(_read(ctx, previous), updates, previous, ctx.now)
    pointer = next_pointer(metadata, previous, str(uuid4()))
    _write(ctx, pointer, metadata)
    return pointing(table.document, metadata, pointer)


def latest(ctx: Context, table: CatalogTable) -> dict[str, Any]:
    """Read the metadata that a table points to."""
    return _read(ctx, pointer_of(table.name, table.document))


def forget(ctx: Context, document: Mapping[str, Any]) -> None:
    """Delete the metadata file of a table that could not be stored."""
    storage = _storage(ctx, pointer := pointer_of("", document))
    storage.delete([pointer])


def _read(ctx: Context, pointer: str) -> dict[str, Any]:
    from isinglass_connectors.storage.errors import StorageError

    try:
        text = _storage(ctx, pointer).read(pointer, 0, _LARGEST + 1)
    except StorageError as error:
        raise InvalidInputException(f"The Iceberg metadata cannot be read: {error}") from error
    if len(text) > _LARGEST:
        raise InvalidInputException(f"{pointer} is larger than {_LARGEST} bytes")
    try:
        return opened(json.loads(text))
    except ValueError as error:
        raise InvalidInputException(f"{pointer} is no metadata file of Iceberg: {error}") from error


def _write(ctx: Context, pointer: str, metadata: Mapping[str, Any]) -> None:
    from isinglass_connectors.storage.errors import StorageError

    try:
        _storage(ctx, pointer).create(pointer, json.dumps(metadata, ensure_ascii=False).encode())
    except StorageError as error:
        raise InvalidInputException(f"The Iceberg metadata cannot be written: {error}") from error


def _storage(ctx: Context, url: str) -> Any:
    """Open the account's storage for a file that it may name."""
    from isinglass.crawl.access import open_storage
    from isinglass_connectors.storage import urls

    try:
        is_remote = urls.is_s3(url)
        urls.parse(urls.normalise(url))
    except ValueError as error:
        raise InvalidInputException(f"{url!r} is no location: {error}") from error
    if not is_remote and not ctx.may_use_local_files:
        raise AccessDeniedException(f"Only the root account may keep tables in local files, as {url} is")
    return open_storage(ctx.services.storage_of(ctx.principal))
