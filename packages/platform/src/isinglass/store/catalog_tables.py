"""Tables of the catalog, each at its current version. Names are folded by the caller."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from isinglass.domain.catalog_changes import Change, change_of
from isinglass.domain.catalog_ids import account_of
from isinglass.domain.catalog_objects import FIRST_VERSION
from isinglass.domain.column_statistics import columns_of
from isinglass.domain.name_pattern import NamePattern
from isinglass.model.glue.errors import EntityNotFoundException, InvalidInputException
from isinglass.store.conflicts import insert_one
from isinglass.store.documents import Documents
from isinglass.store.listing import Listing
from isinglass.store.paging import PageRequest
from isinglass.store.prepared import Prepared
from isinglass.store.scanning import scan
from isinglass.store.table_places import IS_REGISTERED, placed
from isinglass.store.tables.catalog import catalog_tables, databases, table_versions
from isinglass.store.tables.column_statistics import column_statistics
from isinglass.store.tables.history import table_history
from isinglass.store.tables.partition_indexes import partition_indexes


@dataclass(frozen=True, slots=True)
class CatalogTable:
    """A table at one of its versions; `document` is domain.catalog_objects.table_document's."""

    id: int
    catalog_id: str
    database_name: str
    name: str
    version: int
    document: Any
    created_at: float
    created_by: str
    #: When and by whom this version was made.
    updated_at: float
    updated_by: str
    #: Whether permissions decide who may use it, and whether its files lie in a registered location.
    restricted: int = 0
    registered: int = 0
    #: What else is known of how this version was made, as it is stored; `made` reads it.
    change: str | None = None

    @property
    def made(self) -> Change:
        """Who made this version, through what and why."""
        return change_of(self.updated_at, self.updated_by, orjson.loads(self.change) if self.change else {})

    @property
    def account_id(self) -> str:
        """The account that the table's catalog belongs to."""
        return account_of(self.catalog_id)

    @property
    def partition_keys(self) -> list[Any]:
        """The columns that partition the table."""
        keys: list[Any] = self.document["PartitionKeys"]
        return keys


_SELECT = sa.select(*(catalog_tables.c[name] for name in CatalogTable.__dataclass_fields__))
_OF_DATABASE = _SELECT.where(
    catalog_tables.c.catalog_id == sa.bindparam("catalog_id"),
    catalog_tables.c.database_name == sa.bindparam("database_name"),
)
_LISTED = Listing(_OF_DATABASE, catalog_tables.c.name)
_NAMED = _OF_DATABASE.where(catalog_tables.c.name == sa.bindparam("name"))
_FIND = Prepared(_NAMED)
# Writers of partitions share the row, so that the table stays; writers of the table have it alone.
_HOLD = Prepared(_NAMED.with_for_update(read=True, key_share=True))
_LOCK = Prepared(_NAMED.with_for_update())
_REPLACE = Prepared(
    catalog_tables.update()
    .where(
        catalog_tables.c.id == sa.bindparam("seen_id"),
        catalog_tables.c.version == sa.bindparam("seen_version"),
    )
    .values(
        {
            name: sa.bindparam(f"new_{name}")
            for name in ("version", "document", "updated_at", "updated_by", "change")
        }
        | {"words_pending": 1, "location": sa.bindparam("location"), "registered": IS_REGISTERED}
    )
)
_MEASURED = (
    column_statistics.c.catalog_id == sa.bindparam("of_catalog"),
    column_statistics.c.table_id == sa.bindparam("of_table"),
)
_ANY_STATISTICS = Prepared(sa.select(column_statistics.c.column_key).where(*_MEASURED).limit(1))
#: Columns in one statement: databases take no more than some ten thousand parameters.
_COLUMNS_AT_ONCE = 10_000
_ARCHIVE = Prepared(table_versions.insert().inline())
_TELL = Prepared(table_history.insert().inline())


def select_tables() -> sa.Select[Any]:
    """Begin a statement that selects tables for `table_of`."""
    return _SELECT


