"""How requests name an encryption key: by its id, its ARN, an alias, or an alias's ARN."""

import re
from dataclasses import dataclass

from isinglass.domain.catalog_ids import is_account

#: Aliases that services make for themselves; nobody else makes, moves or deletes one.
RESERVED = "alias/aws/"
#: The services' aliases there are: each is made with its key when it is first used.
SERVICE_ALIASES = {f"{RESERVED}{service}": service for service in ("glue", "s3", "logs")}

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ALIAS = re.compile(r"alias/[a-zA-Z0-9/_-]+")


@dataclass(eq=False)
class InvalidReference(Exception):
    """The text names no key."""

    text: str
    is_arn: bool

    def __str__(self) -> str:
        return f"Invalid arn {self.text[:200]}" if self.is_arn else f"Invalid keyId '{self.text[:200]}'"


@dataclass(frozen=True, slots=True)
class KeyReference:
    """A key as it was named: by its `id`, or by an `alias`; `region` is empty unless an ARN told it."""

    account_id: str
    id: str = ""
    alias: str = ""
    region: str = ""

    def arn(self, region: str) -> str:
        """Write the ARN of what was named."""
        if self.alias:
            return alias_arn(self.region or region, self.account_id, self.alias)
        return key_arn(self.region or region, self.account_id, self.id)


def read_reference(text: str, account_id: str) -> KeyReference:
    """Read what a request of this account calls a key; raises InvalidReference."""
    name, region = text, ""
    is_arn = text.startswith("arn:")
    if is_arn:
        parts = text.split(":", 5)
        if len(parts) != 6 or parts[1] != "aws" or parts[2] != "kms" or not is_account(parts[4]):
            raise InvalidReference(text, is_arn)
        region, account_id = parts[3], parts[4]
        name = parts[5].removeprefix("key/")
        if name == parts[5] and not name.startswith("alias/"):
            raise InvalidReference(text, is_arn)
    if _ALIAS.fullmatch(name):
        return KeyReference(account_id, alias=name, region=region)
    if _ID.fullmatch(name):
        return KeyReference(account_id, id=name, region=region)
    raise InvalidReference(text, is_arn)


def key_arn(region: str, account_id: str, key_id: str) -> str:
    """Write a key's ARN."""
    return f"arn:aws:kms:{region}:{account_id}:key/{key_id}"


def alias_arn(region: str, account_id: str, name: str) -> str:
    """Write an alias's ARN; its name begins with `alias/`."""
    return f"arn:aws:kms:{region}:{account_id}:{name}"


def is_alias_name(name: str) -> bool:
    """Tell whether an alias may be called so."""
    return _ALIAS.fullmatch(name) is not None
