"""Deleted databases, kept with their tags and functions, and through DeletedTables with their tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from isinglass.domain.catalog_changes import Change
from isinglass.model.glue.errors import EntityNotFoundException
from isinglass.store.conflicts import insert_one
from isinglass.store.databases import Database
from isinglass.store.documents import Documents
from isinglass.store.history import tell_database
from isinglass.store.paging import PageRequest, fetch_page
from isinglass.store.prepared import Prepared
from isinglass.store.tables.catalog import databases
from isinglass.store.tables.functions import user_functions
from isinglass.store.tables.history import deleted_databases, deleted_tables
from isinglass.store.tables.permissions import permissions


@dataclass(frozen=True, slots=True)
class DeletedDatabase:
    """A deleted database as it was, and how it was deleted."""

    id: int
    database: Database
    #: Its tags, functions and permissions, which have no life without it.
    contents: dict[str, Any]
    deletion: Change
    #: How many tables went with it and can still be restored.
    tables: int = 0


_FUNCTION = ("name", "document", "created_at")
_PERMISSION = (
    "kind", "item", "principal", "table_id", "columns", "permissions", "grantable", "updated_at",
    "updated_by",
)  # fmt: skip
_COLUMNS = [
    deleted_databases.c[name]
    for name in ("id", "name", "document", "created_at", "contents", "deleted_at", "deleted_by", "deletion")
]
_TABLES = (
    sa.select(sa.func.count())
    .where(deleted_tables.c.database_id == deleted_databases.c.id, deleted_tables.c.purged == 0)
    .scalar_subquery()
)
_KEPT = deleted_databases.c.purged == 0


def _of_database(of: sa.Table, names: tuple[str, ...]) -> Prepared:
    """Select the rows that a database has in another table."""
    return Prepared(
        sa.select(*(of.c[name] for name in names))
        .where(
            of.c.catalog_id == sa.bindparam("catalog_id"),
            of.c.database_name == sa.bindparam("database_name"),
        )
        .order_by(*(of.c[name] for name in names[:3]))
    )


_FUNCTIONS = _of_database(user_functions, _FUNCTION)
_PERMISSIONS = _of_database(permissions, _PERMISSION)
_INSERT = Prepared(deleted_databases.insert().returning(deleted_databases.c.id))


class DeletedDatabases:
    """Moves databases between databases and deleted_databases within one transaction."""

    def __init__(self, connection: sa.Connection, documents: Documents) -> None:
        self._connection = connection
        self._documents = documents

    def keep(self, catalog_id: str, database: Database, tags: Mapping[str, str], change: Change) -> int:
        """Keep a copy of a locked database with what goes with it; returns the id for its tables."""
        of_database = {"catalog_id": catalog_id, "database_name": database.name}
        functions = _FUNCTIONS.all(self._connection, of_database)
        granted = _PERMISSIONS.all(self._connection, of_database)
        contents = {
            "tags": tags,
            "restricted": database.restricted,
            "functions": [dict(zip(_FUNCTION, row, strict=True)) for row in functions],
            "permissions": [dict(zip(_PERMISSION, row, strict=True)) for row in granted],
        }
        row = {
            "catalog_id": catalog_id,
            "name": database.name,
            "document": self._documents.dump(database.document, catalog_id, "database", database.name),
            "created_at": database.created_at,
            "contents": self._documents.dump(contents, catalog_id, "contents", database.name, change.at),
            "deleted_at": change.at,
            "deleted_by": change.by,
            "deletion": self._documents.dump_change(catalog_id, change),
        }
        [(kept_as,)] = _INSERT.all(self._connection, row)
        tell_database(
            self._connection, self._documents, catalog_id, database.name, "DELETED", change, database.document
        )
        return int(kept_as)

    def require(self, catalog_id: str, name: str, deletion_id: int | None) -> DeletedDatabase:
        """Find the database of a name that was deleted last, or the one of an id, and lock it."""
        statement = sa.select(*_COLUMNS).where(
            _KEPT, deleted_databases.c.catalog_id == catalog_id, deleted_databases.c.name == name
        )
        if deletion_id is not None:
            statement = statement.where(deleted_databases.c.id == deletion_id)
        statement = statement.order_by(deleted_databases.c.id.desc()).limit(1)
        row = self._connection.execute(statement.with_for_update()).first()
        if row is None:
            which = f" with the id {deletion_id}" if deletion_id is not None else ""
            raise EntityNotFoundException(f"No deleted database {name}{which} is kept.")
        return self._deleted(catalog_id, row)

    def page(
        self, catalog_id: str, name: str | None, page: PageRequest
    ) -> tuple[list[DeletedDatabase], tuple[Any, ...] | None]:
        """List deleted databases, of one name or of all, by name and id."""
        statement = sa.select(*_COLUMNS, _TABLES).where(_KEPT, deleted_databases.c.catalog_id == catalog_id)
        if name is not None:
            statement = statement.where(deleted_databases.c.name == name)
        key = [deleted_databases.c.name, deleted_databases.c.id]
        rows, after = fetch_page(self._connection, statement, key, page)
        return [self._deleted(catalog_id, row) for row in rows], after

    def restore(self, catalog_id: str, deleted: DeletedDatabase, name: str, change: Change) -> bool:
        """Put a locked deleted database back, under a name; False when that is taken.

        Its functions and permissions come with it; its tags and its tables are the caller's to put back.
        """
        document = {**deleted.database.document, "Name": name}
        row = {
            "catalog_id": catalog_id,
            "name": name,
            "document": self._documents.dump(document, catalog_id, "database", name),
            "created_at": deleted.database.created_at,
            "restricted": deleted.database.restricted,
        }
        if not insert_one(self._connection, databases, row):
            return False
        for of, kept in ((user_functions, "functions"), (permissions, "permissions")):
            rows = [
                {**each, "catalog_id": catalog_id, "database_name": name} for each in deleted.contents[kept]
            ]
            if rows:
                self._connection.execute(of.insert(), rows)
        tell_database(self._connection, self._documents, catalog_id, name, "RESTORED", change, document)
        self._connection.execute(deleted_databases.delete().where(deleted_databases.c.id == deleted.id))
        return True

    def give_up(self, catalog_id: str, name: str | None, deletion_id: int | None) -> tuple[int, int]:
        """Let nobody restore databases, of all names where none is given, any more.

        Returns how many they are, and how many tables that went with them.
        """
        chosen = [deleted_databases.c.catalog_id == catalog_id, _KEPT]
        named = {"name": name, "id": deletion_id}
        chosen += [
            deleted_databases.c[column] == value for column, value in named.items() if value is not None
        ]
        with_them = deleted_tables.c.database_id.in_(sa.select(deleted_databases.c.id).where(*chosen))
        tables = deleted_tables.update().where(with_them, deleted_tables.c.purged == 0).values(purged=1)
        count = self._connection.execute(tables).rowcount
        given_up = deleted_databases.update().where(*chosen).values(purged=1)
        return self._connection.execute(given_up).rowcount, count

    def _deleted(self, catalog_id: str, row: Any) -> DeletedDatabase:
        id_, name, document, created_at, contents, deleted_at, deleted_by, deletion, *tables = row
        read = self._documents.load(contents, catalog_id, "contents", name, deleted_at)
        definition = self._documents.load(document, catalog_id, "database", name)
        change = self._documents.load_change(catalog_id, deleted_at, deleted_by, deletion)
        database = Database(name, definition, created_at, read.get("restricted", 0))
        return DeletedDatabase(id_, database, read, change, *tables)
