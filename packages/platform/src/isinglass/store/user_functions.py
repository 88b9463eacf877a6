"""User-defined functions of databases. Names are folded by the caller (domain.catalog_objects.fold)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from isinglass.model.glue.errors import EntityNotFoundException
from isinglass.store.conflicts import insert_new
from isinglass.store.documents import Documents
from isinglass.store.paging import PageRequest
from isinglass.store.scanning import MOST_EXAMINED, read_in_order
from isinglass.store.tables.functions import user_functions


@dataclass(frozen=True, slots=True)
class UserFunction:
    """A function as stored; `document` is domain.catalog_objects.function_document's."""

    database_name: str
    name: str
    document: Any
    created_at: float


_SELECT = sa.select(*(user_functions.c[name] for name in UserFunction.__dataclass_fields__))
_KEY = (user_functions.c.database_name, user_functions.c.name)


class UserFunctions:
    """Reads and writes the user_functions table within one transaction."""

    def __init__(self, connection: sa.Connection, documents: Documents) -> None:
        self._connection = connection
        self._documents = documents

    def insert(self, catalog_id: str, database_name: str, document: dict[str, Any], now: float) -> bool:
        """Insert a function into a held database; False when its name is taken."""
        row = {
            "catalog_id": catalog_id,
            "database_name": database_name,
            "name": document["FunctionName"],
            "document": self._documents.dump(document, catalog_id, "function", document["FunctionName"]),
            "created_at": now,
        }
        return bool(insert_new(self._connection, user_functions.c.name, [row]))

    def require(self, catalog_id: str, database_name: str, name: str) -> UserFunction:
        """Find a function that must exist."""
        row = self._connection.execute(_SELECT.where(*self._is(catalog_id, database_name, name))).first()
        if row is None:
            raise EntityNotFoundException(f"Function {name} not found.")
        return self._function(catalog_id, row)

    def page(
        self,
        catalog_id: str,
        database_name: str | None,
        page: PageRequest,
        named: Callable[[str], bool],
        kind: str | None = None,
    ) -> tuple[list[UserFunction], tuple[Any, ...] | None]:
        """List the functions of a kind whose names pass, of one database or of all, by database and name.

        A page may be short and still have a next one.
        """
        statement = _SELECT.where(user_functions.c.catalog_id == catalog_id)
        if database_name is not None:
            statement = statement.where(user_functions.c.database_name == database_name)
        found: list[UserFunction] = []
        for examined, row in enumerate(read_in_order(self._connection, statement, _KEY, page), 1):
            # Documents are read only where the name passes.
            if named(row.name):
                function = self._function(catalog_id, row)
                if kind is None or function.document.get("FunctionType") == kind:
                    found.append(function)
            if len(found) == page.size or examined == MOST_EXAMINED:
                return found, (row.database_name, row.name)
        return found, None

    def replace(self, catalog_id: str, database_name: str, name: str, document: dict[str, Any]) -> bool:
        """Replace a function's definition; False when there is none."""
        change = user_functions.update().where(*self._is(catalog_id, database_name, name))
        text = self._documents.dump(document, catalog_id, "function", name)
        changed = self._connection.execute(change.values(document=text))
        return changed.rowcount == 1

    def delete(self, catalog_id: str, database_name: str, name: str) -> bool:
        """Delete a function; False when there is none."""
        gone = user_functions.delete().where(*self._is(catalog_id, database_name, name))
        return self._connection.execute(gone).rowcount == 1

    def _function(self, catalog_id: str, row: Any) -> UserFunction:
        document = self._documents.load(row.document, catalog_id, "function", row.name)
        return UserFunction(row.database_name, row.name, document, row.created_at)

    @staticmethod
    def _is(catalog_id: str, database_name: str, name: str) -> list[sa.ColumnElement[bool]]:
        return [
            user_functions.c.catalog_id == catalog_id,
            user_functions.c.database_name == database_name,
            user_functions.c.name == name,
        ]
