"""Where copies of the permitted part of a table lie: each is of one access key alone, and ends with it."""

import re

_FOLDER = ".isinglass/permitted"
_OWNER = re.compile(r"isinglass-(\d{12})/\.isinglass/permitted/([^/]+)/")


def copy_place(account_id: str, access_key_id: str, name: str) -> str:
    """Name the place of a copy: `bucket/path/`."""
    return f"isinglass-{account_id}/{_FOLDER}/{access_key_id}/{name}/"


def copies_of(account_id: str, access_key_id: str) -> str:
    """Name the place of all copies of one access key."""
    return f"isinglass-{account_id}/{_FOLDER}/{access_key_id}/"


def copy_owner(path: str, account_id: str) -> str | None:
    """Read whose copies a path of an account's bucket is among; None when it is somewhere else."""
    match = _OWNER.match(path)
    return match[2] if match is not None and match[1] == account_id else None
