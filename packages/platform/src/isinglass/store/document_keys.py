"""The data keys of catalogs, each wrapped by a key of the Key Management Service."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from isinglass.domain.catalog_encryption import key_context
from isinglass.model.glue.errors import GlueEncryptionException
from isinglass.store.conflicts import insert_one
from isinglass.store.key_use import KeyUnavailable, KeyUse
from isinglass.store.sealed_texts import DataKey
from isinglass.store.tables.security import catalog_data_keys
from isinglass.store.vault import Vault

if TYPE_CHECKING:
    from isinglass.store.store import Transaction

_COLUMNS = catalog_data_keys.c
_SELECT = sa.select(_COLUMNS.id, _COLUMNS.key_arn, _COLUMNS.wrapped)
_BY_ID = _SELECT.where(
    _COLUMNS.account_id == sa.bindparam("of_account"), _COLUMNS.id == sa.bindparam("of_id")
)
_BY_KEY = _SELECT.where(
    _COLUMNS.account_id == sa.bindparam("of_account"), _COLUMNS.key_arn == sa.bindparam("of_key")
)
_ALL = sa.select(_COLUMNS.account_id, *_SELECT.selected_columns).order_by(_COLUMNS.account_id, _COLUMNS.id)


#: What to do about a key of the settings, and about one that has encrypted, that is not there.
_NOT_THERE = (
    "The settings of the data catalog name it: let them name another (PutDataCatalogEncryptionSettings)."
)
_LOST = (
    "What it encrypted in the data catalog is lost, and can only be deleted: GetDatabases and GetTables "
    "with AttributesToGet NAME list it."
)


@contextmanager
def _explained(absent: str) -> Iterator[None]:
    """Say of a key that cannot be used what to do; `absent` does so of one that is not there."""
    try:
        yield
    except KeyUnavailable as error:
        advice = (
            absent
            if error.reason == "not found"
            else (
                "The data catalog is encrypted with it: enable the key again or cancel its deletion. "
                "What is written from now on can have another key (PutDataCatalogEncryptionSettings)."
            )
        )
        raise GlueEncryptionException(f"{error} {advice}") from error


@dataclass(eq=False)
class DataKeyGone(Exception):
    """The row of a data key is not in the database any more: nothing of ours deletes it."""

    id: str


def is_lost(error: GlueEncryptionException) -> bool:
    """Tell whether nothing will ever open a document: its key has been deleted."""
    return isinstance(error.__cause__, KeyUnavailable) and error.__cause__.reason == "not found"


class DocumentKeys:
    """Reads, makes and opens the data keys of catalogs within one transaction."""

    def __init__(self, tx: "Transaction", vault: Vault) -> None:
        self._tx = tx
        self._vault = vault

    def of_key(self, account_id: str, key: str) -> DataKey:
        """Give the data key that a key wraps, named by its id, ARN or alias; makes it when there is none."""
        with _explained(_NOT_THERE):
            arn = self._use().resolve(account_id, key).arn
        found = self._find(_BY_KEY, of_account=account_id, of_key=arn)
        if found is not None:
            return found
        with _explained(_NOT_THERE):
            clear, wrapped = self._use().data_key(account_id, arn, key_context(account_id))
        made = DataKey(secrets.token_hex(8), arn, clear)
        row = {"account_id": account_id, "id": made.id, "key_arn": arn, "wrapped": wrapped}
        if insert_one(self._tx.connection, catalog_data_keys, row):
            return made
        # Another server made it meanwhile.
        return self.of_key(account_id, arn)

    def by_id(self, account_id: str, id_: str) -> DataKey:
        """Give the data key of an id."""
        found = self._find(_BY_ID, of_account=account_id, of_id=id_)
        if found is None:
            raise GlueEncryptionException(
                f"The data key {id_} of catalog {account_id} is gone, and what it encrypted cannot be read: "
                "restore the database with its table catalog_data_keys."
            ) from DataKeyGone(id_)
        return found

    def usable(self, account_id: str) -> list[DataKey]:
        """Give those data keys of an account's catalogs that can be opened now."""
        return [key for _, key in self._tried(account_id) if key is not None]

    def locked(self, account_id: str | None) -> list[str]:
        """List the ids of those data keys, of one account or of all, that cannot be opened now."""
        return [id_ for id_, key in self._tried(account_id) if key is None]

    def _tried(self, account_id: str | None) -> Iterator[tuple[str, DataKey | None]]:
        statement = _ALL if account_id is None else _ALL.where(_COLUMNS.account_id == account_id)
        for owner, id_, arn, wrapped in self._tx.connection.execute(statement).all():
            try:
                yield id_, self._open(owner, id_, arn, wrapped)
            except GlueEncryptionException:
                yield id_, None

    def _find(self, statement: sa.Select[tuple[str, str, bytes]], **asked: str) -> DataKey | None:
        row = self._tx.connection.execute(statement, asked).first()
        return None if row is None else self._open(asked["of_account"], row.id, row.key_arn, row.wrapped)

    def _open(self, account_id: str, id_: str, key_arn: str, wrapped: bytes) -> DataKey:
        with _explained(_LOST):
            return DataKey(id_, key_arn, self._use().decrypt(wrapped, key_context(account_id)))

    def _use(self) -> KeyUse:
        if self._vault.sealer is None:
            raise GlueEncryptionException("The catalog is encrypted, and this process has no key to open it.")
        return KeyUse(self._tx, self._vault.sealer)
