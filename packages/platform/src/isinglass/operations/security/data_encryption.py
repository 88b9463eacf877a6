"""What a security configuration may ask for: that of which the effect is known to be had."""

from collections.abc import Iterator, Mapping
from typing import Any

from isinglass.domain.keys.references import InvalidReference, read_reference
from isinglass.model.glue.errors import InvalidInputException
from isinglass.operations.context import Context
from isinglass.store.key_use import KeyUnavailable, KeyUse
from isinglass.store.store import Transaction

#: The modes for which an account names a key.
_UNDER_KEY = frozenset({"SSE-KMS", "CSE-KMS"})


def check_encryption(ctx: Context, tx: Transaction, configuration: Mapping[str, Any]) -> None:
    """Refuse a configuration that could not be carried out; raises InvalidInputException."""
    if len(configuration.get("S3Encryption", ())) > 1:
        raise InvalidInputException("S3Encryption has more than one setting: objects are encrypted once.")
    for name, setting in _settings(configuration):
        mode, key = setting.get(f"{name}Mode"), setting.get("KmsKeyArn", "")
        if mode is None and key:
            raise InvalidInputException(
                f"{name} has a KmsKeyArn and no {name}Mode: it would encrypt nothing."
            )
        if mode not in _UNDER_KEY:
            continue
        if not key:
            raise InvalidInputException(f"{name} {mode} needs a KmsKeyArn: the key to encrypt with.")
        if name == "S3Encryption" and not ctx.services.has_own_objects:
            continue  # a key of the other object store, which alone knows it
        try:
            if read_reference(key, ctx.account_id).account_id != ctx.account_id:
                continue  # whether it is there is not told to other accounts; whoever writes with it asks
            KeyUse(tx, ctx.services.sealer, ctx.region).resolve(ctx.account_id, key)
        except (InvalidReference, KeyUnavailable) as error:
            raise InvalidInputException(f"{name}: {error}") from error


def _settings(configuration: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """List what is set, each by its member's name."""
    for name, value in configuration.items():
        for setting in value if isinstance(value, list) else [value]:
            yield name, setting
