"""Names that a crawl gives: tables after folders, keys after path components."""

import hashlib
import re
from urllib.parse import unquote

_MAXIMUM_LENGTH = 128


def table_name(prefix: str, component: str) -> str:
    """Name a table after the last component of its root folder."""
    folded = re.sub(r"[^a-z0-9_]", "_", unquote(component).lower())
    return (prefix.lower() + folded)[:_MAXIMUM_LENGTH]


def file_table_name(prefix: str, file_name: str) -> str:
    """Name a table after its only file: `persons.json` gives persons_json."""
    return table_name(prefix, file_name.replace(".", "_"))


def with_suffix(name: str, location: str) -> str:
    """Make a taken name unique by a hash of the location, stable from crawl to crawl."""
    digest = hashlib.md5(location.encode(), usedforsecurity=False).hexdigest()
    return f"{name[: _MAXIMUM_LENGTH - len(digest) - 1]}_{digest}"


def column_names(spellings: list[str]) -> list[str]:
    """Fold names to lower case; a name that is then taken gets the next free number."""
    names: list[str] = []
    taken: set[str] = set()
    for position, spelling in enumerate(spellings):
        folded = spelling.strip().lower() or f"col{position}"
        name, number = folded, 0
        while name in taken:
            number += 1
            name = f"{folded}_{number}"
        taken.add(name)
        names.append(name)
    return names
