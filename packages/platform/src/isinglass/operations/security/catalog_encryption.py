"""Operations on the encryption settings of an account's catalogs."""

import time
from typing import Any

from isinglass.domain.catalog_encryption import (
    DEFAULTS,
    WITH_ROLE,
    AtRest,
    at_rest,
    password_key,
)
from isinglass.model.glue.errors import (
    AccessDeniedException,
    GlueEncryptionException,
    InvalidInputException,
)
from isinglass.model.glue.shapes import (
    GetDataCatalogEncryptionSettingsRequest,
    GetDataCatalogEncryptionSettingsResponse,
    PutDataCatalogEncryptionSettingsRequest,
    PutDataCatalogEncryptionSettingsResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.key_names import check_alias, usable_key
from isinglass.operations.registry import implements
from isinglass.store.connection_passwords import ConnectionPasswords
from isinglass.store.key_use import KeyUnavailable
from isinglass.store.keys import Key
from isinglass.store.store import Transaction
from isinglass.store.vault import FOLLOWED_SECONDS


@implements("GetDataCatalogEncryptionSettings")
def get_data_catalog_encryption_settings(
    ctx: Context, request: GetDataCatalogEncryptionSettingsRequest
) -> GetDataCatalogEncryptionSettingsResponse:
    _check_own(ctx, request.get("CatalogId"))
    with ctx.store.read() as tx:
        found = tx.security_configurations.catalog_encryption(ctx.account_id)
    settings: Any = {**DEFAULTS, **found}
    return {"DataCatalogEncryptionSettings": settings}


@implements("PutDataCatalogEncryptionSettings")
def put_data_catalog_encryption_settings(
    ctx: Context, request: PutDataCatalogEncryptionSettingsRequest
) -> PutDataCatalogEncryptionSettingsResponse:
    """Replace the settings; what is left out is as if never set. What is written from now on follows them."""
    _check_own(ctx, request.get("CatalogId"))
    settings: Any = request["DataCatalogEncryptionSettings"]
    _check_members(settings)
    with ctx.store.changing_settings() as tx:
        _check_keys(ctx, tx, settings)
        tx.security_configurations.put_catalog_encryption(ctx.account_id, settings)
    if not ctx.store.embedded:
        # Other servers on this database may go on for so long with what they remember, or are writing.
        time.sleep(FOLLOWED_SECONDS)
    return {}


def _check_members(settings: Any) -> None:
    """Refuse settings that would not do what they seem to say."""
    given = settings.get("EncryptionAtRest", {})
    mode, role = given.get("CatalogEncryptionMode"), given.get("CatalogEncryptionServiceRole")
    if mode == WITH_ROLE and not role:
        raise InvalidInputException(f"{WITH_ROLE} needs a CatalogEncryptionServiceRole")
    if mode != WITH_ROLE and role:
        raise InvalidInputException(f"CatalogEncryptionServiceRole is for the mode {WITH_ROLE}, not {mode}")


def _check_keys(ctx: Context, tx: Transaction, settings: Any) -> None:
    """Refuse keys that cannot be used, or not by whoever will have to."""
    wanted = at_rest(settings)
    for named in (wanted.key, password_key(settings)):
        check_alias(ctx, named or "")
    try:
        if wanted != AtRest():
            tx.documents.check_key(ctx.account_id, wanted)
        if (reference := password_key(settings)) is not None:
            _encrypt_passwords(ctx, tx, usable_key(ctx, tx, reference, "kms:Encrypt", via="glue"))
    except (GlueEncryptionException, KeyUnavailable) as error:
        # What a catalog's key says besides is about what it has encrypted.
        unusable = error if isinstance(error, KeyUnavailable) else error.__cause__ or error
        raise InvalidInputException(f"The key cannot be used: {unusable}") from error


def _encrypt_passwords(ctx: Context, tx: Transaction, key: Key) -> None:
    """Encrypt the passwords that no key has encrypted yet; the others stay with the key that they have."""
    passwords = ConnectionPasswords(tx, ctx.services.sealer)
    for connection in tx.connections.with_secrets(ctx.account_id):
        if (anew := passwords.with_key(connection, key)) is not None:
            tx.connections.seal_again(connection, connection.document, anew)


def _check_own(ctx: Context, catalog_id: str | None) -> None:
    if catalog_id not in {None, ctx.account_id}:
        raise AccessDeniedException(
            f"User: {ctx.principal.arn} is not authorized to use the catalog {catalog_id}"
        )
