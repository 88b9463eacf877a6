"""Databases of the catalog. Names are folded by the caller (domain.catalog_objects.fold)."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from isinglass.domain.catalog_changes import Change
from isinglass.model.glue.errors import EntityNotFoundException
from isinglass.store.conflicts import insert_one
from isinglass.store.documents import Documents
from isinglass.store.history import tell_database
from isinglass.store.listing import Listing
from isinglass.store.paging import PageRequest
from isinglass.store.prepared import Prepared
from isinglass.store.tables.catalog import catalog_tables, databases
from isinglass.store.tables.history import deleted_tables


@dataclass(frozen=True, slots=True)
class Database:
    """A database as stored; `document` is domain.catalog_objects.database_document's."""

    name: str
    document: Any
    created_at: float
    #: Whether permissions decide who may use it.
    restricted: int = 0


_SELECT = sa.select(databases.c.name, databases.c.document, databases.c.created_at, databases.c.restricted)
_NAMED = _SELECT.where(
    databases.c.catalog_id == sa.bindparam("catalog_id"), databases.c.name == sa.bindparam("name")
)
_FIND = Prepared(_NAMED)
# A share lock keeps the database from being deleted while something is put into it (PostgreSQL; SQLite has
# one writer at a time anyway).
_HOLD = Prepared(_NAMED.with_for_update(read=True, key_share=True))
_LOCK = Prepared(_NAMED.with_for_update())
_IS = (
    databases.c.catalog_id == sa.bindparam("of_catalog"),
    databases.c.name == sa.bindparam("of_name"),
)
_LISTED = Listing(_SELECT.where(databases.c.catalog_id == sa.bindparam("catalog_id")), databases.c.name)
_REPLACE = Prepared(
    databases.update()
    .where(*_IS)
    .values({name: sa.bindparam(f"new_{name}") for name in ("name", "document")})
)
_DELETE = Prepared(databases.delete().where(*_IS))


class Databases:
    """Reads and writes the databases table within one transaction."""

    def __init__(self, connection: sa.Connection, documents: Documents) -> None:
        self._connection = connection
        self._documents = documents

    def insert(self, catalog_id: str, document: dict[str, Any], change: Change) -> bool:
        """Insert a database; False when its name is taken."""
        row = {
            "catalog_id": catalog_id,
            "name": document["Name"],
            "document": self._documents.dump(document, catalog_id, "database", document["Name"]),
            "created_at": change.at,
        }
        if not insert_one(self._connection, databases, row):
            return False
        tell_database(
            self._connection, self._documents, catalog_id, document["Name"], "CREATED", change, document
        )
        return True

    def find(self, catalog_id: str, name: str) -> Database | None:
        """Find a database by its name."""
        return self._first(_FIND, catalog_id, name)

    def hold(self, catalog_id: str, name: str) -> Database:
        """Find a database and keep it from being deleted or renamed until the transaction ends."""
        return self._required(self._first(_HOLD, catalog_id, name), name)

    def lock(self, catalog_id: str, name: str) -> Database:
        """Find a database and keep everyone else from changing it until the transaction ends."""
        return self._required(self._first(_LOCK, catalog_id, name), name)

    def require(self, catalog_id: str, name: str) -> Database:
        """Find a database that must exist."""
        return self._required(self.find(catalog_id, name), name)

    def page(self, catalog_id: str, page: PageRequest) -> tuple[list[Database], tuple[Any, ...] | None]:
        """List databases by name."""
        rows, after = _LISTED.page(self._connection, {"catalog_id": catalog_id}, page)
        return [self._database(catalog_id, row) for row in rows], after

    def replace(self, catalog_id: str, name: str, document: dict[str, Any], change: Change) -> bool:
        """Replace a locked database's definition; another name renames it. False when that name is taken."""
        row = {
            "of_catalog": catalog_id,
            "of_name": name,
            "new_name": document["Name"],
            "new_document": self._documents.dump(document, catalog_id, "database", document["Name"]),
        }
        if document["Name"] == name:
            _REPLACE.run(self._connection, row)
            tell_database(self._connection, self._documents, catalog_id, name, "UPDATED", change, document)
        else:
            try:
                # The savepoint keeps the transaction usable when the name is taken.
                with self._connection.begin_nested():
                    _REPLACE.run(self._connection, row)
            except sa.exc.IntegrityError:
                return False
            self._follow(catalog_id, name, document["Name"])
            # Both names tell of it: whoever asks for the old one learns what it is called now.
            for told in (name, document["Name"]):
                tell_database(
                    self._connection, self._documents, catalog_id, told, "RENAMED", change, document
                )
        return True

    def _follow(self, catalog_id: str, name: str, new_name: str) -> None:
        """Let what knows a database by its name follow a new one; foreign keys take care of the rest."""
        self._connection.execute(
            catalog_tables.update()
            .where(catalog_tables.c.catalog_id == catalog_id, catalog_tables.c.database_name == new_name)
            .values(words_pending=1)
        )
        # Those that went with an earlier database of the name stay with it.
        self._connection.execute(
            deleted_tables.update()
            .where(
                deleted_tables.c.catalog_id == catalog_id,
                deleted_tables.c.database_name == name,
                deleted_tables.c.database_id.is_(None),
            )
            .values(database_name=new_name)
        )

    def delete(self, catalog_id: str, name: str) -> None:
        """Delete a database that has no tables."""
        _DELETE.run(self._connection, {"of_catalog": catalog_id, "of_name": name})

    def _first(self, statement: Prepared, catalog_id: str, name: str) -> Database | None:
        row = statement.first(self._connection, {"catalog_id": catalog_id, "name": name})
        return None if row is None else self._database(catalog_id, row)

    def _database(self, catalog_id: str, row: Any) -> Database:
        name, document, created_at, restricted = row
        return Database(
            name, self._documents.load(document, catalog_id, "database", name), created_at, restricted
        )

    @staticmethod
    def _required(database: Database | None, name: str) -> Database:
        if database is None:
            raise EntityNotFoundException(f"Database {name} not found.")
        return database
