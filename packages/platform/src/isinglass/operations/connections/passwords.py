"""Secrets of connections, under the key that the catalog's settings name and for callers whom it serves."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from isinglass.domain.catalog_encryption import password_key
from isinglass.model.glue.errors import GlueEncryptionException
from isinglass.operations.context import Context
from isinglass.store.connection_passwords import ConnectionPasswords
from isinglass.store.connections import Connection
from isinglass.store.key_use import KeyUnavailable, KeyUse
from isinglass.store.keys import Key
from isinglass.store.sealing import SealBroken
from isinglass.store.store import Transaction


def seal_secrets(ctx: Context, tx: Transaction, name: str, secrets: Mapping[str, str]) -> dict[str, str]:
    """Seal the secrets of a connection as they are stored, with the key of the settings."""
    with _explained():
        key = _key(ctx, tx) if secrets else None
        if key is not None:
            ctx.use_key("kms:Encrypt", key, via="glue")
        return ConnectionPasswords(tx, ctx.services.sealer).seal(ctx.account_id, name, secrets, key)


def open_secrets(ctx: Context, tx: Transaction, connection: Connection) -> dict[str, str]:
    """Open the secrets of a connection, for a caller who may use the keys that encrypted them."""
    passwords = ConnectionPasswords(tx, ctx.services.sealer)
    with _explained():
        for key in passwords.keys(connection):
            ctx.use_key("kms:Decrypt", key, via="glue")
        return passwords.open(connection)


def shown_secrets(ctx: Context, tx: Transaction, connection: Connection, key: Key | None) -> dict[str, str]:
    """Give the secrets of a connection as they are shown: encrypted where the settings name a key."""
    if key is None:
        return open_secrets(ctx, tx, connection)
    with _explained():
        return ConnectionPasswords(tx, ctx.services.sealer).encrypted(connection, key)


def settings_key(ctx: Context, tx: Transaction) -> Key | None:
    """Find the key that the settings name for secrets of connections."""
    with _explained():
        return _key(ctx, tx)


def _key(ctx: Context, tx: Transaction) -> Key | None:
    reference = password_key(tx.security_configurations.catalog_encryption(ctx.account_id))
    if reference is None:
        return None
    return KeyUse(tx, ctx.services.sealer, ctx.region).resolve(ctx.account_id, reference)


@contextmanager
def _explained() -> Iterator[None]:
    """Say which key cannot be used, and that it is the secrets that need it."""
    try:
        yield
    except KeyUnavailable as error:
        raise GlueEncryptionException(
            f"{error} Passwords of connections are encrypted with it: enable it again, cancel its deletion, "
            "or give the connection its password anew under another key."
        ) from error
    except SealBroken as error:
        raise GlueEncryptionException(str(error)) from error
