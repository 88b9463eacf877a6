"""Encryption keys that settings name: found, if the caller may use them as the settings will."""

from collections.abc import Mapping
from types import MappingProxyType

from isinglass.domain.keys.references import InvalidReference, read_reference
from isinglass.model.glue.errors import InvalidInputException
from isinglass.operations.context import Context
from isinglass.store.key_use import KeyUnavailable, KeyUse, absent_key, require_enabled
from isinglass.store.keys import Key
from isinglass.store.store import Transaction

_NO_CONTEXT: Mapping[str, str] = MappingProxyType({})


def check_alias(ctx: Context, named: str) -> None:
    """Refuse another account's alias: that account could let it lead to any key, and tells nobody of it."""
    try:
        reference = read_reference(named, ctx.account_id)
    except InvalidReference:
        return  # no alias, and no key either
    if reference.alias and reference.account_id != ctx.account_id:
        raise InvalidInputException(f"{named} is another account's alias: name its key by the key's own ARN")


def usable_key(
    ctx: Context,
    tx: Transaction,
    named: str,
    action: str,
    context: Mapping[str, str] = _NO_CONTEXT,
    *,
    via: str,
) -> Key:
    """Find a key that the caller may use so, and that can be used now; raises KeyUnavailable.

    Who may not use another account's key is told that alone, be it there or not.
    """
    check_alias(ctx, named)
    try:
        key = KeyUse(tx, ctx.services.sealer, ctx.region).resolve(ctx.account_id, named)
    except KeyUnavailable:
        _deny_stranger(ctx, named, action, context, via)
        raise
    ctx.use_key(action, key, context, via=via)
    require_enabled(key)
    return key


def _deny_stranger(ctx: Context, named: str, action: str, context: Mapping[str, str], via: str) -> None:
    try:
        reference = read_reference(named, ctx.account_id)
    except InvalidReference:
        return
    if reference.account_id != ctx.account_id:
        ctx.use_key(action, absent_key(reference, ctx.region), context, via=via)
