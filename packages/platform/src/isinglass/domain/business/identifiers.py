"""Identifiers of assets: any text of the allowed characters, or the ARN of a table of the catalog.

Asset identifiers allow fewer characters than names of tables do: others are written as `*` and two
hexadecimal digits for each byte, as `%` would in an address.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

from isinglass.domain import arns
from isinglass.domain.catalog_ids import account_of, join, path_of

_TABLE = re.compile(r"arn:aws[a-z-]*:glue:[a-z0-9-]*:(\d{12}):table/(.+)", re.ASCII)
_PLAIN = "-:._"


@dataclass(frozen=True, slots=True)
class TableName:
    """A table; names are folded as the catalog stores them."""

    catalog_id: str
    database: str
    table: str


def table_identifier(region: str, name: TableName) -> str:
    """Build the identifier of a table's asset: the table's ARN."""
    names = (*path_of(name.catalog_id), name.database, name.table)
    return arns.build(region, account_of(name.catalog_id), "table", *(_escaped(each) for each in names))


def table_of(identifier: str) -> TableName | None:
    """Read the table out of an identifier; None for an asset of another kind."""
    match = _TABLE.fullmatch(identifier)
    if match is None:
        return None
    account_id, names = match.groups()
    *path, database, table = (_unescaped(name) for name in ("/" + names).split("/"))
    if not database:
        return None
    return TableName(join(account_id, "/".join(path[1:])), database, table)


def _escaped(name: str) -> str:
    # Half characters, which a name in JSON may hold, are bytes of their own.
    return quote(name.encode("utf-8", "surrogatepass"), safe=_PLAIN).replace("~", "%7E").replace("%", "*")


def _unescaped(text: str) -> str:
    name = unquote_to_bytes(text.replace("*", "%")).decode("utf-8", "replace")
    return name.lower()
