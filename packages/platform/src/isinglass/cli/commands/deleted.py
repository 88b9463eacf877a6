"""`isinglass deleted`: what was deleted from the catalog and is still kept."""

from typing import Any

import click

from isinglass.cli import changes
from isinglass.cli.catalogs import in_catalog
from isinglass.cli.errors import usage
from isinglass.cli.naming import table_name
from isinglass.cli.session import Session

#: The command that undoes the deletion of each kind.
_WAYS_BACK = {"TABLE": "isinglass table undelete DATABASE.TABLE", "DATABASE": "isinglass db restore DATABASE"}


@click.group("deleted")
def command() -> None:
    r"""List deleted tables and databases that can be restored, or purge them for good.

    \b
    Examples:
      isinglass deleted list
      isinglass deleted list retail
      isinglass deleted purge retail.customers --yes
    """


@command.command("list")
@click.argument("database", required=False)
@in_catalog
@click.pass_obj
def list_(session: Session, database: str | None) -> None:
    """List what can be restored, all of it or what was in one database."""
    request = {"DatabaseName": database} if database else {}
    found = list(session.catalog.pages("isinglass:ListDeleted", request, "Deleted"))
    columns = ["name", "kind", "id", "version", "deleted", "who", "restorable until"]
    session.rows(columns, [_row(each) for each in found], found)
    if not found:
        session.say("Nothing that was deleted is kept.")
    elif session.output == "table":
        kinds = {each["Kind"] for each in found if not each.get("WithDatabase")}
        ways = [session.catalog.command(way) for kind, way in _WAYS_BACK.items() if kind in kinds]
        session.say(f"bring back: {' or '.join(ways)}")


def _row(deleted: dict[str, Any]) -> list[Any]:
    name, kind = deleted["DatabaseName"], deleted["Kind"].lower()
    if kind == "table":
        name = f"{name}.{deleted['TableName']}"
        kind = "table, with its database" if deleted.get("WithDatabase") else "table"
    else:
        kind = f"database with {changes.counted(deleted['Tables'], 'table')}"
    change = deleted["Change"]
    when, until = changes.moment(change["Time"]), changes.moment(deleted["RestorableUntil"])
    return [name, kind, deleted["DeletedId"], deleted.get("VersionId", ""), when, changes.who(change), until]


@command.command("purge", short_help="End for good what was deleted.")
@click.argument("name", required=False)
@click.option("--all", "everything", is_flag=True, help="Everything that was deleted.")
@click.option("--id", "deleted_id", type=int, help="Only the one of this id.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@in_catalog
@click.pass_obj
def purge(session: Session, name: str | None, everything: bool, deleted_id: int | None, yes: bool) -> None:
    """End for good what was deleted: a table (DATABASE.TABLE), a database with its tables, or all."""
    if (name is None) != everything:
        raise usage("name what is purged, or purge --all", session.catalog.command("isinglass deleted list"))
    request: dict[str, Any] = {"Kind": "ALL"}
    if name is not None and any(sign in name for sign in "./"):
        database, table = table_name(name)
        request = {"Kind": "TABLE", "DatabaseName": database, "TableName": table}
    elif name is not None:
        request = {"Kind": "DATABASE", "DatabaseName": name}
    if deleted_id is not None:
        request["DeletedId"] = deleted_id
    session.confirm(f"Purge {name or 'everything that was deleted'}? It cannot be restored then.", yes=yes)
    answer = session.catalog.call("isinglass:PurgeDeleted", request)
    session.thing(answer, [("Databases", answer["Databases"]), ("Tables", answer["Tables"])])