def table_of(documents: Documents, row: Any) -> CatalogTable:
    """Read a row of `select_tables`."""
    members = list(row)
    _, catalog_id, _, _, version, text, created_at, _, at, by, *_, change = members
    members[5] = documents.load(text, catalog_id, *identity(created_at, version))
    members[-1] = documents.open_change(catalog_id, at, by, change)
    return CatalogTable(*members)


def identity(created_at: float, version: int) -> tuple[Any, ...]:
    """Say what a version of a table is, whatever the table is called, deleted and restored, or archived."""
    return "table", created_at, version


def _key_types(document: Any) -> list[tuple[str, str]]:
    return [(key["Name"].lower(), key.get("Type", "string")) for key in document["PartitionKeys"]]


class CatalogTables:
    """Reads and writes the catalog_tables table within one transaction."""

    def __init__(self, connection: sa.Connection, documents: Documents) -> None:
        self._connection = connection
        self._documents = documents

    def insert(self, catalog_id: str, database_name: str, document: dict[str, Any], change: Change) -> bool:
        """Insert a table's first version; False when its name is taken. The database then stays."""
        row = {
            "catalog_id": catalog_id,
            "database_name": database_name,
            "name": document["Name"],
            **placed(catalog_id, document),
            "version": FIRST_VERSION,
            "document": self._documents.dump(document, catalog_id, *identity(change.at, FIRST_VERSION)),
            "created_at": change.at,
            "created_by": change.by,
            "updated_at": change.at,
            "updated_by": change.by,
            "change": self._documents.dump_change(catalog_id, change),
        }
        try:
            return insert_one(self._connection, catalog_tables, row, registered=IS_REGISTERED)
        except sa.exc.IntegrityError as error:  # its foreign key: names are no error here
            raise EntityNotFoundException(f"Database {database_name} not found.") from error

    def find(self, catalog_id: str, database_name: str, name: str) -> CatalogTable | None:
        """Find a table's current version."""
        return self._first(_FIND, catalog_id, database_name, name)

    def by_ids(self, ids: Collection[int]) -> list[CatalogTable]:
        """Find those of some tables that are there, in no order."""
        return [
            table_of(self._documents, row)
            for row in self._connection.execute(_SELECT.where(catalog_tables.c.id.in_(ids)))
        ]

    def require(self, catalog_id: str, database_name: str, name: str) -> CatalogTable:
        """Find a table that must exist; the error says whether it or its database is missing."""
        return self._required(_FIND, catalog_id, database_name, name)

    def hold(self, catalog_id: str, database_name: str, name: str) -> CatalogTable:
        """Find a table and keep it from being deleted until the transaction ends."""
        return self._required(_HOLD, catalog_id, database_name, name)

    def lock(self, catalog_id: str, database_name: str, name: str) -> CatalogTable:
        """Find a table and keep everyone else from changing it until the transaction ends."""
        return self._required(_LOCK, catalog_id, database_name, name)

    def page(
        self,
        catalog_id: str,
        database_name: str,
        page: PageRequest,
        pattern: NamePattern | None = None,
    ) -> tuple[list[CatalogTable], tuple[Any, ...] | None]:
        """List tables by name, those whose names match; a page may be short and still have a next one."""
        key = {"catalog_id": catalog_id, "database_name": database_name}
        if pattern is None:
            listed, after = _LISTED.page(self._connection, key, page)
            return [table_of(self._documents, row) for row in listed], after
        names = sa.select(catalog_tables.c.name, catalog_tables.c.name.label("shown")).where(
            catalog_tables.c.catalog_id == catalog_id, catalog_tables.c.database_name == database_name
        )
        found = scan(
            self._connection,
            names,
            catalog_tables.c.name,
            pattern.matches,
            page.size,
            ranges=pattern.ranges,
            after=None if page.after is None else page.after[0],
        )
        statement = _OF_DATABASE.params(**key).where(catalog_tables.c.name.in_(found.matched))
        rows = list(self._connection.execute(statement.order_by(catalog_tables.c.name)))
        return [table_of(self._documents, row) for row in rows], None if found.after is None else (
            found.after,
        )

    def replace(
        self, seen: CatalogTable, document: dict[str, Any], change: Change, *, archive: bool = True
    ) -> bool:
        """Make a new version of a table, keeping the one seen; False when that is not current any more."""
        if _key_types(seen.document) != _key_types(document):
            self._refuse_if_indexed(seen)
        row = {
            "seen_id": seen.id,
            "seen_version": seen.version,
            "new_version": seen.version + 1,
            "new_document": self._documents.dump(
                document, seen.catalog_id, *identity(seen.created_at, seen.version + 1)
            ),
            "new_updated_at": change.at,
            "new_updated_by": change.by,
            "new_change": self._documents.dump_change(seen.catalog_id, change),
        }
        if _REPLACE.run(self._connection, row | placed(seen.catalog_id, document)) == 0:
            return False
        if dropped := columns_of(seen.document) - columns_of(document):
            self._forget_statistics(seen, sorted(dropped))
        if archive:
            _ARCHIVE.run(
                self._connection,
                {
                    "catalog_id": seen.catalog_id,
                    "table_id": seen.id,
                    "version": seen.version,
                    "document": self._documents.dump(
                        seen.document, seen.catalog_id, *identity(seen.created_at, seen.version)
                    ),
                    "created_at": seen.updated_at,
                    "created_by": seen.updated_by,
                    "change": self._documents.seal_change(
                        seen.catalog_id, seen.updated_at, seen.updated_by, seen.change
                    ),
                },
            )
        elif seen.version == FIRST_VERSION:
            self._keep_creation(seen)
        return True

    def _forget_statistics(self, table: CatalogTable, columns: Sequence[str]) -> None:
        """Delete the statistics of columns that a table has no more, and those of its partitions."""
        of_table = {"of_catalog": table.catalog_id, "of_table": table.id}
        if _ANY_STATISTICS.first(self._connection, of_table) is None:
            return
        for start in range(0, len(columns), _COLUMNS_AT_ONCE):
            some = column_statistics.c.column_key.in_(columns[start : start + _COLUMNS_AT_ONCE])
            self._connection.execute(column_statistics.delete().where(*_MEASURED, some), of_table)

    def _keep_creation(self, first: CatalogTable) -> None:
        """Note who created a table whose first version is not kept."""
        row = {
            "catalog_id": first.catalog_id,
            "table_id": first.id,
            "version": first.version,
            "event": "CREATED",
            "made_at": first.created_at,
            "made_by": first.created_by,
            "change": self._documents.seal_change(
                first.catalog_id, first.created_at, first.created_by, first.change or "{}"
            ),
        }
        _TELL.run(self._connection, row)

    def _refuse_if_indexed(self, table: CatalogTable) -> None:
        """Refuse a change of partition keys while an index is made of them."""
        indexed = sa.select(partition_indexes.c.name).where(
            partition_indexes.c.catalog_id == table.catalog_id,
            partition_indexes.c.table_id == table.id,
            partition_indexes.c.status.in_(("CREATING", "ACTIVE")),
        )
        name = self._connection.scalars(indexed.limit(1)).first()
        if name is not None:
            raise InvalidInputException(
                f"The partition keys of table {table.name} cannot change: they are indexed by {name}"
            )

    def _first(
        self, statement: Prepared, catalog_id: str, database_name: str, name: str
    ) -> CatalogTable | None:
        key = {"catalog_id": catalog_id, "database_name": database_name, "name": name}
        row = statement.first(self._connection, key)
        return None if row is None else table_of(self._documents, row)

    def _required(self, statement: Prepared, catalog_id: str, database_name: str, name: str) -> CatalogTable:
        table = self._first(statement, catalog_id, database_name, name)
        if table is not None:
            return table
        database = sa.select(databases.c.name).where(
            databases.c.catalog_id == catalog_id, databases.c.name == database_name
        )
        if self._connection.execute(database).first() is None:
            raise EntityNotFoundException(f"Database {database_name} not found.")
        raise EntityNotFoundException(f"Table {name} not found.")
