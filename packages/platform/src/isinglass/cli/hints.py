"""What to do next about an error of the API, where the command knows more than the server."""

from collections.abc import Iterator
from contextlib import contextmanager

from isinglass.cli.catalogs import Catalog
from isinglass.cli.errors import CliError


@contextmanager
def hints(**by_code: str) -> Iterator[None]:
    """Add a hint to errors of these codes that have none."""
    try:
        yield
    except CliError as error:
        error.hint = error.hint or by_code.get(error.code, "")
        raise


@contextmanager
def ways_back(catalog: Catalog, database: str, table: str = "") -> Iterator[None]:
    """Hint at what brings a database or its table back that is not there because it was deleted."""
    try:
        yield
    except CliError as error:
        # Other things are not found, too: a version, for example, of a table that is there.
        kind = error.message.partition(" ")[0].upper() if error.code == "EntityNotFoundException" else ""
        if kind in {"TABLE", "DATABASE"}:
            error.hint = _way_back(catalog, kind, database, table) or error.hint
        raise


def _way_back(catalog: Catalog, kind: str, database: str, table: str) -> str:
    listed = catalog.pages("isinglass:ListDeleted", {"DatabaseName": database}, "Deleted")
    try:
        for deleted in listed:
            if deleted["Kind"] != kind or deleted.get("WithDatabase"):
                continue
            if kind == "DATABASE":
                return catalog.command(f"isinglass db restore {database}")
            if deleted["TableName"] == table.lower():
                return catalog.command(f"isinglass table undelete {database}.{table}")
    except CliError:
        pass  # who may not list what was deleted learns what the first error says
    return ""
