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
    #: What is known of a session beyond who it is: its tags, or the job run whose key it is.
    context: dict[str, Any] | None = None
    status: str = "Active"
    identity_id: str | None = None
    session_policies: list[str] | None = None


@dataclass(frozen=True, slots=True)
class KeyUse:
    """When, for which service and in which region a key was last used."""

    time: float
    service: str
    region: str


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

    def of_identity(self, account_id: str, identity_id: str | None) -> list[AccessKey]:
        """List the lasting keys of a user, or of the account itself, which are few, by their ids."""
        rows = self._connection.execute(
            sa.select(*_COLUMNS)
            .where(
                access_keys.c.account_id == account_id,
                access_keys.c.identity_id == identity_id,
                access_keys.c.session_token_hash.is_(None),
            )
            .order_by(access_keys.c.access_key_id)
        )
        return [AccessKey(*row) for row in rows]

    def set_status(self, access_key_id: str, status: str) -> None:
        """Make a key Active or Inactive."""
        self._change(access_keys.c.access_key_id == access_key_id, status=status)

    def rename_principal(self, account_id: str, identity_id: str, principal_arn: str) -> None:
        """Let all keys of a user act under its new ARN."""
        where = sa.and_(access_keys.c.account_id == account_id, access_keys.c.identity_id == identity_id)
        self._change(where, principal_arn=principal_arn)

    def note_use(self, access_key_id: str, use: KeyUse) -> None:
        """Note the last use of a key; one that is gone needs no note."""
        self._change(
            access_keys.c.access_key_id == access_key_id,
            last_used_at=use.time,
            last_used_service=use.service,
            last_used_region=use.region,
        )

    def last_use(self, access_key_id: str) -> KeyUse | None:
        """Tell when a key was last used, to the minute; None when it never was."""
        used = access_keys.c
        row = self._connection.execute(
            sa.select(used.last_used_at, used.last_used_service, used.last_used_region).where(
                used.access_key_id == access_key_id, used.last_used_at.is_not(None)
            )
        ).first()
        return None if row is None else KeyUse(*row)

    def _change(self, where: sa.ColumnElement[bool], **values: Any) -> None:
        self._connection.execute(access_keys.update().where(where).values(values))

    def delete_of_identity(self, account_id: str, identity_id: str) -> None:
        """Delete all keys of a user or role, sessions included."""
        self._connection.execute(
            access_keys.delete().where(
                access_keys.c.account_id == account_id, access_keys.c.identity_id == identity_id
            )
        )

    def delete(self, access_key_id: str) -> None:
        """Delete a key; requests signed with it are refused from then on."""
        self._connection.execute(access_keys.delete().where(access_keys.c.access_key_id == access_key_id))

    def delete_expired(self, now: float) -> int:
        """Delete temporary keys whose time is over; returns how many."""
        return self._connection.execute(access_keys.delete().where(access_keys.c.expires_at <= now)).rowcount
