"""How people name tables and partitions on the command line."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, unquote

from isinglass.cli.errors import INVALID, CliError, usage

_BETWEEN = re.compile(r"[./]")


def table_name(text: str) -> tuple[str, str]:
    """Read `database.table`, `database/table` or a table's ARN; a table's name may have dots and slashes."""
    if text.startswith("arn:"):
        kind, _, rest = text.rpartition(":")[2].partition("/")
        if kind != "table":
            raise usage(f"{text} does not name a table")
        database, _, name = rest.partition("/")
    else:
        database, name = (*_BETWEEN.split(text, maxsplit=1), "")[:2]
    if not database or not name:
        raise usage(f"{text} does not name a table", f"isinglass tables {text}      or DATABASE.TABLE")
    return database, name


def partition_values(table: dict[str, Any], text: str) -> list[str]:
    """Read a partition of a table as its folder is called, `year=2026/month=01`; the order is free."""
    keys = [key["Name"] for key in table.get("PartitionKeys", [])]
    name = f"{table['DatabaseName']}.{table['Name']}"
    if not keys:
        raise CliError(f"table {name} has no partition keys", exit_code=INVALID)
    given: dict[str, str] = {}
    for part in text.strip("/").split("/"):
        key, equals, value = part.partition("=")
        if not equals:
            raise _misnamed(name, text, keys)
        given[key.lower()] = unquote(value)
    if set(given) != {key.lower() for key in keys}:
        raise _misnamed(name, text, keys)
    return [given[key.lower()] for key in keys]


def known_partition(table: dict[str, Any], text: str) -> list[str]:
    """Read a partition that is there already: as `partition_path` writes it, and in any order of the keys."""
    keys, parts = table.get("PartitionKeys", []), text.split("/")
    if keys and "=" not in text and len(parts) != len(keys):
        return [unquote(part) for part in parts]
    return partition_values(table, text)


def partition_form(keys: Sequence[str]) -> str:
    """Say how a partition is named."""
    return f"write it as {'/'.join(f'{key}=VALUE' for key in keys)}"


def partition_path(keys: Sequence[str], values: Sequence[str]) -> str:
    """Write a partition as its folder is called; one made before the table's keys changed, by its values."""
    written = [quote(value, safe=" :,+@-_.~") for value in values]
    if len(keys) != len(values):
        return "/".join(written)
    return "/".join(f"{key}={value}" for key, value in zip(keys, written, strict=True))


def _misnamed(name: str, text: str, keys: list[str]) -> CliError:
    return CliError(
        f"{text} does not name a partition of {name}",
        facts=[f"its keys are {', '.join(keys)}"],
        hint=partition_form(keys),
        exit_code=INVALID,
    )
