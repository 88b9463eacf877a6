"""`isinglass table show`: one table."""

import click

from isinglass.cli.errors import usage
from isinglass.cli.session import Session, table


@click.group("table")
def command() -> None:
    r"""Show one table.

    \b
    Examples:
      isinglass table show retail.customers
    """


@command.command("show")
@click.argument("name")
@click.pass_obj
def show(session: Session, name: str) -> None:
    """Show a table's columns, partition keys and where it is kept."""
    database, dot, table_name = name.replace("/", ".", 1).partition(".")
    if not dot:
        raise usage(f"{name} does not name a table", f"isinglass tables {name}      or DATABASE.TABLE")
    found = session.client.call("GetTable", {"DatabaseName": database, "Name": table_name})["Table"]
    descriptor = found.get("StorageDescriptor", {})
    lines = [
        ("Table", f"{found['DatabaseName']}.{found['Name']}"),
        ("Location", descriptor.get("Location", "")),
        ("Format", found.get("Parameters", {}).get("classification", "")),
        ("Version", found.get("VersionId", "")),
    ]
    session.thing(found, [line for line in lines if line[1]], name)
    if session.output != "table":
        return
    columns = [[column["Name"], column.get("Type", ""), ""] for column in descriptor.get("Columns", [])]
    columns += [[key["Name"], key.get("Type", ""), "partition"] for key in found.get("PartitionKeys", [])]
    if columns:
        print()
        print(table(["column", "type", ""], columns))
