"""The words of tables, for searches: brought up to date for many tables at once.

A table's words lie all over the index, so that writing them with the table would cost several times the
table itself. Its row says that they are pending; searches and the worker's maintenance catch up.

A table whose definition was damaged in the database holds up no other: its row says so, and it is looked at
again now and then, in case somebody has mended it.
"""

import logging
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import orjson
import sqlalchemy as sa

from isinglass.domain.table_search import blinded_field, indexed
from isinglass.model.glue.errors import GlueEncryptionException
from isinglass.store.asset_index import note_tables
from isinglass.store.catalog_tables import identity
from isinglass.store.documents import Documents, is_damaged
from isinglass.store.prepared import Prepared
from isinglass.store.tables.catalog import catalog_tables
from isinglass.store.tables.table_search import table_words

log = logging.getLogger(__name__)

#: What words_pending is, other than 0 for words that are in the index.
_IS_PENDING = 1
_IS_DAMAGED = 2

#: Written out, as a partial index is only used by conditions that say the same.
_PENDING = catalog_tables.c.words_pending == sa.literal_column("1")

#: What searches of assets read besides.
_NOTED = (
    catalog_tables.c.name, catalog_tables.c.version, catalog_tables.c.created_at, catalog_tables.c.updated_at,
)  # fmt: skip

_KEY = ("catalog_id", "word", "field", "table_id")
_INSERT = Prepared(table_words.insert())
_DELETE = Prepared(
    table_words.delete().where(*(table_words.c[name] == sa.bindparam(f"the_{name}") for name in _KEY))
)


class TableWords:
    """Reads and writes the table_words table within one transaction."""

    def __init__(self, connection: sa.Connection, documents: Documents) -> None:
        self._connection = connection
        self._documents = documents

    def pending(self, catalog_id: str | None = None) -> bool:
        """Tell whether tables, of one catalog or of any, have words that are not in the index yet."""
        statement = sa.select(catalog_tables.c.id).where(_PENDING, *_of(catalog_id))
        # Without an order SQLite, which has counted nothing, would choose another index and read every table.
        statement = statement.order_by(catalog_tables.c.catalog_id, catalog_tables.c.id).limit(1)
        return self._connection.execute(statement).first() is not None

    def catch_up(self, limit: int, catalog_id: str | None = None) -> int:
        """Index the words of some tables whose words are pending; returns of how many."""
        columns = catalog_tables.c
        statement = (
            sa.select(columns.id, columns.catalog_id, columns.database_name, columns.document, *_NOTED)
            .where(_PENDING, *_of(catalog_id), *self._documents.readable(columns.document, catalog_id))
            .order_by(columns.catalog_id, columns.id)
            .limit(limit)
            .with_for_update()
        )
        found = self._connection.execute(statement).all()
        added: list[tuple[str, str, str, int]] = []
        gone: list[tuple[str, str, str, int]] = []
        present = self._words(found)
        damaged: list[int] = []
        for row in found:
            old = present.get(row.id, set())
            new = self._indexed_unless_damaged(row)
            if new is None:
                damaged.append(row.id)
                new = set()
            added += [(row.catalog_id, word, field, row.id) for word, field in new - old]
            gone += [(row.catalog_id, word, field, row.id) for word, field in old - new]
        if gone:
            _DELETE.run_all(self._connection, _rows(gone, "the_"))
        if added:
            _INSERT.run_all(self._connection, _rows(added))
        self._settle(damaged, _IS_DAMAGED)
        if read := [row for row in found if row.id not in damaged]:
            self._settle([row.id for row in read], 0)
            note_tables(self._connection, read)
        return len(found)

    def damaged(self, most: int) -> list[int]:
        """List the ids of some tables that were found damaged. This reads all of the catalog."""
        statement = sa.select(catalog_tables.c.id).where(catalog_tables.c.words_pending == _IS_DAMAGED)
        return list(self._connection.scalars(statement.limit(most)))

    def look_again(self, ids: Collection[int]) -> None:
        """Have the words of tables that were found damaged indexed, if they can be by now."""
        self._settle(ids, _IS_PENDING, _IS_DAMAGED)

    def _settle(self, ids: Collection[int], state: int, seen: int = _IS_PENDING) -> None:
        if ids:
            columns = catalog_tables.c
            chosen = catalog_tables.update().where(columns.id.in_(ids), columns.words_pending == seen)
            self._connection.execute(chosen.values(words_pending=state))

    def _indexed_unless_damaged(self, row: Any) -> set[tuple[str, str]] | None:
        try:
            return self._indexed(row)
        except GlueEncryptionException as error:
            if not is_damaged(error):
                raise
            why: Exception = error
        except orjson.JSONDecodeError as error:
            why = error
        log.error(
            "The definition of table %s.%s in catalog %s is damaged, and searches do not find it: %s",
            row.database_name, row.name, row.catalog_id, why,
        )  # fmt: skip
        return None

    def _indexed(self, row: Any) -> set[tuple[str, str]]:
        """List the words of a table; those of one that is encrypted can only be compared."""
        document = self._documents.load(row.document, row.catalog_id, *identity(row.created_at, row.version))
        found = indexed(row.database_name, document)
        blind = self._documents.blinder(row.document, row.catalog_id)
        if blind is None:
            return found
        return {(blind(word), blinded_field(field, blind)) for word, field in found}

    def _words(self, tables: Sequence[Any]) -> dict[int, set[tuple[str, str]]]:
        """Read the words of tables that are in the index, with their fields."""
        statement = sa.select(table_words.c.table_id, table_words.c.word, table_words.c.field).where(
            table_words.c.catalog_id.in_({row.catalog_id for row in tables}),
            table_words.c.table_id.in_([row.id for row in tables]),
        )
        found: dict[int, set[tuple[str, str]]] = {}
        for table_id, word, field in self._connection.execute(statement):
            found.setdefault(table_id, set()).add((word, field))
        return found


def _of(catalog_id: str | None) -> list[sa.ColumnElement[bool]]:
    return [] if catalog_id is None else [catalog_tables.c.catalog_id == catalog_id]


def _rows(keys: Iterable[tuple[str, str, str, int]], prefix: str = "") -> list[dict[str, str | int]]:
    """Name the parts of keys, in the order of the index."""
    names = [prefix + name for name in _KEY]
    return [dict(zip(names, key, strict=True)) for key in sorted(keys)]
