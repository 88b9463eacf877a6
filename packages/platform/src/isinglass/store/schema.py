"""The schema version: bring a database up to date, or say that it is not."""

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from isinglass.store.store import Store

#: The newest revision of migrations/versions; a test holds it against the scripts.
HEAD = "0025_words_of_tables"


@dataclass(eq=False)
class SchemaMismatchError(Exception):
    """The database has another schema version than this program."""

    found: str | None

    def __str__(self) -> str:
        return (
            f"The database is at schema version {self.found or 'none'}, this program needs {HEAD}. "
            "Run `isinglass db upgrade` (make a backup first)."
        )


@dataclass(eq=False)
class SchemaUnknownError(Exception):
    """The database was upgraded by a newer program."""

    found: str

    def __str__(self) -> str:
        return (
            f"The database is at schema version {self.found}, which this program (at {HEAD}) does not "
            "know. Use the version of Isinglass that upgraded it, or a backup from before."
        )


@dataclass(eq=False)
class DatabaseUnreachableError(Exception):
    """The database does not answer, or refuses to."""

    database: str
    reason: str

    def __str__(self) -> str:
        return f"The database {self.database} cannot be used: {self.reason}"


def current(store: Store) -> str | None:
    """Read the database's schema version; None for an empty database."""
    try:
        if not sa.inspect(store.engine).has_table("alembic_version"):
            return None
        with store.engine.connect() as connection:
            return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    except sa.exc.DBAPIError as error:
        reason = str(error.orig).strip()
        raise DatabaseUnreachableError(store.engine.url.render_as_string(), reason) from error


def check(store: Store) -> None:
    """Raise SchemaMismatchError unless the database is at HEAD."""
    found = current(store)
    if found != HEAD:
        raise SchemaMismatchError(found)


def upgrade(store: Store) -> None:
    """Bring the database to HEAD in one transaction; does nothing, quickly, when it is there."""
    found = current(store)
    if found == HEAD:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise SchemaUnknownError(found)
    with store.engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
