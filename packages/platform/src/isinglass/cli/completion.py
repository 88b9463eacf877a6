"""Completes names of databases and tables from the server; where that fails, it offers nothing."""

from typing import Any

import click

from isinglass.cli.errors import CliError
from isinglass.cli.session import Session

_MOST = 200


def databases(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Complete the name of a database."""
    return _offered(_names(ctx, "GetDatabases", {"AttributesToGet": ["NAME"]}, "DatabaseList"), incomplete)


def tables(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Complete DATABASE.TABLE, first its database."""
    database, dot, _ = incomplete.partition(".")
    if not dot:
        found = _names(ctx, "GetDatabases", {"AttributesToGet": ["NAME"]}, "DatabaseList")
        return _offered((f"{name}." for name in found), incomplete)
    request = {"DatabaseName": database, "AttributesToGet": ["NAME"]}
    found = _names(ctx, "GetTables", request, "TableList")
    return _offered((f"{database}.{name}" for name in found), incomplete)


def _names(ctx: click.Context, operation: str, request: dict[str, Any], member: str) -> list[str]:
    session = ctx.obj if isinstance(ctx.obj, Session) else Session()
    try:
        return [one["Name"] for one in session.catalog.call(operation, request).get(member, [])]
    except CliError:
        return []  # no server, no keys, no such database: a completion says nothing of it


def _offered(names: Any, incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)][:_MOST]
