"""`isinglass db`: the catalog's databases, and the database that the server keeps everything in."""

from itertools import islice
from typing import Any

import click

from isinglass.cli import changes, completion
from isinglass.cli.catalogs import in_catalog
from isinglass.cli.errors import INVALID, CliError
from isinglass.cli.hints import hints, ways_back
from isinglass.cli.session import Session


@click.group("db")
def command() -> None:
    r"""List, show, create and delete databases of the catalog, and undo that; upgrade the server's own.

    \b
    Examples:
      isinglass db list
      isinglass db create raw --location s3://lake/raw/
      isinglass db delete raw
      isinglass db restore raw
      isinglass db upgrade --database-url postgresql://isinglass@db.example.org/isinglass
    """


@command.command("list")
@in_catalog
@click.pass_obj
def list_(session: Session) -> None:
    """List databases; `-o name` also those whose encryption key has been deleted."""
    wanted = {"AttributesToGet": ["NAME"]} if session.output == "name" else {}
    with hints(GlueEncryptionException=session.catalog.command("isinglass db list -o name")):
        databases = list(session.catalog.pages("GetDatabases", wanted, "DatabaseList"))
    rows = [
        [found["Name"], found.get("LocationUri", ""), found.get("Description", "")] for found in databases
    ]
    session.rows(["database", "location", "description"], rows, databases)


@command.command("create")
@click.argument("name")
@click.option("--location", help="Where its tables are kept.")
@click.option("--description", help="What it is for.")
@click.option("--note", help="Why; it is kept with the change.")
@in_catalog
@click.pass_obj
def create(
    session: Session, name: str, location: str | None, description: str | None, note: str | None
) -> None:
    """Create a database."""
    given = {"Name": name, "LocationUri": location, "Description": description}
    session.catalog.call(
        "CreateDatabase",
        {"DatabaseInput": {key: value for key, value in given.items() if value}},
        note=note or "",
    )
    session.say(f"Created {name.lower()}")


@command.command("show")
@click.argument("name", shell_complete=completion.databases)
@in_catalog
@click.pass_obj
def show(session: Session, name: str) -> None:
    """Show a database and what happened to it last."""
    with ways_back(session.catalog, name):
        found = session.catalog.call("GetDatabase", {"Name": name})["Database"]
    newest = {"Name": name, "MaxResults": 1}
    history = session.catalog.call("isinglass:ListDatabaseHistory", newest)["Entries"]
    tables = session.catalog.pages(
        "GetTables", {"DatabaseName": name, "AttributesToGet": ["NAME"]}, "TableList"
    )
    lines = [
        ("Database", found["Name"]),
        ("Location", found.get("LocationUri", "")),
        ("Description", found.get("Description", "")),
        ("Tables", str(sum(1 for _ in tables)) if session.output == "table" else ""),
        ("Last change", _told(history[0]) if history else ""),
        *sorted(found.get("Parameters", {}).items()),
    ]
    session.thing(found, [line for line in lines if line[1]], found["Name"])


def _told(entry: dict[str, Any]) -> str:
    change = entry["Change"]
    return f"{entry['Event'].lower()} by {changes.who(change)}, {changes.moment(change['Time'])}"


@command.command("history", short_help="List what happened to a database, newest first.")
@click.argument("name", shell_complete=completion.databases)
@click.option(
    "--limit", type=click.IntRange(1, 100_000), default=20, show_default=True, help="At most so many."
)
@in_catalog
@click.pass_obj
def history(session: Session, name: str, limit: int) -> None:
    """List what happened to a database, and to those before it of its name, newest first."""
    request = {"Name": name, "MaxResults": min(limit, 1000)}
    entries = list(islice(session.catalog.pages("isinglass:ListDatabaseHistory", request, "Entries"), limit))
    rows = [
        [
            entry["Event"].lower(),
            changes.moment(entry["Change"]["Time"]),
            changes.who(entry["Change"]),
            changes.through(entry["Change"]),
            changes.summary([*filter(None, [entry["Change"].get("Note")]), *entry["Summary"]]),
        ]
        for entry in entries
    ]
    session.rows(["what", "when", "who", "through", "change"], rows, entries)


@command.command("delete", short_help="Delete a database with its tables; their files stay.")
@click.argument("name", shell_complete=completion.databases)
@click.option("--note", help="Why; it is kept with the change.")
@in_catalog
@click.pass_obj
def delete(session: Session, name: str, note: str | None) -> None:
    """Delete a database with its tables; their files stay, and `db restore` brings it back."""
    session.catalog.call("DeleteDatabase", {"Name": name}, note=note or "")
    way_back = session.catalog.command(f"isinglass db restore {name}")
    session.say(f"Deleted {name} with its tables. Bring it back: {way_back}")


@command.command("restore")
@click.argument("name")
@click.option("--as", "new_name", metavar="DATABASE", help="Another name, when this one is taken.")
@click.option("--id", "deleted_id", type=int, help="Which, of several deleted: isinglass deleted list")
@click.option("--note", help="Why; it is kept with the change.")
@in_catalog
@click.pass_obj
def restore(
    session: Session, name: str, new_name: str | None, deleted_id: int | None, note: str | None
) -> None:
    """Bring a deleted database back with the tables that went with it."""
    given = {"NewName": new_name, "DeletedId": deleted_id, "Note": note}
    request = {"Name": name, **{member: value for member, value in given.items() if value is not None}}
    taken = session.catalog.command(f"isinglass db restore {name} --as {name}_restored")
    deleted = session.catalog.command("isinglass deleted list")
    with hints(AlreadyExistsException=taken, EntityNotFoundException=deleted):
        answer = session.catalog.call("isinglass:RestoreDatabase", request)
    session.thing(answer, [("Database", answer["Name"]), ("Tables", answer["Tables"])], answer["Name"])
    session.say(f"{answer['Name']} is back with {changes.counted(answer['Tables'], 'table')}")


@command.command("upgrade", short_help="Bring the server's database to this version's schema.")
@click.option("--database-url", help="postgresql://… or sqlite:///…; default ISINGLASS_DATABASE_URL.")
@click.option("--data-dir", help="The server's data folder, where its embedded database is.")
@click.pass_obj
def upgrade(session: Session, database_url: str | None, data_dir: str | None) -> None:
    """Bring the server's database to this version's schema, all of it or nothing; stop its servers first."""
    from isinglass.app.settings import SettingsInvalid, load
    from isinglass.store import schema
    from isinglass.store.store import Store

    try:
        settings = load({"database_url": database_url, "data_dir": data_dir})
    except SettingsInvalid as error:
        first, *others = error.problems
        raise CliError(first, facts=others, hint="isinglass db upgrade --help", exit_code=INVALID) from error
    store = Store(settings.database_url)
    try:
        before = schema.current(store)
        schema.upgrade(store)
    except (schema.DatabaseUnreachableError, schema.SchemaUnknownError) as error:
        raise CliError(str(error), code="E500") from error
    finally:
        store.close()
    if before == schema.HEAD:
        session.say(f"The database is at schema version {schema.HEAD} already")
    else:
        session.say(f"Upgraded the database from schema version {before or 'none'} to {schema.HEAD}")
