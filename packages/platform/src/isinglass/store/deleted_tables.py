"""Deleted tables, kept with all that belongs to them until their time is over or somebody purges them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from isinglass.domain.catalog_changes import Change
from isinglass.model.glue.errors import EntityNotFoundException
from isinglass.store.catalog_tables import CatalogTable, identity, table_of
from isinglass.store.conflicts import insert_one
from isinglass.store.documents import Documents
from isinglass.store.history import made
from isinglass.store.paging import PageRequest, fetch_page
from isinglass.store.prepared import Prepared
from isinglass.store.table_places import IS_REGISTERED, placed
from isinglass.store.tables.catalog import catalog_tables
from isinglass.store.tables.history import deleted_tables, table_history
from isinglass.store.tables.permissions import registered_locations
from isinglass.store.tables.table_search import table_words

#: What a table's row is while it is deleted as before.
_KEPT = (
    "id", "catalog_id", "database_name", "name", "version", "document", "created_at", "created_by",
    "updated_at", "updated_by", "change", "restricted", "location",
)  # fmt: skip
_ROW = [catalog_tables.c[name] for name in _KEPT]
_KEPT_ROW = [deleted_tables.c[name] for name in _KEPT]

#: Whether the place of a deleted table's files is a registered location by now.
_REGISTERED = sa.case(
    (
        sa.exists().where(
            registered_locations.c.account_id == sa.func.substr(deleted_tables.c.catalog_id, 1, 12),
            sa.func.substr(deleted_tables.c.location, 1, sa.func.length(registered_locations.c.path))
            == registered_locations.c.path,
        ),
        1,
    ),
    else_=0,
)

_SELECT = sa.select(
    *_KEPT_ROW,
    deleted_tables.c.deleted_at,
    deleted_tables.c.deleted_by,
    deleted_tables.c.deletion,
    deleted_tables.c.database_id,
).where(deleted_tables.c.purged == 0)


@dataclass(frozen=True, slots=True)
class DeletedTable:
    """A deleted table as it was, and how it was deleted."""

    table: CatalogTable
    deletion: Change
    #: The deleted database that it went with.
    database_id: int | None


def _given(table: sa.Table, *names: str) -> list[sa.ColumnElement[Any]]:
    """Make parameters of a selection, typed as the columns they go into."""
    return [sa.bindparam(name, type_=table.c[name].type).label(name) for name in names]


def _tell(of: sa.Table, chosen: Collection[sa.ColumnElement[bool]]) -> sa.Insert:
    """Note the same event for each of some tables."""
    told = ("event", "made_at", "made_by", "change")
    rows = sa.select(of.c.catalog_id, of.c.id, of.c.version, *_given(table_history, *told)).where(*chosen)
    return table_history.insert().from_select(["catalog_id", "table_id", "version", *told], rows)


class _Deletion:
    """The statements that delete chosen tables."""

    def __init__(self, *chosen: sa.ColumnElement[bool]) -> None:
        made_so = ("deleted_at", "deleted_by", "deletion", "database_id")
        moved = sa.select(*_ROW, *_given(deleted_tables, *made_so)).where(*chosen)
        ids = sa.select(catalog_tables.c.id).where(*chosen)
        self.move = Prepared(deleted_tables.insert().from_select([*_KEPT, *made_so], moved))
        self.tell = Prepared(_tell(catalog_tables, chosen))
        self.forget_words = Prepared(
            table_words.delete().where(
                table_words.c.catalog_id == sa.bindparam("chosen_catalog"), table_words.c.table_id.in_(ids)
            )
        )
        self.delete = Prepared(catalog_tables.delete().where(*chosen))


_ONE_TABLE = _Deletion(catalog_tables.c.id == sa.bindparam("chosen_id"))
_IN_DATABASE = (
    catalog_tables.c.catalog_id == sa.bindparam("chosen_catalog"),
    catalog_tables.c.database_name == sa.bindparam("chosen_database"),
)
_OF_DATABASE = _Deletion(*_IN_DATABASE)
_NAMES = Prepared(
    sa.select(catalog_tables.c.name).where(*_IN_DATABASE).order_by(catalog_tables.c.name).with_for_update()
)


class DeletedTables:
    """Moves tables between catalog_tables and deleted_tables within one transaction."""

    def __init__(self, connection: sa.Connection, documents: Documents) -> None:
        self._connection = connection
        self._documents = documents

    def keep(self, table: CatalogTable, change: Change) -> None:
        """Delete a locked table; it keeps its id, and by that all that belongs to it."""
        self._keep(_ONE_TABLE, {"chosen_id": table.id, "chosen_catalog": table.catalog_id}, change, None)

    def keep_all(self, catalog_id: str, database_name: str, change: Change, database_id: int) -> list[str]:
        """Delete all tables of a locked database that is deleted with them; returns their names."""
        chosen = {"chosen_catalog": catalog_id, "chosen_database": database_name}
        found = [name for (name,) in _NAMES.all(self._connection, chosen)]
        if found:
            self._keep(_OF_DATABASE, chosen, change, database_id)
        return found

    def _keep(
        self, deletion: _Deletion, chosen: dict[str, Any], change: Change, database_id: int | None
    ) -> None:
        """Move tables and note it; who deleted them, and how, goes into both."""
        noted = made(self._documents, chosen["chosen_catalog"], change)
        made_so = {"deleted_at": change.at, "deleted_by": change.by, "deletion": noted["change"]}
        deletion.move.run(self._connection, chosen | made_so | {"database_id": database_id})
        deletion.tell.run(self._connection, chosen | {"event": "DELETED", **noted})
        deletion.forget_words.run(self._connection, chosen)
        deletion.delete.run(self._connection, chosen)

    def _tell_restored(
        self, catalog_id: str, chosen: Collection[sa.ColumnElement[bool]], change: Change
    ) -> None:
        """Note for each of some deleted tables that it is restored."""
        told = {"event": "RESTORED", **made(self._documents, catalog_id, change)}
        self._connection.execute(_tell(deleted_tables, chosen), told)

    def require(
        self, catalog_id: str, database_name: str, name: str, table_id: int | None, *, lock: bool = False
    ) -> DeletedTable:
        """Find the table of a name that was deleted last, or the one of an id, that must be kept."""
        found = self.find(catalog_id, database_name, name, table_id, lock=lock)
        if found is None:
            which = f" with the id {table_id}" if table_id is not None else ""
            raise EntityNotFoundException(f"No deleted table {database_name}.{name}{which} is kept.")
        return found

    def find(
        self, catalog_id: str, database_name: str, name: str, table_id: int | None, *, lock: bool = False
    ) -> DeletedTable | None:
        """Find the table of a name that was deleted last, or the one of an id."""
        statement = _SELECT.where(
            deleted_tables.c.catalog_id == catalog_id,
            deleted_tables.c.database_name == database_name,
            deleted_tables.c.name == name,
        )
        if table_id is not None:
            statement = statement.where(deleted_tables.c.id == table_id)
        statement = statement.order_by(deleted_tables.c.deleted_at.desc(), deleted_tables.c.id.desc()).limit(
            1
        )
        row = self._connection.execute(statement.with_for_update() if lock else statement).first()
        return None if row is None else self._deleted(row)

    def page(
        self, catalog_id: str, database_name: str | None, page: PageRequest
    ) -> tuple[list[DeletedTable], tuple[Any, ...] | None]:
        """List deleted tables, of one database's name or of all, by name and id."""
        statement = _SELECT.where(deleted_tables.c.catalog_id == catalog_id)
        if database_name is not None:
            statement = statement.where(deleted_tables.c.database_name == database_name)
        key = [deleted_tables.c.database_name, deleted_tables.c.name, deleted_tables.c.id]
        rows, after = fetch_page(self._connection, statement, key, page)
        return [self._deleted(row) for row in rows], after

    def restore(self, deleted: DeletedTable, name: str, change: Change) -> bool:
        """Put a locked deleted table back, under a name; False when that is taken.

        Its version stays what it was. Raises EntityNotFoundException when its database is gone.
        """
        table = deleted.table
        row = {column: getattr(table, column) for column in _KEPT if column != "location"}
        row.update(placed(table.catalog_id, table.document), name=name, words_pending=1)
        catalog_id = table.catalog_id
        row["document"] = self._documents.dump(
            {**table.document, "Name": name}, catalog_id, *identity(table.created_at, table.version)
        )
        row["change"] = self._documents.seal_change(
            catalog_id, table.updated_at, table.updated_by, table.change
        )
        try:
            if not insert_one(self._connection, catalog_tables, row, registered=IS_REGISTERED):
                return False
        except sa.exc.IntegrityError as error:  # its foreign key: names are no error here
            raise EntityNotFoundException(
                f"Database {table.database_name} not found: "
                f"restore or create it before its table {table.name}."
            ) from error
        chosen = [deleted_tables.c.id == table.id]
        self._tell_restored(catalog_id, chosen, change)
        self._connection.execute(deleted_tables.delete().where(*chosen))
        return True

    def restore_all(self, catalog_id: str, database_id: int, database_name: str, change: Change) -> list[str]:
        """Put back the tables that went with a database, into one of a name; returns their names."""
        chosen = [deleted_tables.c.database_id == database_id, deleted_tables.c.purged == 0]
        names = sa.select(deleted_tables.c.name).where(*chosen).order_by(deleted_tables.c.name)
        found = list(self._connection.scalars(names.with_for_update()))
        if found:
            more = {"database_name": database_name, "words_pending": 1}
            others = [name for name in _KEPT if name not in more]
            columns = [deleted_tables.c[name] for name in others]
            moved = sa.select(*columns, _REGISTERED, *_literals(catalog_tables, more)).where(*chosen)
            written = [*others, "registered", *more]
            self._connection.execute(catalog_tables.insert().from_select(written, moved))
            self._tell_restored(catalog_id, chosen, change)
            self._connection.execute(deleted_tables.delete().where(*chosen))
        return found

    def give_up(
        self, catalog_id: str, database_name: str | None, name: str | None, table_id: int | None
    ) -> int:
        """Let nobody restore tables, of all names where none is given, any more; returns how many."""
        chosen = _named(catalog_id, database_name, name, table_id)
        return self._connection.execute(deleted_tables.update().where(*chosen).values(purged=1)).rowcount

    def _deleted(self, row: Any) -> DeletedTable:
        *kept, deleted_at, deleted_by, deletion, database_id = row
        found = dict(zip(_KEPT, kept, strict=True))
        # Where its files are registered by now is for whoever restores it.
        members = [found.get(name, 0) for name in CatalogTable.__dataclass_fields__]
        table = table_of(self._documents, members)
        change = self._documents.load_change(table.catalog_id, deleted_at, deleted_by, deletion)
        return DeletedTable(table, change, database_id)

    def any_restricted(
        self, catalog_id: str, database_name: str | None, name: str | None, table_id: int | None
    ) -> bool:
        """Tell whether permissions protected one of these tables."""
        chosen = [*_named(catalog_id, database_name, name, table_id), deleted_tables.c.restricted != 0]
        return (
            self._connection.execute(sa.select(deleted_tables.c.id).where(*chosen).limit(1)).first()
            is not None
        )


def _named(
    catalog_id: str, database_name: str | None, name: str | None, table_id: int | None
) -> list[sa.ColumnElement[bool]]:
    """Select deleted tables by what is given of their names and id."""
    named = {"database_name": database_name, "name": name, "id": table_id}
    given = [deleted_tables.c[column] == value for column, value in named.items() if value is not None]
    return [deleted_tables.c.catalog_id == catalog_id, deleted_tables.c.purged == 0, *given]


def _literals(table: sa.Table, values: dict[str, Any]) -> list[sa.ColumnElement[Any]]:
    """Make constants of a selection, typed as the columns they go into."""
    return [sa.literal(value, table.c[name].type).label(name) for name, value in values.items()]
