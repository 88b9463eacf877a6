"""Makes accounts and their keys; the first account is made when the server first starts."""

import secrets
from dataclasses import dataclass, field, replace

from isinglass.app.settings import RootAccount
from isinglass.store.access_keys import AccessKey
from isinglass.store.accounts import Account
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store, Transaction

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key pair in the clear."""

    access_key_id: str
    secret_access_key: str = field(repr=False)


def new_key() -> NewKey:
    """Make a key pair that looks like one of AWS: some clients check."""
    return NewKey("AKIA" + "".join(secrets.choice(_ALPHABET) for _ in range(16)), secrets.token_urlsafe(30))


def insert_key(tx: Transaction, sealer: Sealer, account_id: str, key: NewKey, now: float) -> None:
    """Insert a key that acts as the account itself."""
    tx.access_keys.insert(
        AccessKey(
            access_key_id=key.access_key_id,
            account_id=account_id,
            secret_sealed=sealer.seal(key.secret_access_key.encode(), key.access_key_id),
            principal_arn=f"arn:aws:iam::{account_id}:root",
            created_at=now,
        )
    )


def ensure_root(store: Store, sealer: Sealer, root: RootAccount, kept: NewKey | None, now: float) -> NewKey:
    """Make the first account and its key where they are missing; returns the key.

    `kept` is the key that an earlier start generated. A key that is given replaces the secret it had before.
    """
    given = None
    if root.access_key_id is not None and root.secret_access_key is not None:
        given = NewKey(root.access_key_id, root.secret_access_key)
    key = given or kept or new_key()
    with store.begin() as tx:
        tx.accounts.insert(Account(root.account_id, "root", now))
        present = tx.access_keys.find(key.access_key_id)
        if present is None:
            insert_key(tx, sealer, root.account_id, key, now)
        elif present.account_id != root.account_id:
            raise KeyTaken(key.access_key_id, present.account_id)
        elif sealer.open(present.secret_sealed, key.access_key_id).decode() != key.secret_access_key:
            tx.access_keys.delete(key.access_key_id)
            insert_key(tx, sealer, root.account_id, key, now)
    return key


class KeyTaken(Exception):
    """The key that the settings give to the first account belongs to another."""

    def __init__(self, access_key_id: str, account_id: str) -> None:
        super().__init__(
            f"ISINGLASS_ROOT_ACCESS_KEY_ID {access_key_id} is a key of account {account_id}; use another."
        )
        self.access_key_id = access_key_id
        self.account_id = account_id


def service_key(store: Store, sealer: Sealer, account_id: str, now: float) -> NewKey:
    """Return the key by which the server itself reaches one account's objects; made when first asked for."""
    key_id = f"ISGLSVC0{account_id}"
    with store.read() as tx:
        present = tx.access_keys.find(key_id)
    if present is None:
        with store.begin() as tx:
            present = tx.access_keys.find(key_id)
            if present is None:
                key = replace(new_key(), access_key_id=key_id)
                insert_key(tx, sealer, account_id, key, now)
                return key
    return NewKey(key_id, sealer.open(present.secret_sealed, key_id).decode())
