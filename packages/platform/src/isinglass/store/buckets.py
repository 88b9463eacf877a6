"""Buckets: which account owns each bucket of the object store. Names are global, as on S3."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from isinglass.store.conflicts import insert_new
from isinglass.store.tables.identity import buckets


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket's name, its owner, and when it was made (epoch seconds)."""

    name: str
    account_id: str
    created_at: float
    #: How objects are encrypted that come without a word on it.
    encryption: dict[str, Any] | None = None


class Buckets:
    """Reads and writes the buckets table within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def claim(self, name: str, account_id: str, now: float) -> str | None:
        """Take a name for an account unless it is taken; returns who owns it.

        None when its owner gave it up at that moment.
        """
        row = {"name": name, "account_id": account_id, "created_at": now}
        if insert_new(self._connection, buckets.c.name, [row]):
            return account_id
        return self.owner(name)

    def owner(self, name: str) -> str | None:
        """Return the account that owns a bucket."""
        return self._connection.execute(
            sa.select(buckets.c.account_id).where(buckets.c.name == name)
        ).scalar()

    def find(self, name: str) -> Bucket | None:
        """Find a bucket."""
        row = self._connection.execute(buckets.select().where(buckets.c.name == name)).first()
        return None if row is None else Bucket(*row)

    def encrypt(self, name: str, encryption: dict[str, Any] | None) -> None:
        """Say how objects are encrypted that come without a word on it; None when they are not."""
        self._connection.execute(buckets.update().where(buckets.c.name == name).values(encryption=encryption))

    def list(self, account_id: str) -> list[Bucket]:
        """List one account's buckets by name."""
        rows = self._connection.execute(
            buckets.select().where(buckets.c.account_id == account_id).order_by(buckets.c.name)
        )
        return [Bucket(*row) for row in rows]

    def release(self, name: str, account_id: str) -> None:
        """Give a name up: whoever creates the bucket next owns it."""
        self._connection.execute(
            buckets.delete().where(buckets.c.name == name, buckets.c.account_id == account_id)
        )
