"""Access keys: what requests are signed with. Secrets arrive here sealed and leave sealed."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from isinglass.store.tables.identity import access_keys


@dataclass(frozen=True, slots=True)
class AccessKey:
    """One key pair; temporary ones carry a token hash and an end (epoch seconds)."""

    access_key_id: str
    account_id: str
    secret_sealed: bytes
    principal_arn: str
    created_at: float
    session_token_hash: bytes | None = None
    expires_at: float | None = None
    context: dict[str, Any] | None = None


_COLUMNS = [access_keys.c[name] for name in AccessKey.__dataclass_fields__]


class AccessKeys:
    """Reads and writes the access_keys table within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def insert(self, key: AccessKey) -> None:
        """Insert a key; its id must be new."""
        self._connection.execute(
            access_keys.insert().values({name: getattr(key, name) for name in AccessKey.__dataclass_fields__})
        )

    def find(self, access_key_id: str) -> AccessKey | None:
        """Find a key by its id."""
        row = self._connection.execute(
            sa.select(*_COLUMNS).where(access_keys.c.access_key_id == access_key_id)
        ).first()
        return None if row is None else AccessKey(*row)

    def delete(self, access_key_id: str) -> None:
        """Delete a key; requests signed with it are refused from then on."""
        self._connection.execute(access_keys.delete().where(access_keys.c.access_key_id == access_key_id))

    def delete_expired(self, now: float) -> int:
        """Delete temporary keys whose time is over; returns how many."""
        return self._connection.execute(access_keys.delete().where(access_keys.c.expires_at <= now)).rowcount
