"""The configuration of IAM Identity Center, one per account."""

from typing import Any

import orjson
import sqlalchemy as sa

from isinglass.model.glue.errors import EntityNotFoundException
from isinglass.store.conflicts import insert_one
from isinglass.store.tables.catalogs import identity_center


class IdentityCenter:
    """Reads and writes the identity_center_configurations table within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def insert(self, account_id: str, document: dict[str, Any]) -> bool:
        """Insert the account's configuration; False when it has one."""
        row = {"account_id": account_id, "document": orjson.dumps(document).decode()}
        return insert_one(self._connection, identity_center, row)

    def require(self, account_id: str, *, lock: bool = False) -> dict[str, Any]:
        """Find a configuration that must exist; a lock keeps everyone else from changing it."""
        statement = sa.select(identity_center.c.document).where(identity_center.c.account_id == account_id)
        if lock:
            statement = statement.with_for_update()
        document = self._connection.scalars(statement).first()
        if document is None:
            raise EntityNotFoundException("Identity Center configuration not found.")
        return dict(orjson.loads(document))

    def replace(self, account_id: str, document: dict[str, Any]) -> None:
        """Replace a locked configuration."""
        change = identity_center.update().where(identity_center.c.account_id == account_id)
        self._connection.execute(change.values(document=orjson.dumps(document).decode()))

    def delete(self, account_id: str) -> bool:
        """Delete the configuration; False when there is none."""
        gone = identity_center.delete().where(identity_center.c.account_id == account_id)
        return self._connection.execute(gone).rowcount == 1
