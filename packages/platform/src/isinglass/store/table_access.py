"""What a caller may do with tables and databases: its grants, joined by the pure decision."""

from collections.abc import Iterable, Sequence

from isinglass.domain.catalog_ids import account_of
from isinglass.domain.permissions.access import READ_ONLY, WHOLE, Access, decide
from isinglass.domain.permissions.defaults import administrators
from isinglass.domain.permissions.grants import Grant
from isinglass.domain.permissions.principals import Asker
from isinglass.domain.permissions.resources import above
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.cells_filters import CellsFilters
from isinglass.store.data_lake import DataLake
from isinglass.store.databases import Database
from isinglass.store.permissions import Permissions


class TableAccess:
    """Answers within one transaction; what is not restricted costs no query."""

    def __init__(self, permissions: Permissions, cells_filters: CellsFilters, data_lake: DataLake) -> None:
        self._permissions = permissions
        self._cells_filters = cells_filters
        self._data_lake = data_lake

    def of(self, table: CatalogTable, asker: Asker) -> Access:
        """Tell what may be done with a table."""
        if not table.restricted or asker.owns(table.account_id):
            return WHOLE
        general = self._general(table.account_id, asker)
        if general is WHOLE:
            return general
        grants = self._permissions.of_table(table.catalog_id, table.database_name, table.id, asker.names)
        return self._joined(table, grants, general)

    def of_all(self, tables: Sequence[CatalogTable], asker: Asker) -> list[Access]:
        """Tell what may be done with each of many tables of one catalog."""
        restricted = [table for table in tables if table.restricted]
        if not restricted or asker.owns(restricted[0].account_id):
            return [WHOLE] * len(tables)
        general = self._general(restricted[0].account_id, asker)
        if general is WHOLE:
            return [WHOLE] * len(tables)
        catalog_id, names = restricted[0].catalog_id, asker.names
        by_table = self._permissions.of_tables(catalog_id, (table.id for table in restricted), names)
        in_databases = self._permissions.of_databases(
            catalog_id, {table.database_name for table in restricted}, names
        )
        return [
            self._joined(table, [*by_table[table.id], *in_databases[table.database_name]], general)
            if table.restricted
            else WHOLE
            for table in tables
        ]

    def _joined(self, table: CatalogTable, grants: Sequence[Grant], general: Access | None) -> Access:
        filters = {}
        if any(grant.resource.kind == "cells" for grant in grants):
            filters = self._cells_filters.of_table(table.catalog_id, table.id)
        found = decide(grants, filters)
        return found if general is None else found.and_also(general)

    def has_location(self, owner: str, path: str, asker: Asker) -> bool:
        """Tell whether the caller may let definitions point to a path in a registered location."""
        if self.is_administrator(owner, asker):
            return True
        places = above(path)
        return any(
            grant.resource.item in places
            for grant in self._permissions.of_locations(owner, places, asker.names)
        )

    def is_administrator(self, owner: str, asker: Asker) -> bool:
        """Tell whether the caller rules an account's data lake: its root, or one of its administrators."""
        return asker.owns(owner) or self._general(owner, asker) is WHOLE

    def sees_all(self, owner: str, asker: Asker) -> bool:
        """Tell whether the caller sees every definition of an account: an administrator of either kind."""
        return asker.owns(owner) or self._general(owner, asker) is not None

    def _general(self, owner: str, asker: Asker) -> Access | None:
        """Give what the caller may do with every table, None when it is no administrator of any kind."""
        settings = self._data_lake.settings(owner)
        if administrators(settings, "DataLakeAdmins") & set(asker.names):
            return WHOLE
        return READ_ONLY if administrators(settings, "ReadOnlyAdmins") & set(asker.names) else None

    def of_database(self, catalog_id: str, database: Database, asker: Asker) -> frozenset[str] | None:
        """List what may be done with a database, DESCRIBE with anything; None when it is not restricted."""
        return self.of_databases(catalog_id, [database], asker)[0]

    def of_databases(
        self, catalog_id: str, databases: Sequence[Database], asker: Asker
    ) -> list[frozenset[str] | None]:
        """List what may be done with each of many databases of one catalog."""
        owner = account_of(catalog_id)
        restricted = [database.name for database in databases if database.restricted]
        if not restricted or asker.owns(owner):
            return [None] * len(databases)
        general = self._general(owner, asker)
        if general is WHOLE:
            return [None] * len(databases)
        grants = self._permissions.of_databases(catalog_id, restricted, asker.names)
        shown = self._permissions.with_tables(catalog_id, restricted, asker.names)
        if general is not None:
            shown |= set(restricted)
        return [
            _on_database(grants[database.name], shown=database.name in shown) if database.restricted else None
            for database in databases
        ]


def _on_database(grants: Iterable[Grant], *, shown: bool) -> frozenset[str]:
    """Join what is held on a database; whoever may use one of its tables may see that it is there."""
    held: set[str] = set()
    for grant in grants:
        if grant.resource.kind == "database":
            held |= {name for name in ("ALTER", "CREATE_TABLE", "DESCRIBE", "DROP") if grant.allows(name)}
        shown = shown or bool(grant.permissions)
    return frozenset(held | {"DESCRIBE"} if shown else held)
