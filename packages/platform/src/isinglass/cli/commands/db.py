"""`isinglass db`: the catalog's databases, and the database that the server keeps everything in."""

import click

from isinglass.cli.errors import INVALID, CliError
from isinglass.cli.session import Session


@click.group("db")
def command() -> None:
    r"""List and create databases of the catalog; upgrade the server's own.

    \b
    Examples:
      isinglass db list
      isinglass db create raw --location s3://lake/raw/
      isinglass db upgrade --database-url postgresql://isinglass@db.example.org/isinglass
    """


@command.command("list")
@click.pass_obj
def list_(session: Session) -> None:
    """List databases."""
    databases = list(session.client.pages("GetDatabases", {}, "DatabaseList"))
    rows = [
        [found["Name"], found.get("LocationUri", ""), found.get("Description", "")] for found in databases
    ]
    session.rows(["database", "location", "description"], rows, databases)


@command.command("create")
@click.argument("name")
@click.option("--location", help="Where its tables are kept.")
@click.option("--description", help="What it is for.")
@click.pass_obj
def create(session: Session, name: str, location: str | None, description: str | None) -> None:
    """Create a database."""
    given = {"Name": name, "LocationUri": location, "Description": description}
    session.client.call(
        "CreateDatabase", {"DatabaseInput": {key: value for key, value in given.items() if value}}
    )
    session.say(f"Created {name}")


@command.command("upgrade")
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
