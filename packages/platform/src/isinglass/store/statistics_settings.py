"""How each table wants its column statistics computed, and what became of the last due time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from isinglass.domain.statistics_schedules import KIND, schedule_name
from isinglass.store.conflicts import insert_one
from isinglass.store.tables.catalog import catalog_tables
from isinglass.store.tables.schedules import schedules
from isinglass.store.tables.statistics_tasks import statistics_settings


@dataclass(frozen=True, slots=True)
class StatisticsSettings:
    """The settings of one table, whose id tells it from a later one of the same name."""

    account_id: str
    database_name: str
    table_name: str
    table_id: int
    definition: dict[str, Any]
    last_attempt: dict[str, Any] | None = None


_MEMBERS = tuple(StatisticsSettings.__dataclass_fields__)
_SELECT = sa.select(*(statistics_settings.c[name] for name in _MEMBERS))


class AllStatisticsSettings:
    """Reads and writes the statistics_settings table within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def insert(self, settings: StatisticsSettings) -> bool:
        """Insert a table's settings; False when it has some. Those of an earlier table give way."""
        self._connection.execute(
            statistics_settings.delete().where(
                *_is(settings.account_id, settings.database_name, settings.table_name),
                statistics_settings.c.table_id != settings.table_id,
            )
        )
        row = {name: getattr(settings, name) for name in _MEMBERS if name != "last_attempt"}
        row["definition"] = orjson.dumps(settings.definition).decode()
        return insert_one(self._connection, statistics_settings, row)

    def lock(self, account_id: str, database: str, table: str) -> StatisticsSettings | None:
        """Find settings and keep everyone else from changing them until the transaction ends."""
        return self._first(_SELECT.where(*_is(account_id, database, table)).with_for_update())

    def find(self, account_id: str, database: str, table: str) -> StatisticsSettings | None:
        """Find the settings of a table."""
        return self._first(_SELECT.where(*_is(account_id, database, table)))

    def redefine(self, settings: StatisticsSettings, definition: Mapping[str, Any]) -> None:
        """Replace locked settings."""
        self._set(settings, definition=orjson.dumps(definition).decode())

    def note_attempt(self, settings: StatisticsSettings, attempt: Mapping[str, Any]) -> None:
        """Remember what became of a due time."""
        self._set(settings, last_attempt=orjson.dumps(attempt).decode())

    def delete(self, settings: StatisticsSettings) -> None:
        """Delete locked settings."""
        where = _is(settings.account_id, settings.database_name, settings.table_name)
        self._connection.execute(statistics_settings.delete().where(*where))

    def follow(self, account_id: str, database: str) -> None:
        """Let settings follow those tables of a database's name that have another name, or lie in another.

        Their schedules follow, too. What another table left under the name gives way.
        """
        columns = statistics_settings.c
        moved = (
            sa.select(columns.table_name, catalog_tables.c.database_name, catalog_tables.c.name)
            .join(
                catalog_tables,
                sa.and_(
                    catalog_tables.c.id == columns.table_id, catalog_tables.c.catalog_id == columns.account_id
                ),
            )
            .where(columns.account_id == account_id, columns.database_name == database)
            .where(
                sa.or_(
                    catalog_tables.c.database_name != columns.database_name,
                    catalog_tables.c.name != columns.table_name,
                )
            )
            .order_by(columns.table_name)
        )
        for table, new_database, new_table in self._connection.execute(moved).all():
            named, new = _is(account_id, database, table), _is(account_id, new_database, new_table)
            self._connection.execute(statistics_settings.delete().where(*new))
            self._connection.execute(
                statistics_settings.update()
                .where(*named)
                .values(database_name=new_database, table_name=new_table)
            )
            old_name, new_name = schedule_name(database, table), schedule_name(new_database, new_table)
            of_kind = (schedules.c.account_id == account_id, schedules.c.kind == KIND)
            self._connection.execute(schedules.delete().where(*of_kind, schedules.c.name == new_name))
            self._connection.execute(
                schedules.update().where(*of_kind, schedules.c.name == old_name).values(name=new_name)
            )

    def _set(self, settings: StatisticsSettings, **values: Any) -> None:
        where = _is(settings.account_id, settings.database_name, settings.table_name)
        self._connection.execute(statistics_settings.update().where(*where).values(**values))

    def _first(self, statement: sa.Select[Any]) -> StatisticsSettings | None:
        row = self._connection.execute(statement).first()
        if row is None:
            return None
        account_id, database, table, table_id, definition, attempt = row
        last_attempt = None if attempt is None else orjson.loads(attempt)
        return StatisticsSettings(
            account_id, database, table, table_id, orjson.loads(definition), last_attempt
        )


def _is(account_id: str, database: str, table: str) -> list[sa.ColumnElement[bool]]:
    return [
        statistics_settings.c.account_id == account_id,
        statistics_settings.c.database_name == database,
        statistics_settings.c.table_name == table,
    ]
