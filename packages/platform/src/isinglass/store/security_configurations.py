"""Security configurations, which never change, and the encryption settings of a catalog."""

from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from isinglass.model.glue.errors import EntityNotFoundException
from isinglass.store.conflicts import insert_one, insert_or_update
from isinglass.store.listing import Listing
from isinglass.store.paging import PageRequest
from isinglass.store.prepared import Prepared
from isinglass.store.tables.security import catalog_encryption, security_configurations


@dataclass(frozen=True, slots=True)
class SecurityConfiguration:
    """A configuration as stored; `document` is its EncryptionConfiguration."""

    name: str
    document: Any
    created_at: float


_TABLE = security_configurations.c
_OF_ACCOUNT = sa.select(_TABLE.name, _TABLE.document, _TABLE.created_at).where(
    _TABLE.account_id == sa.bindparam("account_id")
)
_FIND = Prepared(_OF_ACCOUNT.where(_TABLE.name == sa.bindparam("name")))
_LISTED = Listing(_OF_ACCOUNT, _TABLE.name)
_FIND_SETTINGS = Prepared(
    sa.select(catalog_encryption.c.document).where(
        catalog_encryption.c.account_id == sa.bindparam("account_id")
    )
)


def _configuration(row: Any) -> SecurityConfiguration:
    name, document, created_at = row
    return SecurityConfiguration(name, orjson.loads(document), created_at)


class SecurityConfigurations:
    """Reads and writes both tables within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def insert(self, account_id: str, name: str, document: Any, now: float) -> bool:
        """Insert a configuration; False when its name is taken."""
        row = {
            "account_id": account_id,
            "name": name,
            "document": orjson.dumps(document).decode(),
            "created_at": now,
        }
        return insert_one(self._connection, security_configurations, row)

    def find(self, account_id: str, name: str) -> SecurityConfiguration | None:
        """Find a configuration by its name."""
        row = _FIND.first(self._connection, {"account_id": account_id, "name": name})
        return None if row is None else _configuration(row)

    def require(self, account_id: str, name: str) -> SecurityConfiguration:
        """Find a configuration that must exist."""
        found = self.find(account_id, name)
        if found is None:
            raise EntityNotFoundException(f"Security configuration {name} not found.")
        return found

    def page(
        self, account_id: str, page: PageRequest
    ) -> tuple[list[SecurityConfiguration], tuple[Any, ...] | None]:
        """List configurations by name."""
        rows, after = _LISTED.page(self._connection, {"account_id": account_id}, page)
        return [_configuration(row) for row in rows], after

    def delete(self, account_id: str, name: str) -> bool:
        """Delete a configuration; False when there is none."""
        gone = security_configurations.delete().where(_TABLE.account_id == account_id, _TABLE.name == name)
        return self._connection.execute(gone).rowcount == 1

    def catalog_encryption(self, account_id: str) -> dict[str, Any]:
        """Read the encryption settings of an account's catalog; never set is an empty mapping."""
        row = _FIND_SETTINGS.first(self._connection, {"account_id": account_id})
        found: dict[str, Any] = {} if row is None else orjson.loads(row[0])
        return found

    def put_catalog_encryption(self, account_id: str, document: dict[str, Any]) -> None:
        """Replace the encryption settings of an account's catalog."""
        row = {"account_id": account_id, "document": orjson.dumps(document).decode()}
        insert_or_update(self._connection, catalog_encryption, ["document"], row)
