"""Where copies lie of what not everybody may see: of the permitted part of a table, and of the catalog.

A copy of a table's part is of one access key alone, and ends with it.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

_FOLDER = ".isinglass/permitted"
#: What the export that the server keeps is called in its account's bucket; it tells of every table.
EXPORT_KEY = "data-catalog-export/catalog.jsonl.gz"
_OWNER = re.compile(r"isinglass-(\d{12})/\.isinglass/permitted/([^/]+)/")


#: What says in a key's context that it is for making one copy.
_ERRAND = "Copy"


@dataclass(frozen=True, slots=True)
class Errand:
    """What the key of a process that copies may touch, though it acts as the account.

    A definition leads wherever its maker wanted. So the process reads what the key may read that it copies
    for, and of what is guarded the place of the table that was permitted; it writes the copy.
    """

    access_key_id: str
    #: Where the table's files are, `bucket/path/`; empty when they are not in the object store.
    source: str
    target: str

    def context(self) -> dict[str, Any]:
        """Write it as a key's context."""
        return {_ERRAND: asdict(self)}


def errand_of(context: Mapping[str, Any] | None) -> Errand | None:
    """Read what a key is for; None for all but those that copy."""
    found = (context or {}).get(_ERRAND)
    return None if found is None else Errand(**found)


def copy_place(account_id: str, access_key_id: str, name: str) -> str:
    """Name the place of a copy: `bucket/path/`."""
    return f"isinglass-{account_id}/{_FOLDER}/{access_key_id}/{name}/"


def copies_of(account_id: str, access_key_id: str) -> str:
    """Name the place of all copies of one access key."""
    return f"isinglass-{account_id}/{_FOLDER}/{access_key_id}/"


def export_place(account_id: str) -> str:
    """Name the folder of an account's kept export: `bucket/path/`."""
    return f"isinglass-{account_id}/{EXPORT_KEY.rpartition('/')[0]}/"


def copy_owner(path: str, account_id: str) -> str | None:
    """Read whose copies a path of an account's bucket is among; None when it is somewhere else."""
    match = _OWNER.match(path)
    return match[2] if match is not None and match[1] == account_id else None
