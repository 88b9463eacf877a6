"""`isinglass db`: databases."""

import click

from isinglass.cli.session import Session


@click.group("db")
def command() -> None:
    r"""List and create databases.

    \b
    Examples:
      isinglass db list
      isinglass db create raw --location s3://lake/raw/
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
