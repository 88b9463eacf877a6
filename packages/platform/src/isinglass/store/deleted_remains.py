"""Removes what is left of deleted tables and databases that nobody can restore any more, in bounded steps."""

from typing import Any

import sqlalchemy as sa

from isinglass.domain.catalog_ids import account_of
from isinglass.store.tables.business import assets
from isinglass.store.tables.catalog import partition_forms, partitions, table_versions
from isinglass.store.tables.column_statistics import column_statistics
from isinglass.store.tables.history import database_history, deleted_databases, deleted_tables, table_history
from isinglass.store.tables.partition_indexes import partition_index_entries, partition_indexes
from isinglass.store.tables.permissions import cells_filters, permissions

#: What belongs to a table by its id, each with the columns that tell its rows apart.
CHILDREN: tuple[tuple[sa.Table, tuple[str, ...]], ...] = (
    (partition_index_entries, ("index_id", "entry_key", "values_key")),
    (partitions, ("values_key",)),
    (partition_forms, ("id",)),
    (column_statistics, ("values_key", "column_key")),
    (table_versions, ("version",)),
    (permissions, ("database_name", "kind", "item", "principal")),
    (cells_filters, ("name",)),
    (partition_indexes, ("id",)),
    (table_history, ("id",)),
)


class DeletedRemains:
    """Removes rows of purged tables and databases within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def expire(self, before: float) -> int:
        """Give up what was deleted before a time; returns how many tables and databases."""
        return sum(
            self._connection.execute(
                kept.update().where(kept.c.purged == 0, kept.c.deleted_at <= before).values(purged=1)
            ).rowcount
            for kept in (deleted_tables, deleted_databases)
        )

    def remove(self, limit: int) -> bool:
        """Remove some rows of one purged table, or one purged database; False when there is none."""
        columns = deleted_tables.c
        # What another server is removing is left to it.
        table = self._connection.execute(
            sa.select(columns.id, columns.catalog_id)
            .where(columns.purged == 1)
            .order_by(columns.deleted_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if table is None:
            return self._remove_database()
        for child, key in CHILDREN:
            limit -= self._remove_children(child, key, table, limit)
            if limit <= 0:
                return True
        # What was said of the table, and what searches found it by, goes with its asset.
        account_id = account_of(table.catalog_id)
        self._connection.execute(
            assets.delete().where(assets.c.account_id == account_id, assets.c.table_id == table.id)
        )
        self._connection.execute(deleted_tables.delete().where(columns.id == table.id))
        return True

    def _remove_children(self, child: sa.Table, key: tuple[str, ...], table: Any, limit: int) -> int:
        of_table = (child.c.catalog_id == table.catalog_id, child.c.table_id == table.id)
        columns = [child.c[name] for name in key]
        some = sa.select(*columns).where(*of_table).limit(limit)
        chosen = sa.tuple_(*columns).in_(some) if len(columns) > 1 else columns[0].in_(some)
        return self._connection.execute(child.delete().where(*of_table, chosen)).rowcount

    def _remove_database(self) -> bool:
        columns = deleted_databases.c
        row = self._connection.execute(
            sa.select(columns.id, columns.catalog_id, columns.name, columns.deleted_at)
            .where(columns.purged == 1)
            .order_by(columns.deleted_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if row is None:
            return False
        past = database_history.c
        self._connection.execute(
            database_history.delete().where(
                past.catalog_id == row.catalog_id, past.name == row.name, past.made_at <= row.deleted_at
            )
        )
        self._connection.execute(deleted_databases.delete().where(columns.id == row.id))
        return True
