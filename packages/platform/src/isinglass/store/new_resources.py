"""What new databases and tables are open to: their defaults, and everything for who makes them."""

from collections.abc import Iterable, Mapping
from typing import Any

from isinglass.domain.access.principals import is_root
from isinglass.domain.permissions.defaults import OPEN, given, is_open
from isinglass.domain.permissions.grants import ALL, Grant
from isinglass.domain.permissions.principals import IAM_ALLOWED
from isinglass.domain.permissions.resources import Resource
from isinglass.store.catalog_tables import CatalogTables
from isinglass.store.databases import Database
from isinglass.store.permissions import Permissions
from isinglass.store.restrictions import Restrictions

_EVERYTHING = frozenset({ALL})


class NewResources:
    """Writes first permissions within one transaction; the account's own open tables need none."""

    def __init__(self, permissions: Permissions, restrictions: Restrictions, tables: CatalogTables) -> None:
        self._permissions = permissions
        self._restrictions = restrictions
        self._tables = tables

    def database(
        self, catalog_id: str, name: str, settings: Mapping[str, Any], *, by: str, now: float
    ) -> None:
        """Write what a database just made is open to; `by` is the identity that made it."""
        defaults = settings.get("CreateDatabaseDefaultPermissions", OPEN)
        self._write(catalog_id, Resource("database", name), 0, defaults, by, now)

    def table(self, catalog_id: str, database: Database, name: str, *, by: str, now: float) -> None:
        """Write what a table just made is open to; `by` is the identity that made it."""
        defaults = database.document.get("CreateTableDefaultPermissions", OPEN)
        if is_root(by) and _is_plain(defaults):
            return
        table = self._tables.require(catalog_id, database.name, name)
        self._write(catalog_id, Resource("table", database.name, name), table.id, defaults, by, now)

    def _write(
        self,
        catalog_id: str,
        resource: Resource,
        table_id: int,
        defaults: Iterable[Mapping[str, Any]],
        by: str,
        now: float,
    ) -> None:
        held = {
            principal: Grant(principal, resource, names, frozenset(), now, by)
            for principal, names in given(defaults)
        }
        if not is_root(by):
            held[by] = Grant(by, resource, _EVERYTHING, _EVERYTHING, now, by)
        if is_open(defaults):
            held.pop(IAM_ALLOWED, None)
        else:
            # Its row says that permissions decide, even when it gives none.
            held.setdefault(IAM_ALLOWED, Grant(IAM_ALLOWED, resource, frozenset(), frozenset(), now, by))
            self._restrictions.restrict(catalog_id, resource, table_id, restricted=True)
        for grant in held.values():
            self._permissions.put(catalog_id, table_id, grant)


def _is_plain(defaults: Iterable[Mapping[str, Any]]) -> bool:
    return [principal for principal, _ in given(defaults)] == [IAM_ALLOWED] and is_open(defaults)
