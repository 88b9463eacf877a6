"""What partitions of a table have in common, kept once: their columns, formats and the like.

It is most of a partition's definition. A form goes by its digest, so that a partition finds it whoever wrote
it first, and it never changes. It stays when its partitions go, until the table goes.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
import sqlalchemy as sa

from isinglass.model.glue.errors import InternalServiceException
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.conflicts import insert_one
from isinglass.store.documents import Documents
from isinglass.store.prepared import Prepared
from isinglass.store.tables.catalog import partition_forms

#: What of a storage descriptor is each partition's own.
_OWN = ("Location", "AdditionalLocations", "Parameters", "SkewedInfo")

#: Partitions of further forms keep all of their definition: whose columns are never the same gain nothing.
MOST_FORMS = 200

_OF_TABLE = (
    partition_forms.c.catalog_id == sa.bindparam("of_catalog"),
    partition_forms.c.table_id == sa.bindparam("of_table"),
)
_FIND = Prepared(
    sa.select(partition_forms.c.form).where(*_OF_TABLE, partition_forms.c.id == sa.bindparam("of_id"))
)
_COUNT = Prepared(sa.select(sa.func.count()).select_from(partition_forms).where(*_OF_TABLE))


class PartitionForms:
    """Divides definitions into what is a partition's own and its form, and joins them, in one transaction."""

    def __init__(self, connection: sa.Connection, documents: Documents) -> None:
        self._connection = connection
        self._documents = documents
        self._known: dict[tuple[int, str], Any] = {}
        #: The last form that was divided from a definition: the next partition's is nearly always the same.
        self._last: tuple[int, dict[str, Any], str | None] = (0, {}, None)

    def divide(
        self, table: CatalogTable, document: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], str | None]:
        """Take its form out of a definition; returns what is left, and the form's id, None for none."""
        descriptor = document.get("StorageDescriptor")
        if not descriptor or not descriptor.get("Columns"):
            return document, None
        own = {name: descriptor[name] for name in _OWN if name in descriptor}
        table_id, last, id_ = self._last
        if table_id != table.id or {**last, **own} != descriptor:
            form = {name: value for name, value in descriptor.items() if name not in own}
            id_ = self._keep(table, form)
            self._last = (table.id, form, id_)
        return (document, None) if id_ is None else ({**document, "StorageDescriptor": own}, id_)

    def join(self, table: CatalogTable, own: Any, id_: str | None) -> Any:
        """Put the form of an id back into a definition; partitions of one form share its parts."""
        if id_ is None:
            return own
        form = self._known.get((table.id, id_))
        if form is None:
            found = _FIND.first(self._connection, {**_of(table), "of_id": id_})
            if found is None:
                raise _gone(table, id_)
            form = self._known[table.id, id_] = orjson.loads(found[0])
        return {**own, "StorageDescriptor": {**form, **own["StorageDescriptor"]}}

    def _keep(self, table: CatalogTable, form: dict[str, Any]) -> str | None:
        """Keep a form unless it is kept already; None when this table's partitions share no more."""
        if self._documents.seals(table.catalog_id):
            return None  # of what is sealed, a digest would tell
        text = orjson.dumps(form, option=orjson.OPT_SORT_KEYS)
        id_ = hashlib.sha256(text).hexdigest()[:32]
        if _FIND.first(self._connection, {**_of(table), "of_id": id_}) is not None:
            return id_
        if _COUNT.first(self._connection, _of(table))[0] >= MOST_FORMS:
            return None
        row = {"catalog_id": table.catalog_id, "table_id": table.id, "id": id_, "form": text.decode()}
        insert_one(self._connection, partition_forms, row)
        return id_


def _gone(table: CatalogTable, id_: str) -> InternalServiceException:
    return InternalServiceException(
        f"The columns and formats that partitions of table {table.database_name}.{table.name} share are gone "
        f"from the database (form {id_}): restore it with its table partition_forms, or delete the "
        "partitions and create them again."
    )


def _of(table: CatalogTable) -> dict[str, Any]:
    return {"of_catalog": table.catalog_id, "of_table": table.id}
