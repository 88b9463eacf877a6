"""Names of keys."""

from typing import Any

from isinglass.domain.keys.references import RESERVED, alias_arn, is_alias_name
from isinglass.model.kms.errors import (
    AlreadyExistsException,
    InvalidAliasNameException,
    LimitExceededException,
    NotFoundException,
    ValidationException,
)
from isinglass.model.kms.shapes import (
    CreateAliasRequest,
    CreateAliasResponse,
    DeleteAliasRequest,
    DeleteAliasResponse,
    ListAliasesRequest,
    ListAliasesResponse,
    UpdateAliasRequest,
    UpdateAliasResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.keys.lookups import missing, paged, read, require_kept, require_key
from isinglass.operations.registry import implements
from isinglass.store.keys import Alias, Key
from isinglass.store.store import Transaction

_MOST_ALIASES = 50


@implements("kms:CreateAlias")
def create_alias(ctx: Context, request: CreateAliasRequest) -> CreateAliasResponse:
    """Give a key a name."""
    name = request["AliasName"]
    _check_name(name)
    ctx.reach(ctx.account_id, [alias_arn(ctx.region, ctx.account_id, name)])
    with ctx.store.begin() as tx:
        key = _target(tx, ctx, "CreateAlias", request["TargetKeyId"])
        if tx.keys.count_aliases(ctx.account_id, key.id) >= _MOST_ALIASES:
            raise LimitExceededException(
                f"{key.arn} has {_MOST_ALIASES} aliases, which is the most it may have."
            )
        if not tx.keys.add_alias(ctx.account_id, name, key.id, ctx.now):
            arn = alias_arn(ctx.region, ctx.account_id, name)
            raise AlreadyExistsException(f"An alias with the name {arn} already exists")
    return {}


@implements("kms:UpdateAlias")
def update_alias(ctx: Context, request: UpdateAliasRequest) -> UpdateAliasResponse:
    """Let a name lead to another key; the caller must be let by both."""
    name = request["AliasName"]
    _check_name(name)
    ctx.reach(ctx.account_id, [alias_arn(ctx.region, ctx.account_id, name)])
    with ctx.store.begin() as tx:
        _require(tx, ctx, name)
        require_key(tx, ctx, "UpdateAlias", name, lock=True)
        key = _target(tx, ctx, "UpdateAlias", request["TargetKeyId"])
        tx.keys.move_alias(ctx.account_id, name, key.id, ctx.now)
    return {}


@implements("kms:DeleteAlias")
def delete_alias(ctx: Context, request: DeleteAliasRequest) -> DeleteAliasResponse:
    """Take a key's name away; the key stays."""
    name = request["AliasName"]
    _check_name(name)
    ctx.reach(ctx.account_id, [alias_arn(ctx.region, ctx.account_id, name)])
    with ctx.store.begin() as tx:
        _require(tx, ctx, name)
        require_key(tx, ctx, "DeleteAlias", name, lock=True)
        tx.keys.delete_alias(ctx.account_id, name)
    return {}


@implements("kms:ListAliases")
def list_aliases(ctx: Context, request: ListAliasesRequest) -> ListAliasesResponse:
    """List the names of all keys, or of one."""
    with ctx.store.read() as tx:
        key_id = None
        if "KeyId" in request:
            reference = read(ctx, request["KeyId"])
            key = tx.keys.resolve(reference)
            if key is None or key.account_id != ctx.account_id or key.is_gone(ctx.now):
                raise missing(ctx, reference)
            key_id = key.id
        aliases, after = tx.keys.aliases(ctx.account_id, key_id, ctx.page)
    listed: ListAliasesResponse = paged(ctx, "Aliases", [_shown(alias) for alias in aliases], after)
    return listed


def _target(tx: Transaction, ctx: Context, operation: str, key_id: str) -> Key:
    if read(ctx, key_id).alias:
        raise ValidationException("Aliases must refer to keys, not to aliases: TargetKeyId names an alias.")
    key = require_key(tx, ctx, operation, key_id, lock=True)
    require_kept(key)
    return key


def _check_name(name: str) -> None:
    if not is_alias_name(name):
        raise InvalidAliasNameException(
            f"The alias name {name[:100]!r} must be alias/ and then letters, digits, /, _ or -."
        )
    if name.startswith(RESERVED):
        raise InvalidAliasNameException(f"Alias names that begin with {RESERVED} are reserved for services.")


def _require(tx: Transaction, ctx: Context, name: str) -> Alias:
    found = tx.keys.alias(ctx.account_id, name)
    if found is None:
        raise NotFoundException(f"Alias {alias_arn(ctx.region, ctx.account_id, name)} is not found.")
    return found


def _shown(alias: Alias) -> Any:
    return {
        "AliasName": alias.name,
        "AliasArn": alias.arn,
        "TargetKeyId": alias.key_id,
        "CreationDate": alias.created_at,
        "LastUpdatedDate": alias.updated_at,
    }
